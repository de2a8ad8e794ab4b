/**
 * One HTTP request: never throws, never follows a redirect, reads a bounded part of the reply, ends when its signal
 * says so, and says of the address nothing but the host. What a reply means is in verdict.ts.
 */

import { createMask } from '../redact/mask.ts'
import { redactText } from '../redact/redact-text.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import { describeFailure, type HttpFailure } from './http-failure.ts'
import { readBounded } from './response-body.ts'
import { parseHttpDate, parseRetryAfter } from './retry-after.ts'

/** What to ask. The url may carry credentials: they become a Basic `authorization` header unless one is given. */
export interface HttpRequest {
  readonly url: string | URL
  /** Default POST. */
  readonly method?: string
  /** Control characters in a value become spaces. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends the attempt, whatever the `fetch` does with it. */
  readonly signal: AbortSignal
  /** Bytes of the (decompressed) reply that are read; default 64 KiB. */
  readonly maxResponseBytes?: number
  /** Epoch ms, for a Retry-After date in a reply that has no Date header; default the machine's clock. */
  readonly now?: () => number
}

/** A reply, whatever its status. */
export interface HttpReply {
  readonly status: number
  readonly headers: Headers
  /** The body, cut at `maxResponseBytes`. */
  readonly text: string
  /** The body as JSON; `undefined` when it is none. */
  json(): unknown
  /** From Retry-After, at most one hour. */
  readonly retryAfterMs?: number
  /** Host of the address asked. */
  readonly host?: string
  /** The body as at most 200 characters of one line, without tags, secrets and any part of the address asked. */
  readonly brief?: string
}

interface Prepared {
  readonly url: URL
  readonly init: RequestInit
}

const defaultMaxBytes = 64 * 1024

/** Sends one request by the given `fetch`; resolves with the reply or the failure, and never rejects. */
export async function request(fetcher: typeof fetch, asked: HttpRequest): Promise<HttpReply | HttpFailure> {
  const { signal, maxResponseBytes = defaultMaxBytes, now = Date.now } = asked
  const prepared = prepare(asked)
  if ('failed' in prepared) return prepared
  const { url, init } = prepared
  if (signal.aborted) return { failed: describeFailure(url.host, signal.reason, signal).failed }

  const abort = watch(signal)
  try {
    const fetched = fetcher(url.href, init)
    const response = await Promise.race([fetched, abort.happened])
    if (!response) {
      fetched.then((late) => late.body?.cancel()).catch(() => {})
      return describeFailure(url.host, signal.reason, signal)
    }
    const { text, whole } = await readBounded(response.body, maxResponseBytes, abort.happened)
    if (!whole && response.ok) return { failed: `${url.host}: the reply broke off`, uncertain: true }
    return toReply(String(asked.url), response, text, now())
  } catch (error) {
    return describeFailure(url.host, error, signal)
  } finally {
    abort.forget()
  }
}

/** Some implementations of fetch do not mind their signal; we do. */
function watch(signal: AbortSignal): { happened: Promise<undefined>; forget(): void } {
  let listener = () => {}
  const happened = new Promise<undefined>((resolve) => {
    listener = () => resolve(undefined)
  })
  signal.addEventListener('abort', listener, { once: true })
  return { happened, forget: () => signal.removeEventListener('abort', listener) }
}

function prepare(asked: HttpRequest): Prepared | HttpFailure {
  const text = String(asked.url)
  if (!URL.canParse(text)) return { failed: 'the url is no url', impossible: true }
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { failed: 'the url is neither https nor http', impossible: true }
  }
  const { method = 'POST', body, signal } = asked
  try {
    const headers = toHeaders(asked.headers ?? {}, url)
    url.username = ''
    url.password = ''
    url.hash = ''
    const init: RequestInit = { method, headers, redirect: 'manual', ...(body !== undefined && { body }) }
    // Here, where it says whether the request is at fault; its message would quote the url or the header.
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

function toReply(asked: string, response: Response, text: string, now: number): HttpReply {
  const { status, headers } = response
  // Their own date tells how far off their clock is.
  const sentAt = parseHttpDate(headers.get('date') ?? '') ?? now
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), sentAt)
  return {
    status,
    headers,
    text,
    json: () => parseJson(text),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    host: new URL(asked).host,
    brief: toBrief(asked, text),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toBrief(asked: string, text: string): string {
  const words = text.replace(/<(?:style|script)[^>]{0,200}>[^<]{0,4000}|<[^<>]{0,400}>/gi, ' ')
  const line = cleanLine(words).replace(/\s+/g, ' ').trim()
  return cutChars(redactText(createMask([asked])(line)), 200)
}
