import { describe, expect, test } from 'vitest'
import { parameterize } from '#core/fingerprint/parameterize.ts'

const different: readonly (readonly [string, string])[] = [
  ['GET /x 500 - 12 ms', 'GET /x 404 - 12 ms'],
  ['GET /orders/1 500 12.3 ms - 120', 'GET /orders/2 404 12.3 ms - 120'],
  ['POST /pay -> 502', 'POST /pay -> 504'],
  ['POST /pay => 502 in 12ms', 'POST /pay => 504 in 11ms'],
  ['10.0.0.1 - - "GET /x HTTP/1.1" 500 12', '10.0.0.2 - - "GET /x HTTP/1.1" 404 9'],
  ['exited with code 1', 'exited with code 137'],
  ['worker 12 exited with 1', 'worker 13 exited with 137'],
  ['child exited: 1', 'child exited: 137'],
  ['job failed, exit 1', 'job failed, exit 2'],
  ['sync failed, rc=5', 'sync failed, rc=6'],
  ['responded with 502', 'responded with 504'],
  ['upstream replied with 502 after 12 ms', 'upstream replied with 504 after 13 ms'],
  ['request to /srv/x returned 500', 'request to /srv/x returned 404'],
  ['got 503 from upstream', 'got 502 from upstream'],
  ['Error: 503', 'Error: 502'],
  ['upload failed: 401', 'upload failed: 429'],
  ['failed with 500', 'failed with 404'],
  ['response: 500', 'response: 404'],
  ['unexpected response (503)', 'unexpected response (502)'],
  ['[503] upstream error', '[502] upstream error'],
  ['WebSocket closed with 1006', 'WebSocket closed with 1011'],
  ['socket closed (code 1006)', 'socket closed (code 1011)'],
  ['Invalid login: 535 Authentication failed', 'Invalid login: 534 Authentication failed'],
  ['Message failed: 550 5.1.1 <a@example.org> unknown', 'Message failed: 552 5.3.4 <a@example.org> unknown'],
  ['SQLSTATE[23505]: violation', 'SQLSTATE[42P01]: violation'],
  ['query failed, code: "23505"', 'query failed, code: "23503"'],
  ['error TS2345: no overlap', 'error TS2322: no overlap'],
  ['ORA-00942: refused', 'ORA-01017: refused'],
  ['upstream said status:500', 'upstream said status:503'],
  ['状态码 500', '状态码 502'],
  ['调用失败，错误码：10001', '调用失败，错误码：10002'],
]

describe('a number that names a problem keeps problems apart', () => {
  test.each(different)('%s, %s', (one, other) => {
    expect(parameterize(one)).not.toBe(parameterize(other))
  })
})

const equal: readonly (readonly [string, string])[] = [
  ['GET /x 500 - 12 ms', 'GET /x 500 - 13 ms'],
  ['GET /orders/7 500 12.1 ms - 15', 'GET /orders/9 500 1.1 ms - 1'],
  ['returned 500 rows', 'returned 404 rows'],
  ['got 503 items', 'got 502 items'],
  ['responded with 502 bytes', 'responded with 504 bytes'],
  ['responded in 502', 'responded in 504'],
  ['retry in 500', 'retry in 404'],
  ['failed after 500 attempts', 'failed after 404 attempts'],
  ['import failed: 500 of 1000', 'import failed: 404 of 1000'],
  ['closed 500 sockets', 'closed 404 sockets'],
  ['exited after 137 s', 'exited after 1 s'],
  ['[317] job started', '[17] job started'],
  ['promo code 48213 is used up', 'promo code 11872 is used up'],
  ['packets out of order. Got: 512 Expected: 1', 'packets out of order. Got: 431 Expected: 2'],
  ['worker 404 died', 'worker 500 died'],
  ['response (502 bytes) was cut', 'response (404 bytes) was cut'],
]

describe('a number that counts or identifies splits no problem', () => {
  test.each(equal)('%s, %s', (one, other) => {
    expect(parameterize(one)).toBe(parameterize(other))
  })
})

test('what is kept is kept in a second pass', () => {
  for (const text of [...different, ...equal].flat()) {
    const once = parameterize(text)
    expect(parameterize(once)).toBe(once)
  }
})
