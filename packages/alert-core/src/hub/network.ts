/**
 * How the hub reaches the network: Node's own fetch, and a proxy where one applies.
 */
import { createNodeFetch } from '../http/node-fetch.ts'
import { createProxyOf, type ProxyOf } from '../http/proxy.ts'
import { fetchByNode } from '../http/request.ts'
import type { Plan } from '../options.ts'
import type { HubPorts } from './hub-types.ts'

/** What requests use. */
export interface Network {
  readonly fetch: typeof fetch
  readonly proxyOf?: ProxyOf | undefined
}

/** A `fetch` among the ports stands for the whole network. */
export function createNetwork({ proxy }: Plan, ports: HubPorts): Network {
  const { env = process.env, watchFetch = (fetch) => fetch } = ports
  if (ports.fetch !== undefined) return { fetch: ports.fetch }
  const proxyOf = createProxyOf(proxy, env)
  if (proxyOf === undefined) return { fetch: watchFetch(fetchByNode) }
  const throughProxy = createNodeFetch({ proxyOf })
  const fetch: typeof globalThis.fetch = (input, init) => {
    const address = input instanceof Request ? input.url : input
    return proxyOf(address) === undefined ? fetchByNode(input, init) : throughProxy(input, init)
  }
  return { fetch: watchFetch(fetch), proxyOf }
}
