/**
 * One HTTP request. It never throws and never follows a redirect, reads a bounded part of the reply, obeys
 * its signal, and names only the host of the address. classify.ts says what a reply means.
 */
import { createMask } from '../redact/redact.ts'
import { redactText } from '../redact/redact-text.ts'
import { parseJson } from '../text/parse-json.ts'
import { cleanLine, cutChars, decodeUrlPart } from '../text/text.ts'
import { describeFailure, type HttpFailure, unsendable } from './http-failure.ts'

/** Credentials in the URL become a Basic `authorization` header, unless that header is given. */
export interface HttpRequest {
  readonly url: string | URL
  /** Default POST. */
  readonly method?: string
  /** Control characters in a value become spaces. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Cancels the request, also if `fetch` ignores it. */
  readonly signal: AbortSignal
  /** Maximum number of decompressed bytes that are read; default 64 KiB. */
  readonly maxResponseBytes?: number
  /** Epoch ms, for a Retry-After date in a reply without a Date header; default: the machine's clock. */
  readonly now?: () => number
}

/** A reply, whatever its status. */
export interface HttpReply {
  readonly status: number
  readonly headers: Pick<Headers, 'get'>
  /** The body, cut at `maxResponseBytes`. */
  readonly text: string
  /** The body as JSON; `undefined` if it is not JSON. */
  json(): unknown
  /** From Retry-After, at most one hour. */
  readonly retryAfterMs?: number
  /** Host of the address. */
  readonly host?: string
  /**
   * The start of the body as one line of at most 200 characters, without tags, secrets and parts of the
   * address.
   */
  readonly excerpt?: string
}

/** One request, checked, with its header names in lower case. */
export interface Outgoing {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
}

/** A reply whose body is still to be read, or to be released. */
export interface Incoming {
  readonly status: number
  readonly headers: Pick<Headers, 'get'>
  /** Reads until the end, the limit, or until `aborted` resolves; then releases the connection. */
  read(maxBytes: number, aborted: Promise<undefined>): Promise<Body>
  release(): void
}

/** What sends a request: `fetch`, or less than that. */
export type Exchange = (outgoing: Outgoing) => Promise<Incoming>

/** A `fetch` with a shorter way for the requests of this file. */
export type ExchangingFetch = typeof fetch & { readonly exchange?: Exchange }

const defaultMaxBytes = 64 * 1024

/** Node's own `fetch`, looked up at each request: others may watch it. */
export const fetchByNode: typeof fetch = (input, init) => globalThis.fetch(input, init)

/** Sends one request with the given `fetch`. Resolves with the reply or the failure, and never rejects. */
export async function request(
  fetcher: ExchangingFetch,
  options: HttpRequest,
): Promise<HttpReply | HttpFailure> {
  const { signal, maxResponseBytes = defaultMaxBytes, now = Date.now } = options
  const outgoing = prepare(options, fetcher.exchange === undefined)
  if ('failed' in outgoing) return outgoing
  const { host } = outgoing.url
  if (signal.aborted) return { failed: describeFailure(host, signal.reason, signal).failed }

  const abort = watchSignal(signal)
  try {
    const sent = fetcher.exchange === undefined ? exchangeBy(fetcher, outgoing) : fetcher.exchange(outgoing)
    const incoming = await Promise.race([sent, abort.happened])
    if (!incoming) {
      sent.then((late) => late.release()).catch(() => {})
      return describeFailure(host, signal.reason, signal)
    }
    const { text, whole } = await incoming.read(maxResponseBytes, abort.happened)
    const isOk = incoming.status >= 200 && incoming.status < 300
    if (!whole && isOk) return { failed: `${host}: the reply was cut off`, uncertain: true }
    return toReply(String(options.url), incoming, text, now())
  } catch (error) {
    return describeFailure(host, error, signal)
  } finally {
    abort.forget()
  }
}

async function exchangeBy(fetcher: typeof fetch, { url, signal, ...init }: Outgoing): Promise<Incoming> {
  const response = await fetcher(url.href, { ...init, redirect: 'manual', ...(signal && { signal }) })
  const { status, headers, body } = response
  return {
    status,
    headers,
    read: (maxBytes, aborted) => readBounded(body, maxBytes, aborted),
    release: () => void body?.cancel().catch(() => {}),
  }
}

/** Some implementations of fetch ignore their signal. */
function watchSignal(signal: AbortSignal): { happened: Promise<undefined>; forget(): void } {
  let listener = () => {}
  const happened = new Promise<undefined>((resolve) => {
    listener = () => resolve(undefined)
  })
  signal.addEventListener('abort', listener, { once: true })
  return { happened, forget: () => signal.removeEventListener('abort', listener) }
}

function prepare(options: HttpRequest, isForFetch: boolean): Outgoing | HttpFailure {
  const text = String(options.url)
  if (!URL.canParse(text)) return { failed: 'the url is not valid', impossible: true }
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { failed: 'the url is neither https nor http', impossible: true }
  }
  const { method = 'POST', body, signal } = options
  const headers = toHeaders(options.headers ?? {}, url)
  url.username = ''
  url.password = ''
  url.hash = ''
  const outgoing = { url, method, headers, ...(body !== undefined && { body }) }
  const canBeSent = isForFetch ? canBeFetched(outgoing) : !isAmbiguous(outgoing)
  return canBeSent ? { ...outgoing, signal } : unsendable(url.host)
}

function canBeFetched({ url, ...init }: Outgoing): boolean {
  try {
    new Request(url, init)
    return true
  } catch {
    return false
  }
}

/** Two servers on the way may read it differently; all else is checked by node:http. */
function isAmbiguous({ method, headers, body }: Outgoing): boolean {
  const hasBody = body !== undefined && (method === 'GET' || method === 'HEAD')
  return hasBody || Object.hasOwn(headers, 'transfer-encoding')
}

/** Without a version: gateways filter by the name, and reveal it to the provider. */
const userAgent = 'alert-core (+https://www.npmjs.com/package/alert-core)'

function toHeaders(given: Readonly<Record<string, string>>, url: URL): Record<string, string> {
  const headers = new Map([['user-agent', userAgent]])
  for (const [name, value] of Object.entries(given))
    headers.set(name.toLowerCase(), value.replace(/\p{Cc}+/gu, ' ').trim())
  if ((url.username || url.password) && !headers.has('authorization')) {
    const pair = `${decodeUrlPart(url.username)}:${decodeUrlPart(url.password)}`
    headers.set('authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`)
  }
  return Object.fromEntries(headers)
}

function toReply(address: string, { status, headers }: Incoming, text: string, now: number): HttpReply {
  // The server's date corrects for a wrong clock on either side.
  const sentAt = parseHttpDate(headers.get('date') ?? '') ?? now
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), sentAt)
  return {
    status,
    headers,
    text,
    json: () => parseJson(text),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    host: new URL(address).host,
    // Only what failed is reported with it.
    get excerpt() {
      return toExcerpt(address, text)
    },
  }
}

function toExcerpt(address: string, text: string): string {
  const plain = text.replace(/<(?:style|script)[^>]{0,200}>[^<]{0,4000}|<[^<>]{0,400}>/gi, ' ')
  const line = cleanLine(plain).replace(/\s+/g, ' ').trim()
  return cutChars(redactText(createMask([address])(line)), 200)
}

/**
 * `whole` is false if the reply was cut off by the server or by `aborted`, and true if it was cut at the
 * limit.
 */
export interface Body {
  readonly text: string
  readonly whole: boolean
}

/** Reads at most `maxBytes`, until the end or until `aborted` resolves, then releases the connection. */
async function readBounded(
  body: Response['body'],
  maxBytes: number,
  aborted: Promise<undefined>,
): Promise<Body> {
  if (!body) return { text: '', whole: true }
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  try {
    while (left > 0) {
      const chunk = await Promise.race([reader.read(), aborted])
      if (!chunk) return { text, whole: false }
      if (chunk.done) return { text: text + decoder.decode(), whole: true }
      const bytes: Uint8Array = chunk.value.subarray(0, left)
      text += decoder.decode(bytes, { stream: true })
      left -= bytes.length
    }
    return { text, whole: true }
  } catch {
    return { text, whole: false }
  } finally {
    reader.cancel().catch(() => {})
  }
}

const longestMs = 3_600_000
const seconds = /^\d{1,15}(?:\.\d{0,9})?$/
/**
 * The three date formats of https://www.rfc-editor.org/rfc/rfc9110#http.date; the last has no zone and means
 * UTC.
 */
const zoned =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, ?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d (?:GMT|UTC)$/
const asctime = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/

/**
 * Milliseconds to wait from `now` (epoch ms) by a header in seconds or as an HTTP date, at most one hour;
 * `undefined` if it is absent or neither of the two.
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim()
  if (!text) return undefined
  if (seconds.test(text)) return Math.min(Math.ceil(Number(text) * 1000), longestMs)
  const at = parseHttpDate(text)
  return at === undefined ? undefined : Math.min(Math.max(at - now, 0), longestMs)
}

/** Epoch ms of an HTTP date, `undefined` for anything else. */
export function parseHttpDate(text: string): number | undefined {
  const date = zoned.test(text) ? text : asctime.test(text) ? `${text} GMT` : undefined
  const at = date === undefined ? Number.NaN : Date.parse(date.replaceAll('-', ' '))
  return Number.isNaN(at) ? undefined : at
}
