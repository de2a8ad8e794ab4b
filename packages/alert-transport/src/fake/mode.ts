/** The ways in which a fake can misbehave. */
import type { Answer } from './exchange.ts'

/** What every fake over HTTP can do. */
export const httpModes = [
  'ok',
  'rate-limited', // too many messages, in the provider's own words
  'refuse', // its own "no"
  'too-long', // its own "too long"
  'error', // 500
  'hang', // reads and never answers
  'reset', // reads and breaks the connection
  'drip', // status 200, then a byte now and then, for ever
  'endless', // status 200 and a body without end
  'html', // status 200 and a page, as from a captive portal
  'redirect', // 307 to another path
] as const

/** What the fake mail server can do. */
export const smtpModes = [
  'ok',
  'rate-limited', // 421 at MAIL
  'refuse', // 550 at RCPT
  'greylist', // 451 at RCPT
  'too-long', // 552 after DATA
  'error', // 451 after DATA
  'hang', // takes the mail and never answers
  'reset', // takes the mail and breaks the connection
  'bad-auth', // 535 whatever the password
  'no-starttls', // offers no TLS
  'no-greeting', // accepts the connection and stays silent
] as const

/** All modes; each kind of fake has some of them. */
export type Mode = (typeof httpModes)[number] | (typeof smtpModes)[number]

/** A mode or a fixed HTTP answer, until it is changed or for `times` messages. */
export type Behaviour =
  | Mode
  | { readonly mode: Mode; readonly times?: number }
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      readonly times?: number
    }

/** What to do with one message. */
export type Order = { readonly mode: Mode } | { readonly mode: 'answer'; readonly answer: Answer }
