import { afterEach, describe, expect, it } from 'vitest'
import { holdingClock, systemClock } from '#core/time/clock.ts'

const longestDelayMs = 2 ** 31 - 1
const realSetTimeout = globalThis.setTimeout

afterEach(() => {
  globalThis.setTimeout = realSetTimeout
})

/** Takes the place of setTimeout: notes the delays and lets the test fire the calls. */
function recordTimeouts() {
  const delays: number[] = []
  let fire = () => {}
  const fake = (fn: () => void, delayMs: number) => {
    delays.push(delayMs)
    fire = fn
    const handle = realSetTimeout(() => {}, 0)
    return handle
  }
  globalThis.setTimeout = fake as unknown as typeof setTimeout
  return { delays, fire: () => fire() }
}

const refedTimeouts = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

describe('systemClock', () => {
  it('gives epoch milliseconds', () => {
    const before = Date.now()
    const now = systemClock.now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  it('calls in the order of the delays', async () => {
    const called: string[] = []
    await new Promise<void>((done) => {
      systemClock.after(30, () => {
        called.push('late')
        done()
      })
      systemClock.after(-5, () => called.push('now'))
      systemClock.after(1, () => called.push('soon'))
      // The clock's timers do not keep the test's process alive by themselves.
      const alive = setInterval(() => {}, 1000)
      systemClock.after(31, () => clearInterval(alive))
    })
    expect(called).toEqual(['now', 'soon', 'late'])
  })

  it('does not call what was cancelled', async () => {
    const called: string[] = []
    await new Promise<void>((done) => {
      const timer = systemClock.after(1, () => called.push('cancelled'))
      systemClock.after(10, done)
      timer.cancel()
      timer.cancel()
    })
    expect(called).toEqual([])
  })

  it('splits a delay that Node would turn into no delay at all', () => {
    const { delays, fire } = recordTimeouts()
    let called = 0
    systemClock.after(2 * longestDelayMs + 500, () => called++)
    fire()
    fire()
    expect(called).toBe(0)
    fire()
    expect(called).toBe(1)
    expect(delays).toEqual([longestDelayMs, longestDelayMs, 500])
  })

  it('waits for ever for Infinity', () => {
    const { delays, fire } = recordTimeouts()
    let called = 0
    systemClock.after(Number.POSITIVE_INFINITY, () => called++)
    for (let turn = 0; turn < 50; turn++) fire()
    expect(called).toBe(0)
    expect(new Set(delays)).toEqual(new Set([longestDelayMs]))
  })

  it('takes a delay that is not a number as 0', () => {
    const { delays } = recordTimeouts()
    systemClock.after(Number.NaN, () => {})
    expect(delays).toEqual([0])
  })

  it('never keeps the process alive', () => {
    const before = refedTimeouts()
    const timers = [systemClock.after(60_000, () => {}), systemClock.after(2 ** 40, () => {})]
    expect(refedTimeouts()).toBe(before)
    for (const timer of timers) timer.cancel()
  })
})

describe('holdingClock', () => {
  it('keeps the process alive until its timers are cancelled', () => {
    const before = refedTimeouts()
    const timers = [holdingClock.after(60_000, () => {}), holdingClock.after(2 ** 40, () => {})]
    expect(refedTimeouts()).toBe(before + 2)
    for (const timer of timers) timer.cancel()
    expect(refedTimeouts()).toBe(before)
  })
})
