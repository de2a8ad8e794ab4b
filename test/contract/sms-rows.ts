/**
 * The rows of the carriers of text messages.
 */

import type { FakeSettings } from '#cli/inbox/fake-table.ts'
import { providers } from '#core/options/provider-table.ts'
import { httpPassing, inOwnWords, neverTooLong, retryAfter, saysNo, withOther } from './behaviours.ts'
import type { Row } from './rows.ts'

export const secrets = {
  twilio: 'token-of-the-twilio-suite',
  aliyunSms: 'secret-of-the-aliyun-suite',
  tencentSms: 'key-of-the-tencent-suite',
  sns: 'secret-of-the-sns-suite',
} as const

export const settings: FakeSettings = {
  twilio: { authToken: secrets.twilio },
  'aliyun-sms': { accessKeySecret: secrets.aliyunSms, variables: ['what'] },
  'tencent-sms': { secretKey: secrets.tencentSms, variables: 3 },
  sns: { secretAccessKey: secrets.sns },
}

const template = ['payments prod', 'card gateway timeout after 3000 ms']
export const rows = {
  twilio: {
    provider: providers.twilio,
    options: ({ channels }) => without(channels.twilio, 'to'),
    to: ['+1 500 555-0001'],
    remote: {
      ...neverTooLong,
      fake: 'twilio',
      throttled: retryAfter(30),
      passing: [
        ...httpPassing,
        'rate-limited',
        { status: 400, body: '{"code":30001,"message":"Queue overflow"}' },
      ],
      no: ['refuse', { status: 201, body: '{"sid":"SM1","status":"failed"}' }, { status: 200 }, 'html'],
      tooLong: 'too-long',
      badCredentials: withOther({ authToken: 'another' }),
    },
  },
  'aliyun-sms': {
    provider: providers['aliyun-sms'],
    options: ({ channels }) => ({
      ...without(channels['aliyun-sms'], 'to'),
      params: { service: 'subject', what: 'text', title: 'title', rest: 'and {others} more' },
    }),
    to: ['+8613900000000'],
    sees: template,
    remote: {
      ...neverTooLong,
      fake: 'aliyun-sms',
      throttled: inOwnWords(60_000),
      passing: [...httpPassing, { status: 200, body: '{"Code":"isp.SYSTEM_ERROR","Message":"busy"}' }],
      no: saysNo('{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}'),
      badCredentials: withOther({ accessKeySecret: 'another' }),
    },
  },
  'aliyun-sms by the older signature': {
    provider: providers['aliyun-sms'],
    options: ({ channels }) => ({
      ...without(channels['aliyun-sms'], 'to'),
      params: { service: 'subject', what: 'text', title: 'title', rest: 'and {others} more' },
      signature: 'rpc',
    }),
    to: ['+8613900000000'],
    sees: template,
    remote: {
      ...neverTooLong,
      fake: 'aliyun-sms',
      throttled: inOwnWords(60_000),
      no: saysNo('{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}'),
      badCredentials: withOther({ accessKeySecret: 'another' }),
    },
  },
  'tencent-sms': {
    provider: providers['tencent-sms'],
    options: ({ channels }) => ({
      ...without(channels['tencent-sms'], 'to'),
      params: ['subject', 'text', '{title} and {others} more'],
      maxVariable: 60,
    }),
    to: ['+8613900000000'],
    sees: template,
    remote: {
      ...neverTooLong,
      fake: 'tencent-sms',
      throttled: inOwnWords(30_000),
      passing: [
        ...httpPassing,
        { status: 200, body: '{"Response":{"Error":{"Code":"InternalError","Message":"busy"}}}' },
      ],
      no: saysNo('{"Response":{"SendStatusSet":[]}}'),
      badCredentials: withOther({ secretKey: 'another' }),
    },
  },
  sns: {
    provider: providers.sns,
    options: ({ channels }) => channels.sns,
    remote: {
      ...neverTooLong,
      fake: 'sns',
      throttled: retryAfter(30),
      passing: [...httpPassing, 'rate-limited'],
      no: saysNo('<PublishResponse/>'),
      tooLong: 'too-long',
      badCredentials: withOther({ secretAccessKey: 'another' }),
    },
  },
} as const satisfies Readonly<Record<string, Row>>

function without(options: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== name))
}
