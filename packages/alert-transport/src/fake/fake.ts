/**
 * What a fake provider is: it reads a request as the real one does, refuses it in the same words, and knows
 * what its app would show. A fake holds no server, no storage and no timer.
 */
import type { Certificate } from './certificate.ts'
import type { Answer, Exchange, FakeRequest, View } from './exchange.ts'
import type { Mode, Order } from './mode.ts'
import type { RateRule } from './rate.ts'

/** What a fake gets with the request. */
export interface FakeContext<Settings> {
  readonly settings: Settings
  /** Epoch ms, for signatures. */
  readonly now: () => number
  /**
   * Counts one message for this robot, webhook or channel; true when that is more than the provider takes.
   */
  readonly isTooFast: (key: string) => boolean
  /**
   * True when a message that was taken came with this idempotency key or nonce; this one's is kept if it is
   * taken.
   */
  readonly isRepeat: (key: string) => boolean
  /** Unique in this inbox, rising: for ids and timestamps in answers. */
  readonly sequence: number
}

/** What a fake can be made to answer to any request, in its own words: "no", "too many", "too long". */
export type Saying = 'refuse' | 'rate-limited' | 'too-long'

/** The code for one fake provider over HTTP, under `/<its name>/`. */
export interface HttpFake<Settings extends object = object> {
  readonly kind: 'http'
  readonly title: string
  /** What the inbox's settings fill in: tokens, secrets, keywords. */
  readonly settings: Settings
  readonly rate?: RateRule
  /** The answer of a mode, in its own words. */
  say(what: Saying, request: FakeRequest): Answer
  /** Channel options that send to this fake; `base` is its address, without a slash at the end. */
  channel(base: string, settings: Settings): Record<string, unknown>
  /** The refusal of this request, or undefined when the provider takes it. */
  refusal(request: FakeRequest, context: FakeContext<Settings>): Answer | undefined
  /** The answer to a request that was taken. */
  accept(request: FakeRequest, context: FakeContext<Settings>): Answer
  /** What its app would show; also asked for refused requests, so nothing about the body is certain. */
  view(request: FakeRequest): View
}

/** Types a fake over HTTP. */
export function defineHttpFake<Settings extends object>(
  fake: Omit<HttpFake<Settings>, 'kind'>,
): HttpFake<Settings> {
  return { kind: 'http', ...fake }
}

/** Where a fake mail server listens: with STARTTLS, and with TLS from the first byte. */
export interface MailAddress {
  readonly host: string
  readonly port: number
  readonly securePort: number
  /** The certificate, PEM: clients that are given it as `ca` can verify the server. */
  readonly ca: string
}

/** What a fake mail server is started with. */
export interface MailContext<Settings> {
  readonly settings: Settings
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly securePort: number
  readonly certificate: Certificate
  /** The order for this mail or connection, if it is one of these modes. */
  take(among: readonly Mode[]): Order | undefined
  record(entry: Exchange): void
}

/** The code for a fake provider over SMTP. */
export interface MailFake<Settings extends object = object> {
  readonly kind: 'mail'
  readonly title: string
  readonly settings: Settings
  /** Channel options that send to this server. */
  channel(address: MailAddress, settings: Settings): Record<string, unknown>
  start(context: MailContext<Settings>): Promise<{
    readonly address: MailAddress
    close(): Promise<void>
  }>
}

/** Types a fake over SMTP. */
export function defineMailFake<Settings extends object>(
  fake: Omit<MailFake<Settings>, 'kind'>,
): MailFake<Settings> {
  return { kind: 'mail', ...fake }
}
