import { describe, expect, it } from 'vitest'
import { classify } from '#core/http/classify.ts'
import type { HttpReply } from '#core/http/request.ts'
import type { Receipt } from '#core/model.ts'

function reply(status: number, more: Partial<HttpReply> = {}): HttpReply {
  return { status, headers: new Headers(), text: '', json: () => undefined, ...more }
}

const judge = (status: number, more?: Partial<HttpReply>): Receipt => classify(reply(status, more))

describe('classify', () => {
  it('is one table over all statuses', () => {
    const retried: number[] = []
    const delivered: number[] = []
    const failed: number[] = []
    for (let status = 100; status < 600; status++) {
      const list = { retry: retried, delivered, failed }[judge(status).status]
      list.push(status)
    }
    expect(delivered).toEqual(Array.from({ length: 100 }, (_, index) => 200 + index))
    expect(retried).toEqual([408, 425, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)])
    expect(failed).toHaveLength(100 + 100 + 97)
  })

  it('names the status and what was said', () => {
    expect(judge(403, { text: 'invalid\r\n\u001b[31mtoken' })).toEqual({
      status: 'failed',
      httpStatus: 403,
      why: 'HTTP 403: invalid token',
    })
    expect(judge(404, { host: 'hooks.example.com', excerpt: 'no_service' })).toMatchObject({
      why: 'hooks.example.com answered 404: no_service',
    })
    expect(judge(500)).toEqual({ status: 'retry', httpStatus: 500, why: 'HTTP 500' })
  })

  it('cuts what was said to 200 characters', () => {
    const receipt = judge(400, { text: 'x'.repeat(100_000) })
    expect(receipt.status === 'failed' && receipt.why.length).toBeLessThanOrEqual(220)
  })

  it('passes the delay of a retry on, at most an hour', () => {
    expect(judge(429, { retryAfterMs: 7000 })).toMatchObject({ status: 'retry', delayMs: 7000 })
    expect(judge(503, { retryAfterMs: 0 })).not.toHaveProperty('delayMs')
    expect(judge(503, { retryAfterMs: 1e9 })).toMatchObject({ delayMs: 3_600_000 })
    expect(judge(429)).not.toHaveProperty('delayMs')
    expect(judge(400, { retryAfterMs: 7000 })).not.toHaveProperty('delayMs')
  })

  it('says when it was too long', () => {
    expect(judge(413)).toMatchObject({ status: 'failed', tooLong: true })
    expect(judge(400)).not.toHaveProperty('tooLong')
  })

  it('says that redirects are not followed, and not where to', () => {
    const headers = new Headers({ location: 'https://elsewhere.example/secret' })
    expect(judge(302, { headers, host: 'gw.example' })).toMatchObject({
      status: 'failed',
      why: 'gw.example answered 302: redirects are not followed',
    })
  })

  it('is uncertain where a gateway gave up after it had forwarded the request', () => {
    expect(judge(502)).toMatchObject({ uncertain: true })
    expect(judge(504)).toMatchObject({ uncertain: true })
    expect(judge(503)).not.toHaveProperty('uncertain')
  })

  it('retries after no reply, and refuses what cannot be sent at all', () => {
    expect(classify({ failed: 'h: connection refused' })).toEqual({
      status: 'retry',
      why: 'h: connection refused',
    })
    expect(classify({ failed: 'h: no answer in time', uncertain: true })).toMatchObject({
      status: 'retry',
      uncertain: true,
    })
    expect(classify({ failed: 'the url is not valid', impossible: true })).toEqual({
      status: 'failed',
      why: 'the url is not valid',
    })
  })
})
