import { inOwnWords, withOther, withoutOption } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'

const secrets = {
  pass: 'pass-of-the-mail-suite',
} as const

export const email: ProviderRow = {
  secrets,
  settings: { pass: secrets.pass },
  options: ({ channels }) => withoutOption(channels.email, 'to'),
  remote: {
    throttled: inOwnWords(0),
    passing: ['greylist', 'error', 'reset'],
    silent: ['hang', 'no-greeting'],
    no: ['refuse'],
    tooLong: 'too-long',
    odd: ['no-starttls', 'bad-auth'],
    badCredentials: withOther({ auth: { user: 'inbox', pass: 'another' } }),
  },
  check: {
    right: { host: 'mail.example', from: 'a@example.com', to: ['ops@example.com'] },
    missing: [/^from: /, /^(?:host|url): /],
    wrong: [
      [{ from: 'alerts' }, /^from: .*@/],
      [{ to: ['ops'] }, /^to.*: /],
      [{ host: undefined, url: 'mail.example:25' }, /^url: must start with smtps:\/\//],
      [{ host: undefined, url: 'https://mail.example' }, /^url: must start with smtps:\/\//],
    ],
  },
  keyOf: ({ request }) => /^message-id: *(\S+)/im.exec(request.body)?.[1],
}
