import { describe, expect, it } from 'vitest'
import { readRecord } from '../read/lines.ts'
import { lineOfInfo } from './lines.ts'

const levelKey = Symbol.for('level')

/** A response of about so many bytes, as an HTTP client keeps it with its error. */
function response(bytes: number): object {
  const rows = Array.from({ length: Math.ceil(bytes / 100) }, (_, id) => ({ id, text: 'x'.repeat(80) }))
  return { status: 502, data: Object.fromEntries(rows.map((row) => [`row${row.id}`, row])) }
}

describe.each([47_000, 300_000, 5_000_000])('a record with an error of %i bytes', (bytes) => {
  const error = Object.assign(new Error('charge failed'), { code: 'E_PAY', response: response(bytes) })
  const fields = { req: { id: 'r-1', url: '/pay' }, body: response(bytes), team: 'payments' }
  const info = { level: 'error', [levelKey]: 'error', message: 'payment failed', err: error, ...fields }

  it('keeps the fields behind it, and says that it was cut', () => {
    const record = readRecord(JSON.stringify(lineOfInfo(info)))
    expect(record).toMatchObject({
      msg: 'payment failed',
      requestId: 'r-1',
      err: { message: 'charge failed', code: 'E_PAY' },
      fields: { team: 'payments', req: { url: '/pay' }, err: { response: { status: 502 } } },
    })
    expect(record.cutFrom).toBeDefined()
  })

  it('keeps its alert field', () => {
    expect(lineOfInfo({ ...info, alert: false }).alert).toBe(false)
    expect(lineOfInfo({ ...info, alert: { code: 'PAYMENT' } }).alert).toEqual({ code: 'PAYMENT' })
  })
})

it("a record of express-winston's, with the marks of a crash, keeps its level", () => {
  const meta = { exception: true, date: 'now', trace: [], req: { url: '/x' }, stack: 'Error: x' }
  const line = lineOfInfo({ level: 'warn', [levelKey]: 'warn', message: 'HTTP GET /x 404', meta })
  expect(line.level).toBe(40)
})
