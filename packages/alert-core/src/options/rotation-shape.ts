/**
 * `{ rotate, every, from }`: a group of recipients whose members take turns.
 */
import * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'
import { informed, option, required } from '../provider/schema.ts'
import { parseStart } from '../time/rotation.ts'
import { duration, text, timeZone } from './fields.ts'
import { person } from './person.ts'

const startWords =
  "a local time such as '2026-11-30T09:00', a day such as '2026-11-30', or a moment with its offset such as '2026-11-30T09:00:00+01:00'"

export const members = once(() => z.array(z.union([text(), person()])).check(z.minLength(1)))

export const rotation = once(() =>
  informed(
    z.strictObject({
      rotate: required(
        z.array(members()).check(z.minLength(1)),
        'Groups of people, each for one turn, in order; after the last group comes the first',
      ),
      every: required(
        duration({ minMs: 1 }),
        'Length of a turn. Turns of whole days start at the same time of the day in `timeZone`, whatever the clocks do; others have a fixed length',
      ),
      from: required(
        text().check(z.refine((value) => parseStart(value) !== undefined, { params: { must: startWords } })),
        "Start of a turn of the first group, in local time: '2026-11-30T09:00'",
      ),
      timeZone: option(timeZone(), 'Time zone of the turns', { 'x-default': 'that of the options' }),
    }),
    { title: 'rotation' },
  ),
)
