/**
 * Where the options of a channel send to, for messages about a channel that does not answer.
 */
import { isObject } from '../text/get-path.ts'
import type { SendContext } from './provider.ts'

/**
 * The hosts with their ports, in the order of the addresses, each with the proxy on the way to it; empty if
 * the options name none.
 */
export function hostsOf(options: unknown, proxyOf: SendContext['proxyOf']): readonly string[] {
  if (!isObject(options)) return []
  const { url, endpoint, host, service, proxy } = options
  const chosen = (address: string) => {
    if (proxy === false) return undefined
    return typeof proxy === 'string' ? proxy : proxyOf?.(address)
  }
  return [url ?? endpoint ?? host ?? service].flat().flatMap((place) => {
    if (typeof place !== 'string') return []
    const address = place.includes('://') ? place : `smtp://${place}`
    const through = chosen(address)
    const by =
      through !== undefined && URL.canParse(through) ? ` (through proxy ${new URL(through).host})` : ''
    // A text that is not an address may hold a secret.
    return URL.canParse(address) ? `${new URL(address).host}${by}` : []
  })
}
