/**
 * One row for each line of the provider table: how to reach its fake, and how the fake says what every provider is asked
 * for. The compiler asks for a row as soon as a provider is added.
 */
import { fileURLToPath } from 'node:url'
import type { Behaviour } from '#cli/fake/mode.ts'
import type { FakeName, FakeSettings } from '#cli/inbox/fake-table.ts'
import type { Inbox } from '#cli/inbox/inbox.ts'
import { providers } from '#core/options/provider-table.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import { createConsole } from '#core/providers/console/console.ts'
import {
  httpPassing,
  inOwnWords,
  overHttp,
  retryAfter,
  saysNo,
  withOther,
  withOtherIn,
} from './behaviours.ts'
import * as chat from './chat-rows.ts'
import * as incident from './incident-rows.ts'
import * as push from './push-rows.ts'
import * as sms from './sms-rows.ts'
import * as team from './team-rows.ts'

/** What the fakes were set up with; none of it may show in a receipt. */
export const secrets = {
  slack: 'token-of-the-slack-suite',
  dingtalk: 'token-of-the-dingtalk-suite',
  sign: 'SEC-of-the-dingtalk-suite',
  wecom: '01234567-89ab-4def-8123-456789abcdef',
  bearer: 'bearer-of-the-webhook-suite',
  hmac: 'key-of-the-webhook-suite',
  pass: 'pass-of-the-mail-suite',
  ...chat.secrets,
  ...incident.secrets,
  ...sms.secrets,
  ...push.secrets,
  ...team.secrets,
} as const

export const settings: FakeSettings = {
  slack: { token: secrets.slack, botToken: secrets.slackBot },
  dingtalk: { token: secrets.dingtalk, secret: secrets.sign, keywords: ['alert-keyword'] },
  wecom: { key: secrets.wecom },
  webhook: { bearer: secrets.bearer, hmac: { secret: secrets.hmac } },
  email: { pass: secrets.pass },
  ...chat.settings,
  ...incident.settings,
  ...sms.settings,
  ...push.settings,
  ...team.settings,
}

export interface Row {
  readonly provider: ProviderDefinition
  readonly options: (inbox: Inbox) => Record<string, unknown>
  /** Absent where nothing is sent over a network: then only what it prints is looked at. */
  readonly remote?: Remote
  /** What it printed last, where there is no fake to ask. */
  readonly printed?: () => string
  /** Whom it is sent to; default a mail address. */
  readonly to?: readonly string[]
  /** The parts of the usual message that are seen, where there is no room for all: the template of a text message. */
  readonly sees?: readonly string[]
}

export interface Remote {
  readonly fake: FakeName
  readonly throttled: { readonly behaviour: Behaviour; readonly leastDelayMs: number }
  /** Each means: later. */
  readonly passing: readonly Behaviour[]
  readonly silent: readonly Behaviour[]
  /** Its own "no", each for good. */
  readonly no: readonly Behaviour[]
  /** Absent where each part is cut far below any limit, and a shorter form would lose what it is known by. */
  readonly tooLong?: Behaviour
  /** Answers of somebody else that stands between. */
  readonly odd: readonly Behaviour[]
  readonly badCredentials: (options: Record<string, unknown>, inbox: Inbox) => Record<string, unknown>
  readonly mentions?: { readonly given: readonly string[]; readonly pinged: readonly string[] }
  /** The provider's text as a reader sees it. */
  readonly shown?: (text: string) => string
}

const hour = 3_600_000

const webhook: Remote = {
  ...overHttp,
  fake: 'webhook',
  throttled: retryAfter(90),
  no: ['refuse', { status: 200, body: '{"ok":false}' }, { status: 200, body: '{}' }, 'html'],
  badCredentials: withOther({ auth: { bearer: 'another' } }),
}

const success = { path: 'ok', equals: true }

let lastPrinted = ''
const terminal = {
  write: async (text: string) => {
    lastPrinted = text
  },
  isColoured: () => false,
}

export const rows: Readonly<Record<keyof typeof providers, Row>> = {
  console: { provider: createConsole(terminal), options: () => ({}), printed: () => lastPrinted },
  email: {
    provider: providers.email,
    options: ({ channels }) => without(channels.email, 'to'),
    remote: {
      fake: 'email',
      throttled: inOwnWords(0),
      passing: ['greylist', 'error', 'reset'],
      silent: ['hang', 'no-greeting'],
      no: ['refuse'],
      tooLong: 'too-long',
      odd: ['no-starttls', 'bad-auth'],
      badCredentials: withOther({ auth: { user: 'inbox', pass: 'another' } }),
    },
  },
  webhook: {
    provider: providers.webhook,
    options: ({ channels }) => ({ ...channels.webhook, success }),
    remote: webhook,
  },
  slack: {
    provider: providers.slack,
    options: ({ channels }) => channels.slack,
    remote: {
      ...overHttp,
      fake: 'slack',
      throttled: retryAfter(30),
      passing: [...httpPassing, { status: 400, body: 'rollup_error' }],
      no: [
        'refuse',
        { status: 200, body: 'no_text' },
        { status: 200 },
        { status: 200, body: '{"ok":true}' },
        'html',
      ],
      tooLong: { status: 400, body: 'invalid_blocks' },
      badCredentials: withOtherIn(secrets.slack),
      mentions: {
        given: ['U012AB3CD', 'here', 'S012AB3CD'],
        pinged: ['@U012AB3CD', '!here', '!subteam^S012AB3CD'],
      },
    },
  },
  dingtalk: {
    provider: providers.dingtalk,
    options: ({ channels }) => channels.dingtalk,
    remote: {
      ...overHttp,
      fake: 'dingtalk',
      throttled: inOwnWords(60_000),
      passing: [...httpPassing, { status: 200, body: '{"errcode":-1,"errmsg":"system busy"}' }],
      no: saysNo('{"errcode":43004,"errmsg":"no"}'),
      badCredentials: withOther({ secret: 'SEC-another' }),
      mentions: {
        given: ['13800000000', 'manager4081', 'all'],
        pinged: ['@all', '13800000000', 'manager4081'],
      },
      shown: (text) => text.replace(/\\(?=[^\w\s])/g, ''),
    },
  },
  wecom: {
    provider: providers.wecom,
    options: ({ channels }) => channels.wecom,
    remote: {
      ...overHttp,
      fake: 'wecom',
      throttled: inOwnWords(60_000),
      passing: [...httpPassing, { status: 200, body: '{"errcode":-1,"errmsg":"system busy"}' }],
      no: saysNo('{"errcode":40008,"errmsg":"no"}'),
      badCredentials: (_options, { url }) => ({
        url: `${url}/wecom/cgi-bin/webhook/send?key=11111111-89ab-4def-8123-456789abcdef`,
      }),
      mentions: { given: ['zhangsan', 'lisi'], pinged: ['zhangsan', 'lisi'] },
    },
  },
  ...chat.rows,
  ...incident.rows,
  ...sms.rows,
  ...push.rows,
  ...team.rows,
  module: {
    provider: providers.module,
    options: ({ channels }) => ({
      module: fileURLToPath(new URL('own-provider.ts', import.meta.url)),
      options: { ...channels.webhook, success },
    }),
    remote: {
      ...webhook,
      badCredentials: ({ options, ...rest }) => ({
        ...rest,
        options: { ...(options as object), auth: { bearer: 'another' } },
      }),
    },
  },
}

/** No provider may ask for more than this. */
export const longestDelayMs = hour

function without(options: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== name))
}
