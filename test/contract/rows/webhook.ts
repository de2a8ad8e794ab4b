import { retryAfter, withOther } from '../behaviours.ts'
import type { ProviderRow, Remote } from '../row.ts'
import { whole } from '../said.ts'

const secrets = {
  bearer: 'bearer-of-the-webhook-suite',
  hmac: 'key-of-the-webhook-suite',
} as const

export const success = { path: 'ok', equals: true }

export const webhookRemote = {
  throttled: retryAfter(90),
  no: ['refuse', { status: 200, body: '{"ok":false}' }, { status: 200, body: '{}' }, 'html'] as const,
  badCredentials: withOther({ auth: { bearer: 'another' } }),
} satisfies Partial<Remote>

export const webhook: ProviderRow = {
  secrets,
  settings: { bearer: secrets.bearer, hmac: { secret: secrets.hmac } },
  options: ({ channels }) => ({ ...channels.webhook, success }),
  remote: webhookRemote,
  check: {
    right: { url: 'https://im.example/hook' },
    missing: [/^url: needs `url`/],
    wrong: [
      [{ url: 'im.example/hook' }, `url: ${whole}`],
      [{ url: 'ftp://im.example/' }, `url: ${whole}`],
      [{ headers: { 'x y': '1' } }, /^headers.*: .*header name/],
      [{ auth: {} }, /^auth: needs `bearer`, `basic` or `hmac`/],
      [{ body: '{"a":' }, /^body: must be JSON/],
      [{ success: { path: '' } }, /^success\.(?:path|equals): /],
    ],
  },
  pictures: [
    [
      { subject: 'down', text: 'down\n\nwords', severity: 'error', more: { deep: 1 } },
      { '.card-title': 'down', '.plain': 'words', dd: 'error' },
    ],
  ],
  keyOf: ({ request }) => request.headers['idempotency-key'],
}
