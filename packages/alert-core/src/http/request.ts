/**
 * One HTTP request. It never throws and never follows a redirect, reads a bounded part of the reply, obeys
 * its signal, and names only the host of the address. classify.ts says what a reply means.
 */
import { createMask } from '../redact/redact.ts'
import { redactText } from '../redact/redact-text.ts'
import { parseJson } from '../text/parse-json.ts'
import { cleanLine, cutChars, decodeUrlPart } from '../text/text.ts'
import { describeFailure, type HttpFailure } from './http-failure.ts'

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
  readonly headers: Headers
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

interface Prepared {
  readonly url: URL
  readonly init: RequestInit
}

const defaultMaxBytes = 64 * 1024

/** Node's own `fetch`, looked up at each request: others may watch it. */
export const fetchByNode: typeof fetch = (input, init) => globalThis.fetch(input, init)

/** Sends one request with the given `fetch`. Resolves with the reply or the failure, and never rejects. */
export async function request(fetcher: typeof fetch, options: HttpRequest): Promise<HttpReply | HttpFailure> {
  const { signal, maxResponseBytes = defaultMaxBytes, now = Date.now } = options
  const prepared = prepare(options)
  if ('failed' in prepared) return prepared
  const { url, init } = prepared
  if (signal.aborted) return { failed: describeFailure(url.host, signal.reason, signal).failed }

  const abort = watchSignal(signal)
  try {
    const fetched = fetcher(url.href, init)
    const response = await Promise.race([fetched, abort.happened])
    if (!response) {
      fetched.then((late) => late.body?.cancel()).catch(() => {})
      return describeFailure(url.host, signal.reason, signal)
    }
    const { text, whole } = await readBounded(response.body, maxResponseBytes, abort.happened)
    if (!whole && response.ok) return { failed: `${url.host}: the reply was cut off`, uncertain: true }
    return toReply(String(options.url), response, text, now())
  } catch (error) {
    return describeFailure(url.host, error, signal)
  } finally {
    abort.forget()
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

function prepare(options: HttpRequest): Prepared | HttpFailure {
  const text = String(options.url)
  if (!URL.canParse(text)) return { failed: 'the url is not valid', impossible: true }
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { failed: 'the url is neither https nor http', impossible: true }
  }
  const { method = 'POST', body, signal } = options
  try {
    const headers = toHeaders(options.headers ?? {}, url)
    url.username = ''
    url.password = ''
    url.hash = ''
    const init: RequestInit = { method, headers, redirect: 'manual', ...(body !== undefined && { body }) }
    // Throws if the request is not valid; its message is not used, as it would contain the url or the header.
    new Request(url, init)
    return { url, init: { ...init, signal } }
  } catch {
    return {
      failed: `${url.host}: the method, a header or the body cannot be sent by HTTP`,
      impossible: true,
    }
  }
}

/** Without a version: gateways filter by the name, and reveal it to the provider. */
const userAgent = 'alert-core (+https://www.npmjs.com/package/alert-core)'

function toHeaders(given: Readonly<Record<string, string>>, url: URL): Headers {
  const headers = new Headers({ 'user-agent': userAgent })
  for (const [name, value] of Object.entries(given)) headers.set(name, value.replace(/\p{Cc}+/gu, ' '))
  if ((url.username || url.password) && !headers.has('authorization')) {
    const pair = `${decodeUrlPart(url.username)}:${decodeUrlPart(url.password)}`
    headers.set('authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`)
  }
  return headers
}

function toReply(address: string, response: Response, text: string, now: number): HttpReply {
  const { status, headers } = response
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
