/**
 * What a fake provider is: it reads a request as the real one does, says the same "no" in the same words, and tells
 * what its app would then show. A fake holds no server, no storage and no timer.
 */
import type { Mode, Order } from './behaviour.ts'
import type { Certificate } from './certificate.ts'
import type { RateRule } from './rate.ts'
import type { Received } from './received.ts'

/** What a provider answers to one request. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** What the provider's app would present to people, and how large the message is by the provider's own measure. */
export interface View {
  /** The line in the list of conversations or mails; absent where the app shows the text alone. */
  readonly subject?: string
  readonly text: string
  /** The html part of a mail, as it came: hostile until shown in a sandbox. */
  readonly html?: string
  /** Who would really be pinged, in the provider's own ids; `@all`, `!channel` and the like for everybody. */
  readonly mentions: readonly string[]
  /** Envelope recipients of a mail. */
  readonly to?: readonly string[]
  /** UTF-8 bytes of the whole body. */
  readonly bytes: number
  /** The part that the provider measures, in `unit`; refused above `limit`. */
  readonly size: number
  readonly limit?: number
  readonly unit: 'bytes' | 'characters'
  /** What a sender should know and a reader would not see: 'the text lacks @138…: nobody is pinged'. */
  readonly notes: readonly string[]
}

/** One request as a fake sees it. */
export interface FakeRequest {
  readonly method: string
  /** The path behind the fake's own prefix, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly raw: Buffer
  readonly body: string
  /** The body as JSON; undefined when it is not valid JSON in valid UTF-8. */
  readonly json: unknown
}

/** What a fake is handed beside the request. */
export interface FakeContext<Settings> {
  readonly settings: Settings
  /** Epoch ms, for signatures. */
  readonly now: () => number
  /** Counts one message for this robot, webhook or channel; true when that is more than the provider takes. */
  readonly isTooFast: (key: string) => boolean
  /** True when a message that was taken came with this idempotency key or nonce; this one's is kept if it is taken. */
  readonly isRepeat: (key: string) => boolean
  /** Unique in this inbox, rising: for ids and timestamps in answers. */
  readonly sequence: number
}

/** What a fake can be asked to say, whatever the request was: its own "no", "too fast" and "too long". */
export type Saying = 'refuse' | 'rate-limited' | 'too-long'

/** The code for one fake provider that is spoken to over HTTP, under `/<its name>/`. */
export interface HttpFake<Settings extends object = object> {
  readonly kind: 'http'
  readonly title: string
  /** What the inbox's settings fill in: tokens, secrets, keywords. */
  readonly settings: Settings
  readonly rate?: RateRule
  /** Its own words for what `behave` asks for. */
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

/** Types a fake that is spoken to over HTTP. */
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
  /** What the server was told to do with the mail or connection at hand. */
  take(among: readonly Mode[]): Order | undefined
  record(entry: Pick<Received, 'ok' | 'answer' | 'request' | 'view'>): void
}

/** The code for a fake provider that is spoken to over SMTP. */
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

/** Types a fake that is spoken to over SMTP. */
export function defineMailFake<Settings extends object>(
  fake: Omit<MailFake<Settings>, 'kind'>,
): MailFake<Settings> {
  return { kind: 'mail', ...fake }
}

/** An answer with a JSON body, as the real gateways send it. */
export function jsonAnswer(status: number, value: unknown, headers?: Record<string, string>): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

/** An answer in plain text. */
export function textAnswer(status: number, body: string, headers?: Record<string, string>): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
}

/** True when the request says that its body is JSON, in UTF-8 where it names a charset. */
export function isJsonRequest(request: FakeRequest): boolean {
  return /^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(request.headers['content-type'] ?? '')
}
