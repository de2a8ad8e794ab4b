import { describe, expect, test } from 'vitest'
import { briefFailure, shortFailure } from '#core/http/failure-brief.ts'

describe('a failure in a few words', () => {
  test.each([
    ['hooks.slack.com answered 403: invalid_token', 'answer', '403 invalid_token', 'key'],
    ['Slack answered 404: no_service', 'answer', '404 no_service', 'address'],
    ['Slack answered invalid_auth (the token is wrong)', 'answer', 'invalid_auth', 'key'],
    [
      'DingTalk answered errcode 310000: keywords not in content (set `keyword` to one of the keywords of the robot)',
      'answer',
      'errcode 310000 keywords not in content',
      'other',
    ],
    [
      '127.0.0.1:8080 answered 422: {"ok":false,"error":"this message is not wanted',
      'answer',
      '422 this message is not wanted',
      'other',
    ],
    ['x answered 400: {"error":{"code":"bad","message":"no room"}}', 'answer', '400 bad no room', 'other'],
    ['x answered 413', 'answer', '413', 'length'],
    ['x answered 503: {"status":"down"}', 'answer', '503', 'server'],
    ['x answered 200 with “{"code":9499,"msg":"Bad Request"}”', 'answer', '200 9499 Bad Request', 'other'],
    [
      'smtp.example.com:587: EAUTH: 535 5.7.8 Error: authentication failed (check `auth`)',
      'answer',
      '535 Error: authentication failed (check `auth`)',
      'key',
    ],
    [
      'im.example.com: connection refused (ECONNREFUSED)',
      'unreachable',
      'connection refused (ECONNREFUSED)',
      'network',
    ],
    ['not delivered in time: im.example.com: no answer in time', 'late', 'no answer in time', 'network'],
    [
      'im.example.com: proxy 10.0.0.1:3128 answered 407',
      'unreachable',
      'proxy 10.0.0.1:3128 answered 407',
      'network',
    ],
  ])('%s', (why, kind, said, cause) => {
    expect(briefFailure(why)).toMatchObject({ kind, said, cause })
  })

  test('has at most 80 characters and no JSON, whatever a provider answers', () => {
    const bodies = [
      JSON.stringify({ a: 'x'.repeat(500), error: 'y '.repeat(200) }),
      JSON.stringify([{ message: 'z'.repeat(300) }]),
      `<html>${'w'.repeat(300)}`,
      `{"unknown":"${'v'.repeat(300)}`,
    ]
    for (const body of bodies) {
      const { said } = briefFailure(`im.example.com answered 422: ${body}`)
      expect(said.length).toBeLessThanOrEqual(80)
      expect(said).not.toMatch(/[{}"]/)
    }
  })

  test('names what the vendor’s page says can be done', () => {
    expect(briefFailure('Slack answered invalid_auth (the token of this app is wrong)').cure).toBe(
      'the token of this app is wrong',
    )
  })
})

test('a failure for a warning keeps its host and loses the JSON', () => {
  expect(shortFailure('im.example.com answered 422: {"ok":false,"error":"no room"}')).toBe(
    'im.example.com answered 422: no room',
  )
  expect(shortFailure('im.example.com: connection refused (ECONNREFUSED)')).toBe(
    'im.example.com: connection refused (ECONNREFUSED)',
  )
})
