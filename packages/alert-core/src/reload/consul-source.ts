/**
 * A document in Consul's key-value store, by blocking queries: the request carries the index of the known
 * value, and Consul answers when the value changes.
 * https://developer.hashicorp.com/consul/api-docs/features/blocking
 */
import { request } from '../http/request.ts'
import { hideUrlPath } from '../redact/redact.ts'
import { maxDocumentBytes } from './document.ts'
import type { DocumentSource } from './source.ts'

/** How long a blocking query may take; Consul adds up to a sixteenth of it. */
const waitSeconds = 55
/** A key that changes all the time is still requested no more often than this. */
const minEveryMs = 1_000

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads a key, given as 'path/of/key' at CONSUL_HTTP_ADDR (default http://127.0.0.1:8500) or as a whole
 * address with `/v1/kv/`. The token is CONSUL_HTTP_TOKEN of the environment.
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
