/**
 * How the hub reaches the network. In a thread of its own it does so over node:http, in that of an
 * application by the application's `fetch`, which tests replace and tracing watches; through a proxy where
 * one applies.
 */
import { createNodeFetch } from '../http/node-fetch.ts'
import { createProxyOf, type ProxyOf } from '../http/proxy.ts'
import { type ExchangingFetch, fetchByNode } from '../http/request.ts'
import type { Plan } from '../options.ts'
import type { HubPorts } from './hub-types.ts'

/** What requests use. */
export interface Network {
  readonly fetch: ExchangingFetch
  readonly proxyOf?: ProxyOf | undefined
}

/** A `fetch` among the ports stands for the whole network. */
export function createNetwork({ proxy }: Plan, ports: HubPorts): Network {
  const { env = process.env, watchFetch, hasOwnThread = false } = ports
  if (ports.fetch !== undefined) return { fetch: ports.fetch }
  const proxyOf = createProxyOf(proxy, env)
  const usesNode = hasOwnThread && isNode()
  if (!usesNode && proxyOf === undefined) return { fetch: watchFetch?.(fetchByNode) ?? fetchByNode }
  const byNode = createNodeFetch({ proxyOf })
  const fetch: typeof globalThis.fetch = (input, init) => {
    const address = input instanceof Request ? input.url : input
    const isForNode = (usesNode && isPlain(init)) || proxyOf?.(address) !== undefined
    return isForNode ? byNode(input, init) : fetchByNode(input, init)
  }
  if (watchFetch !== undefined) return { fetch: watchFetch(fetch), proxyOf }
  return { fetch: usesNode ? Object.assign(fetch, { exchange: byNode.exchange }) : fetch, proxyOf }
}

/** The node:http of others is made of their `fetch`. */
function isNode(): boolean {
  return !('bun' in process.versions || 'deno' in process.versions)
}

/** As our own requests are: a channel of the user's own may ask for all that `fetch` can do. */
function isPlain({ redirect, body }: RequestInit = {}): boolean {
  return redirect === 'manual' && (!body || typeof body === 'string' || body instanceof Uint8Array)
}
