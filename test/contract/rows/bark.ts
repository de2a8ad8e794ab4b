import { httpPassing, retryAfter, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { trace, whole } from '../said.ts'
import { changeJson, jsonOf } from '../wire.ts'

const secrets = {
  bark: 'device-of-the-bark-suite',
} as const

const barkReply = (code: number, message: string): Reply => [code, JSON.stringify({ code, message })]

export const bark: ProviderRow = {
  // A lock screen shows two lines.
  sees: ['payments prod', 'card gateway timeout after 3000 ms'],
  secrets,
  settings: { keys: [secrets.bark] },
  remote: {
    throttled: retryAfter(30),
    passing: [...httpPassing, 'rate-limited'],
    no: saysNo('{"code":400,"message":"no"}'),
    badCredentials: withOther({ key: 'another-device' }),
  },
  check: {
    right: { key: 'abcdefgh1234' },
    missing: [/^key: is missing/],
    wrong: [
      [{ key: 'https://api.day.app/abcdefgh1234' }, /^key: must be the bare key of a device/],
      [{ endpoint: 'api.day.app' }, `endpoint: ${whole}`],
    ],
  },
  replies: [
    {
      options: { key: 'abcdefgh' },
      replies: [
        [barkReply(200, 'success'), 'delivered'],
        ['{"code":400,"message":"x"}', 'failed'],
        [
          barkReply(400, 'failed to get device token: failed to get [x] device token from database'),
          'lasting',
        ],
        [barkReply(500, 'push failed: APNS push failed: BadDeviceToken'), 'lasting'],
        [barkReply(500, 'push failed: APNS push failed: Unregistered'), 'lasting'],
        [barkReply(500, 'push failed: timeout'), 'retry'],
      ],
    },
  ],
  refuses: {
    requests: [
      ['an unknown key', changeJson({ device_key: 'other' }), 400, 'failed to get device token'],
      ['no key', changeJson({ device_key: '' }), 400, 'device key is empty'],
      ['a level of its own', changeJson({ level: 'loud' }), 400, 'level is invalid'],
      ['nothing to say', changeJson({ title: '', body: '' }), 400, 'body is empty'],
      ['more than Apple takes', changeJson({ body: 'x'.repeat(4000) }), 500, 'PayloadTooLarge'],
    ],
  },
  pictures: [
    [
      { title: 'down', subtitle: 'prod', body: 'x', level: 'critical', url: trace },
      { '.urgent .notice-title': 'down', '.notice-subtitle': 'prod' },
    ],
  ],
  keyOf: (received) => jsonOf(received).id,
}
