import { expect, it } from 'vitest'
import { inTime, limitCall } from '#core/fleet/call-limit.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { createStops } from './stops.ts'

const late = () => new Error('late')

it('is over after so long', async () => {
  const clock = createVirtualClock(0)
  let overAt: number | undefined
  limitCall(clock, 1_000, () => {
    overAt = clock.now()
  })
  await clock.advance(5_000)
  expect(overAt).toBe(1_000)
})

it('does not count time in which the process was stalled', async () => {
  const clock = createVirtualClock(0)
  const stops = createStops(clock)
  let isOver = false
  limitCall(stops.clock, 1_000, () => {
    isOver = true
  })
  await clock.advance(100)
  stops.stop()
  await clock.advance(3_000)
  stops.cont()
  await clock.advance(700)
  expect(isOver).toBe(false)
  await clock.advance(500)
  expect(isOver).toBe(true)
})

it('is over in the end, however often the process is stalled', async () => {
  const clock = createVirtualClock(0)
  const stops = createStops(clock)
  let overAt = 0
  limitCall(stops.clock, 1_000, () => {
    overAt = clock.now()
  })
  for (let n = 0; n < 30 && overAt === 0; n++) {
    stops.stop()
    await clock.advance(600)
    stops.cont()
    await clock.advance(1)
  }
  expect(overAt).toBeGreaterThan(10_000)
  expect(overAt).toBeLessThan(11_500)
})

it('lets an answer that comes in time through, and none that comes later', async () => {
  const clock = createVirtualClock(0)
  const after = (ms: number) => new Promise<number>((resolve) => clock.after(ms, () => resolve(ms)))
  const answers = Promise.allSettled([999, 1_001].map((ms) => inTime(clock, 1_000, after(ms), late)))
  await clock.advance(2_000)
  expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})
