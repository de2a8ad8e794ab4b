/**
 * Where the options of a channel send to, for messages about a channel that does not answer.
 */
import { isObject } from '../text/get-path.ts'

/** The hosts with their ports, in the order of the addresses; empty if the options name none. */
export function hostsOf(options: unknown): readonly string[] {
  if (!isObject(options)) return []
  const { url, endpoint, host, service } = options
  return [url ?? endpoint ?? host ?? service]
    .flat()
    .flatMap((place) => (typeof place === 'string' ? hostOf(place) : []))
}

function hostOf(place: string): string {
  return URL.canParse(place) && place.includes('://') ? new URL(place).host : place
}
