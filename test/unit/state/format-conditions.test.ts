import { describe, expect, it } from 'vitest'
import { readConditions } from '#core/state/format-conditions.ts'

const occurrence = {
  id: 'a1',
  rule: 'login failed',
  key: 'login',
  severity: 'error',
  action: 'fire',
  record: { time: 1, level: 50, levelLabel: 'error', msg: 'refused', fields: {} },
  labels: {},
  resolveAfterMs: false,
  premise: { forMs: 60_000 },
}
const pending = { id: 'a1', pending: { since: 1, firstAt: 1, count: 2, occurrence } }
const absence = { id: 'a2', since: 1, dueAt: 9, occurrence }

describe('what conditions left behind', () => {
  it('is read back as it was written', () => {
    const conditions = { keys: [pending, { id: 'b', window: [1, 2] }], absences: [absence] }
    expect(readConditions(conditions)).toEqual({ conditions, unreadable: 0 })
  })

  it('is passed over and counted where a hand has been at it', () => {
    const broken = [
      7,
      { id: 5 },
      { id: 'x', window: ['1'] },
      { id: 'x', distinct: { times: [1], values: [[1, 2]] } },
      { id: 'x', streak: { count: 'many' } },
      { id: 'x', pending: { ...pending.pending, occurrence: 7 } },
      { id: 'x', pending: { ...pending.pending, occurrence: { ...occurrence, severity: 'awful' } } },
    ]
    const read = readConditions({ keys: [...broken, pending], absences: [{ id: 'a' }, absence] })
    expect(read).toEqual({
      conditions: { keys: [pending], absences: [absence] },
      unreadable: broken.length + 1,
    })
  })

  it.each([undefined, null, 'text', 3, [], { keys: 'none', absences: {} }])(
    'may be nothing at all: %j',
    (left) => {
      expect(readConditions(left)).toEqual({ conditions: { keys: [], absences: [] }, unreadable: 0 })
    },
  )
})
