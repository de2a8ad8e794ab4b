/**
 * The rows of the carriers of text messages.
 */
import { providers } from '#core/providers/index.ts'
import type { Behaviour } from '#kit/behaviour.ts'
import type { FakeSettings } from '#kit/fakes/index.ts'
import { httpOdd, httpPassing } from './behaviours.ts'
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

const common = {
  silent: ['hang', 'drip'],
  odd: [...httpOdd, 'endless', { status: 413 }],
} as const satisfies { readonly silent: readonly Behaviour[]; readonly odd: readonly Behaviour[] }

const template = ['payments prod', 'card gateway timeout after 3000 ms']
const retryAfter = {
  behaviour: { status: 429, headers: { 'retry-after': '30' } },
  leastDelayMs: 30_000,
} as const

export const rows = {
  twilio: {
    provider: providers.twilio,
    options: ({ channels }) => without(channels.twilio, 'to'),
    to: ['+1 500 555-0001'],
    remote: {
      ...common,
      fake: 'twilio',
      throttled: retryAfter,
      passing: [
        ...httpPassing,
        'rate-limited',
        { status: 400, body: '{"code":30001,"message":"Queue overflow"}' },
      ],
      no: ['refuse', { status: 201, body: '{"sid":"SM1","status":"failed"}' }, { status: 200 }, 'html'],
      tooLong: 'too-long',
      badCredentials: (options) => ({ ...options, authToken: 'another' }),
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
      ...common,
      fake: 'aliyun-sms',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 60_000 },
      passing: [...httpPassing, { status: 200, body: '{"Code":"isp.SYSTEM_ERROR","Message":"busy"}' }],
      no: ['refuse', { status: 200 }, { status: 200, body: '{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}' }, 'html'],
      badCredentials: (options) => ({ ...options, accessKeySecret: 'another' }),
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
      ...common,
      fake: 'tencent-sms',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 30_000 },
      passing: [
        ...httpPassing,
        { status: 200, body: '{"Response":{"Error":{"Code":"InternalError","Message":"busy"}}}' },
      ],
      no: ['refuse', { status: 200 }, { status: 200, body: '{"Response":{"SendStatusSet":[]}}' }, 'html'],
      badCredentials: (options) => ({ ...options, secretKey: 'another' }),
    },
  },
  sns: {
    provider: providers.sns,
    options: ({ channels }) => channels.sns,
    remote: {
      ...common,
      fake: 'sns',
      throttled: retryAfter,
      passing: [...httpPassing, 'rate-limited'],
      no: ['refuse', { status: 200 }, { status: 200, body: '<PublishResponse/>' }, 'html'],
      tooLong: 'too-long',
      badCredentials: (options) => ({ ...options, secretAccessKey: 'another' }),
    },
  },
} as const satisfies Readonly<Record<string, Row>>

function without(options: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== name))
}
