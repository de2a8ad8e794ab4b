/**
 * One HTTP request. It never throws and never follows a redirect, reads a bounded part of the reply, obeys
 * its signal, and names only the host of the address. classify.ts says what a reply means.
 */

import { createMask } from '../redact/mask.ts'
import { redactText } from '../redact/redact-text.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import { describeFailure, type HttpFailure } from './http-failure.ts'
import { readBounded } from './response-body.ts'
import { parseHttpDate, parseRetryAfter } from './retry-after.ts'

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

function toHeaders(given: Readonly<Record<string, string>>, url: URL): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(given)) headers.set(name, value.replace(/\p{Cc}+/gu, ' '))
  if ((url.username || url.password) && !headers.has('authorization')) {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
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
    excerpt: toExcerpt(address, text),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toExcerpt(address: string, text: string): string {
  const plain = text.replace(/<(?:style|script)[^>]{0,200}>[^<]{0,4000}|<[^<>]{0,400}>/gi, ' ')
  const line = cleanLine(plain).replace(/\s+/g, ' ').trim()
  return cutChars(redactText(createMask([address])(line)), 200)
}
