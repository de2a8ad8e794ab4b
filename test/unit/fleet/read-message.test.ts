import { describe, expect, it } from 'vitest'
import { readFlush, readMessage } from '#core/fleet/read-message.ts'
import { occurrence } from '../alerts/stage.ts'

const read = (message: unknown) => readMessage(JSON.stringify(message))
const counted = { occurrence: occurrence('a', 0), count: 2, firstAt: 0, lastAt: 1, moments: [[0], [1, 'x']] }
const silence = { id: 's', untilMs: 1, schedules: [], match: { rule: 'a' } }

describe('what another process of the fleet said', () => {
  it.each([
    ['a delta', { delta: { number: 1, items: [counted, { silence }, { silence: 's' }] } }],
    ['a greeting', { hello: { id: 'a', process: 'web-1', options: 'x' } }],
    ['a welcome', { welcome: { seen: 0, silences: [silence] } }],
    ['a question', { ask: 1, question: { request: 'status' } }],
    ['an answer with an error', { answer: 1, error: { code: 'ALERT_UNKNOWN_ALERT', message: 'No.' } }],
    ['an answer without a value', { answer: 1 }],
    ['silences', { silences: [silence] }],
  ])('is read: %s', (_, message) => {
    expect(read(message)).toEqual({ message: JSON.parse(JSON.stringify(message)), isWhole: true })
  })

  it.each([
    ['no JSON', '{"delta":'],
    ['no object', '[1]'],
    ['a number that is a text', '{"seen":"1"}'],
    ['a delta without items', '{"delta":{"number":1}}'],
    ['a delta with half a number', '{"delta":{"number":1.5,"items":[]}}'],
    ['a greeting without a name', '{"hello":{"id":"a"}}'],
    ['an answer with half an error', '{"answer":1,"error":{"code":"ALERT_UNKNOWN_ALERT"}}'],
    ['nothing', 'null'],
  ])('is refused: %s', (_, line) => {
    expect(readMessage(line)).toBeUndefined()
  })

  it.each([
    [{ ...counted, count: '2' }],
    [{ ...counted, moments: [['now']] }],
    [{ ...counted, names: 'a' }],
    [{ ...counted, first: { msg: 'a' } }],
    [{ ...counted, occurrence: { ...counted.occurrence, severity: 'loud' } }],
    [{ names: ['a'] }],
    [{ silence: { ...silence, match: { rule: { regex: '(' } } } }],
    [null],
  ])('loses only the item that cannot be read (%#)', (item) => {
    const message = { delta: { number: 7, items: [item, { silence: 's' }] } }
    const left = { delta: { number: 7, items: [{ silence: 's' }] } }
    expect(read(message)).toEqual({ message: left, isWhole: false })
  })

  it('is passed over if it is of a kind that only another version knows', () => {
    expect(read({ wave: 1 })).toBe('unknown')
  })
})

it('what it said of a flush is read if it says whether and how much', () => {
  expect(readFlush({ delivered: false, pending: 2, more: 1 })).toEqual({ delivered: false, pending: 2 })
  for (const other of [undefined, null, 'done', {}, { delivered: true }, { delivered: 1, pending: 0 }])
    expect(readFlush(other)).toBeUndefined()
})
