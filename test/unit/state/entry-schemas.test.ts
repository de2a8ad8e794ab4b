import { describe, expect, it } from 'vitest'
import { isEntry } from '#core/state/entry-schemas.ts'

const occurrence = {
  id: 'a1',
  rule: 'login failed',
  key: 'login',
  severity: 'error',
  action: 'fire',
  record: { time: 1, level: 50, levelLabel: 'error', msg: 'failed', fields: {} },
  labels: {},
  resolveAfterMs: false,
  condition: { forMs: 60_000 },
}
const pending = { id: 'a1', pending: { since: 1, firstAt: 1, count: 2, occurrence } }
const absence = { id: 'a2', since: 1, dueAt: 9, occurrence }
const silence = { id: 's1', untilMs: 9, schedules: [], match: { rule: 'login failed' } }

const isKey = (value: unknown) => isEntry('condition', value)
const isAbsence = (value: unknown) => isEntry('absence', value)
const isSilence = (value: unknown) => isEntry('silence', value)

const nothings = [undefined, null, 'text', 3, [], {}]

describe('what conditions saved', () => {
  it('is read back as it was written', () => {
    const spike = { times: [1, 2], counts: [3, 1], slotMs: 1, restart: 0 }
    expect([pending, { id: 'b', window: [1, 2] }, { id: 'c', spike }].every(isKey)).toBe(true)
    expect(isAbsence(absence)).toBe(true)
  })

  it.each([
    { id: 5 },
    { id: 'x', window: ['1'] },
    { id: 'x', distinct: { times: [1], values: [[1, 2]] } },
    { id: 'x', streak: { count: 'many' } },
    { id: 'x', spike: { times: [1, 2], counts: [3], slotMs: 1, restart: 0 } },
    { id: 'x', pending: { ...pending.pending, occurrence: 7 } },
    { id: 'x', pending: { ...pending.pending, occurrence: { ...occurrence, severity: 'awful' } } },
    ...nothings,
  ])('is skipped if somebody edited it: %j', (left) => {
    expect(isKey(left)).toBe(false)
  })

  it.each([{ ...absence, occurrence: 7 }, { ...absence, dueAt: 'soon' }, ...nothings])(
    'is skipped if somebody edited an absence watch: %j',
    (left) => {
      expect(isAbsence(left)).toBe(false)
    },
  )
})

describe('a silence that a former process made', () => {
  it('is read back as it was written', () => {
    expect(isSilence(silence)).toBe(true)
    expect(isSilence({ ...silence, fromMs: 3, comment: 'works', schedules: ['nights'] })).toBe(true)
  })

  it.each([
    { ...silence, match: { msg: { regex: '(' } } },
    { ...silence, match: undefined },
    { ...silence, untilMs: 'soon' },
    { ...silence, schedules: [7] },
    ...nothings,
  ])('is skipped if somebody edited it: %j', (left) => {
    expect(isSilence(left)).toBe(false)
  })
})
