import { expect, test } from 'vitest'
import { eager, hour, minute, second, setStage } from './stage.ts'

const plan = eager({ intervalMs: 10 * second, sendResolved: 'always' })

test('a notified channel gets the end although the alert fired again in between and that was not sent', () => {
  const stage = setStage([plan], {
    // From the second life on somebody has silenced it.
    mutes: () => (_, __, now) => (now > 2 * second ? { reason: 'silenced' } : undefined),
  })
  stage.fire('a', 0)
  // The channel is busy when it ends, and when it comes back.
  stage.resolve('a', second)
  stage.fire('a', 3 * second)
  stage.resolve('a', 4 * second)
  stage.pass(hour)
  // That it came back would be news after five minutes; it is silenced by then, and over.
  expect(stage.lines()).toMatchObject([
    { at: 0, items: ['a first +1'] },
    { at: 5 * minute, items: ['a resolved +0'] },
  ])
})

test('the same if the second life ends before `after`, and across a restart', () => {
  const stage = setStage([eager({ ...plan, afterMs: 30 * second })])
  stage.fire('a', 0)
  stage.pass(30 * second)
  stage.resolve('a', 31 * second)
  stage.fire('a', 32 * second)
  stage.note(stage.tracker.restore(JSON.parse(JSON.stringify(stage.tracker.snapshot()))))
  stage.resolve('a', 33 * second)
  stage.pass(5 * minute)
  expect(stage.lines().map(({ items }) => items)).toEqual([['a first +1'], ['a resolved +0']])
})
