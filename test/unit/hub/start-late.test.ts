import { afterEach, expect, it, vi } from 'vitest'
import { createLifecycle } from '#core/hub/lifecycle.ts'
import { createStartup } from '#core/hub/startup.ts'

afterEach(() => vi.useRealTimers())

it('a state directory that does not answer delays the start by 15 seconds, with a report', async () => {
  vi.useFakeTimers()
  const codes: string[] = []
  const lifecycle = createLifecycle()
  const startup = createStartup({
    rulesRead: undefined,
    lifecycle,
    fleet: { join: () => new Promise(() => {}) },
    host: {},
    state: {},
    internalErrors: { report: (code: string) => codes.push(code) },
    pipeline: { advance() {}, earlyEnds: { open() {} } },
  } as never)
  vi.advanceTimersByTime(14_000)
  expect([startup.isDone(), codes]).toEqual([false, []])
  vi.advanceTimersByTime(1_000)
  await startup.done
  expect([startup.isDone(), lifecycle.state, codes]).toEqual([true, 'running', ['ALERT_START_LATE']])
})
