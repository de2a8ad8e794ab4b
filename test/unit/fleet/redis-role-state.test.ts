import { describe, expect, it } from 'vitest'
import { createRoleState } from '#core/fleet/redis-role-state.ts'
import { leaseMs } from '#core/fleet/redis-store.ts'

const answer = {
  now: 50_000,
  seen: 0,
  members: 1,
  history: [],
  isFull: false,
  ableAt: 0,
  notified: new Map(),
}

describe('the lease of a process', () => {
  function leaseUntil(renewedAt: number): number {
    const state = createRoleState('p1')
    state.request(() => 't1')
    state.noteAnswer({ ...answer, lease: { id: 'p1', term: 't1', renewedAt } }, 1_000, 1_002)
    return state.leaseUntil
  }

  it('ends a little earlier than Redis lets it end, from when the call was sent', () => {
    expect(leaseUntil(answer.now)).toBeGreaterThan(1_000)
    expect(leaseUntil(answer.now)).toBeLessThan(1_000 + leaseMs)
  })

  it('is not longer because a later call finds that it was taken', () => {
    expect(leaseUntil(answer.now - 3_000)).toBe(leaseUntil(answer.now) - 3_000)
  })
})

describe('how long Redis does not answer', () => {
  it('is without the pause in which the process was stopped, but for one that is slow each time', () => {
    const state = createRoleState('p1')
    const failedFor = (...moments: number[]) => moments.map((at) => state.noteFailure(at, 2_500))
    expect(failedFor(0, 250, 7_250, 7_500, 8_500)).toEqual([0, 250, 0, 250, 1_250])
    state.noteAnswer(answer, 8_600, 8_601)
    expect(failedFor(20_000, 23_000, 26_000, 29_000)).toEqual([0, 0, 3_000, 6_000])
  })
})
