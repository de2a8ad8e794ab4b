/**
 * Where a document comes from: a file, an http address or Consul, each polled.
 */
import type { Stats } from 'node:fs'
import * as fs from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from '../errors/code-of.ts'
import { request } from '../http/request.ts'
import { hideUrlPath } from '../redact/redact.ts'
import { readNow } from '../text/regular-file.ts'
import { maxDocumentBytes } from './document.ts'

/** The result of one poll: a new text, nothing new, or why it failed. */
export type PollResult =
  | { readonly text: string }
  | { readonly unchanged: true }
  /** `delayMs`: the pause until the next poll, if not the usual one. */
  | { readonly failed: string; readonly delayMs?: number }

/** One source. A poll may take long (a blocking query); the signal ends it. Never rejects. */
export interface DocumentSource {
  /** For warnings; contains no secret. */
  readonly name: string
  /** Between two polls, ms. */
  readonly everyMs: number
  poll(signal: AbortSignal): Promise<PollResult>
}

/**
 * Reads `file`. Polling its stat sees every way in which files change: written in place, replaced by a
 * rename, or reached through a swapped symbolic link, as Kubernetes does with a ConfigMap. A change is taken
 * when two polls in a row see the same stat, so that no half-written file is. A network drive that is gone
 * answers nothing, not even an error: after `answerMs` a poll has failed, and the next ones wait for the same
 * answer, as each would hold one of the few threads that read files.
 */
export function createFileSource(
  file: string,
  everyMs: number,
  { answerMs = 5_000, stat = fs.stat as Stat, readFile = fs.readFile as Read } = {},
): DocumentSource {
  let asked: Promise<PollResult> | undefined
  let taken: string | undefined
  let seen: string | undefined
  let lastText: string | undefined

  async function poll(): Promise<PollResult> {
    const state = stateOf(await stat(file))
    if (state === taken) return { unchanged: true }
    if (taken !== undefined && state !== seen) {
      seen = state
      return { unchanged: true }
    }
    const text = await readFile(file, { encoding: 'utf8', flag: readNow })
    if (stateOf(await stat(file)) !== state) return { unchanged: true }
    taken = state
    if (text === lastText) return { unchanged: true }
    lastText = text
    return { text }
  }

  async function tryPoll(): Promise<PollResult> {
    try {
      return await poll()
    } catch (error) {
      // During a rename the file may be missing. A poll costs nothing, so the pauses need not grow.
      return {
        failed: `cannot be read: ${codeOf(error) ?? (error as Error).message}`,
        delayMs: everyMs,
      }
    } finally {
      asked = undefined
    }
  }

  return {
    name: file,
    everyMs,
    async poll() {
      asked ??= tryPoll()
      const late = new AbortController()
      const timeout = sleep(answerMs, unanswered, { signal: late.signal, ref: false }).catch(() => unanswered)
      const result = await Promise.race([asked, timeout])
      late.abort()
      return result
    },
  }
}

type Stat = (file: string) => Promise<Stats>
type Read = (file: string, options: { readonly encoding: 'utf8'; readonly flag: number }) => Promise<string>

const unanswered: PollResult = { failed: 'cannot be read: the file system does not answer' }

function stateOf(found: Stats): string {
  const { dev, ino, size, mtimeMs } = found
  if (!found.isFile()) throw new Error('not a regular file')
  if (size > maxDocumentBytes) throw new Error('larger than 4 MiB')
  return `${dev}:${ino}:${size}:${mtimeMs}`
}

/** Reads `url`, requested with the ETag of the known document; credentials in it become a Basic header. */
export function createUrlSource(url: string, everyMs: number, fetcher: typeof fetch): DocumentSource {
  let etag: string | undefined
  let lastText: string | undefined
  return {
    name: hideUrlPath(url),
    everyMs,
    async poll(signal) {
      const headers = {
        accept: 'application/json, application/yaml, text/yaml',
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      }
      const reply = await request(fetcher, {
        url,
        method: 'GET',
        headers,
        signal,
        maxResponseBytes: maxDocumentBytes,
      })
      if ('failed' in reply) return { failed: reply.failed }
      if (reply.status === 304) return { unchanged: true }
      if (reply.status !== 200)
        return {
          failed: `answered ${reply.status}`,
          ...(reply.retryAfterMs === undefined ? {} : { delayMs: reply.retryAfterMs }),
        }
      etag = reply.headers.get('etag') ?? undefined
      if (reply.text === lastText) return { unchanged: true }
      lastText = reply.text
      return { text: reply.text }
    },
  }
}

/** How long a blocking query may take; Consul adds up to a sixteenth of it. */
const waitSeconds = 55
/** A key that changes all the time is still requested no more often than this. */
const minEveryMs = 1_000

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads a key, given as 'path/of/key' at CONSUL_HTTP_ADDR (default http://127.0.0.1:8500) or as a whole
 * address with `/v1/kv/`. The token is CONSUL_HTTP_TOKEN of the environment. By blocking queries: the request
 * carries the index of the known value, and Consul answers when the value changes.
 * https://developer.hashicorp.com/consul/api-docs/features/blocking
 */
export function createConsulSource(key: string, fetcher: typeof fetch, env: Env): DocumentSource {
  const address = addressOf(key, env)
  const token = env['CONSUL_HTTP_TOKEN']
  let index = 0
  let lastText: string | undefined

  return {
    name: `${hideUrlPath(address.href)} (${address.pathname.split('/v1/kv/').at(-1)})`,
    everyMs: minEveryMs,
    async poll(signal) {
      const url = new URL(address)
      url.searchParams.set('raw', '')
      if (index > 0) {
        url.searchParams.set('index', String(index))
        url.searchParams.set('wait', `${waitSeconds}s`)
      }
      const reply = await request(fetcher, {
        url,
        method: 'GET',
        signal,
        maxResponseBytes: maxDocumentBytes,
        ...(token === undefined ? {} : { headers: { 'x-consul-token': token } }),
      })
      if ('failed' in reply) return { failed: reply.failed }
      // An index that went back, as after a restored snapshot, cannot be compared: start from 0.
      const next = Number(reply.headers.get('x-consul-index') ?? 0)
      index = Number.isInteger(next) && next > 0 && next >= index ? next : 0
      if (reply.status === 404) return { failed: 'the key does not exist' }
      if (reply.status !== 200) return { failed: `answered ${reply.status}` }
      if (reply.text === lastText) return { unchanged: true }
      lastText = reply.text
      return { text: reply.text }
    },
  }
}

function addressOf(key: string, env: Env): URL {
  if (/^https?:\/\//.test(key)) return new URL(key)
  const base = env['CONSUL_HTTP_ADDR'] ?? 'http://127.0.0.1:8500'
  const scheme = env['CONSUL_HTTP_SSL'] === 'true' ? 'https' : 'http'
  const path = key.split('/').map(encodeURIComponent).join('/')
  return new URL(`/v1/kv/${path}`, /^https?:\/\//.test(base) ? base : `${scheme}://${base}`)
}
