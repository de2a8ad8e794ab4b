import { expect, it } from 'vitest'
import type { OptionsInForce } from '#core/hub/compiled-options.ts'
import { createEarlyEnds } from '#core/hub/early-ends.ts'
import type { LogRecord } from '#core/model.ts'
import { createResolveIndex } from '#core/rules/resolution.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { occurrenceOf } from '../fleet/world.ts'

const record: LogRecord = { time: 0, level: 30, levelLabel: 'info', msg: 'fine again', fields: {} }

function anEnd({ isAlone }: { readonly isAlone: boolean }) {
  const clock = createVirtualClock(1_000)
  const resolveIndex = createResolveIndex()
  const rules = { names: () => ({ raised: [], ended: ['disk'] }) }
  const inForce = { compiled: { rules, resolveIndex } } as unknown as OptionsInForce
  let isStillAlone = isAlone
  const ends = createEarlyEnds({ inForce, clock, isAlone: () => isStillAlone, track() {} })
  if (isAlone) ends.replay()
  ends.keep(record, [])
  return {
    fire() {
      const occurrence = occurrenceOf('disk is full')
      resolveIndex.raised('disk', occurrence)
      ends.noteFired(occurrence.id)
    },
    replay: ends.replay,
    submitted() {
      isStillAlone = false
      const submitted: unknown[] = []
      ends.submit((names, _, at) => submitted.push([names, at]) > 0)
      return submitted
    },
  }
}

it.each([false, true])('submits what a record ended, once (alone: %s)', (isAlone) => {
  const { replay, submitted } = anEnd({ isAlone })
  if (isAlone) replay()
  expect(submitted()).toEqual([[['disk'], 1_000]])
  expect(submitted()).toEqual([])
})

it.each([false, true])('does not submit the end of what has fired since (alone: %s)', (isAlone) => {
  const { fire, submitted } = anEnd({ isAlone })
  fire()
  expect(submitted()).toEqual([])
})
