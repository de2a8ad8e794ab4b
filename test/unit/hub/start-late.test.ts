import { afterEach, expect, it, vi } from 'vitest'
import { createLifecycle } from '#core/hub/lifecycle.ts'
import { startHub } from '#core/hub/startup.ts'

afterEach(() => vi.useRealTimers())

it('a state directory that does not answer delays the start by 15 seconds, with a report', async () => {
  vi.useFakeTimers()
  const codes: string[] = []
  const lifecycle = createLifecycle()
  startHub({
    rulesRead: undefined,
    lifecycle,
    fleet: { join: () => new Promise(() => {}) },
    state: {},
    inForce: {},
    tracker: { live: () => [] },
    reporting: {
      internalErrors: { report: (code: string) => codes.push(code) },
      metaAlerts: { endRemoved() {} },
    },
    advance() {},
    earlyEnds: undefined,
  } as never)
  vi.advanceTimersByTime(14_000)
  expect([lifecycle.hasStarted(), codes]).toEqual([false, []])
  vi.advanceTimersByTime(1_000)
  await lifecycle.started
  expect([lifecycle.hasStarted(), lifecycle.state, codes]).toEqual([true, 'running', ['ALERT_START_LATE']])
})
