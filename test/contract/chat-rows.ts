/**
 * The rows of the chats.
 */
import { providers } from '#core/providers/index.ts'
import type { FakeSettings } from '#kit/fakes/index.ts'
import { httpOdd, httpPassing } from './behaviours.ts'
import type { Row } from './rows.ts'

export const secrets = {
  feishu: 'token-of-the-feishu-suite',
  feishuSign: 'secret-of-the-feishu-suite',
} as const

export const settings: FakeSettings = {
  feishu: { token: secrets.feishu, secret: secrets.feishuSign, keywords: ['alert-keyword'] },
}

const common = { silent: ['hang', 'drip'], odd: [...httpOdd, 'endless'] } as const

export const rows = {
  feishu: {
    provider: providers.feishu,
    options: ({ channels }) => channels.feishu,
    remote: {
      ...common,
      fake: 'feishu',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 1_000 },
      passing: [...httpPassing, { status: 200, body: '{"code":9499,"msg":"too many request"}' }],
      no: ['refuse', { status: 200 }, { status: 200, body: '{"code":19999,"msg":"no"}' }, 'html'],
      tooLong: 'too-long',
      badCredentials: (options) => ({ ...options, secret: 'another-secret' }),
      mentions: { given: ['ou_18eac85d35', 'all'], pinged: ['all', 'ou_18eac85d35'] },
    },
  },
} as const satisfies Readonly<Record<string, Row>>
