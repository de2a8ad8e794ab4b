import { expect, test } from 'vitest'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import { readRecord } from '../read/lines.ts'

const stack =
  'Error: failed with status code 500\n    at onResFinished (/srv/app/node_modules/pino-http/logger.js:1:1)'

function key(method: string, url: string, statusCode: number, more: object = {}): string {
  return recordKey(
    readRecord({
      level: 50,
      req: { id: 1, method, url },
      res: { statusCode },
      msg: 'request errored',
      ...more,
    }),
    undefined,
  )
}

test("pino-http's failed requests are one alert a method, route and status", () => {
  const err = { type: 'Error', message: 'failed with status code 500', stack }
  expect(key('POST', '/api/v1/orders/4711/pay?x=1', 500, { err })).toBe('POST /api/v1/orders/<*>/pay 500')
  expect(key('POST', '/api/v1/orders/4712/pay', 500, { err })).toBe(
    key('POST', '/api/v1/orders/4711/pay', 500),
  )
  const keys = [
    key('POST', '/api/orders', 500),
    key('GET', '/api/orders', 500),
    key('POST', '/api/users', 500),
    key('POST', '/api/orders', 503),
  ]
  expect(new Set(keys).size).toBe(4)
})

test('the method counts in capitals, as hapi does not write it', () => {
  expect(key('get', '/api/users', 500)).toBe(key('GET', '/api/users', 500))
})

test('the route as it was declared counts, not what was requested', () => {
  const req = { method: 'GET', url: '/users/ann', route: { path: '/users/:name' } }
  expect(key('GET', '', 500, { req })).toBe('GET /users/:name 500')
})

test('an error or a message of its own says more than the route', () => {
  const err = {
    type: 'TypeError',
    message: 'boom',
    stack: 'TypeError: boom\n    at pay (/srv/app/src/pay.js:1:1)',
  }
  expect(key('GET', '/x', 500, { err })).toBe('TypeError · pay (src/pay) · boom')
  expect(key('GET', '/x', 500, { msg: 'billing refused the order' })).toBe('billing refused the order')
})

test('a failed request is known by method, route and status in whatever words it is said', () => {
  const failed = (method: string, url: string, status: number) => {
    const message = `failed with status code ${status}`
    return key(method, url, status, { msg: 'request went wrong', err: { type: 'Error', message, stack } })
  }
  expect(failed('GET', '/a', 500)).toBe('GET /a 500')
  expect(failed('POST', '/b', 500)).toBe('POST /b 500')
  expect(failed('GET', '/a', 502)).toBe('GET /a 502')
  expect(failed('GET', '/users/17', 500)).toBe(failed('GET', '/users/18', 500))
})
