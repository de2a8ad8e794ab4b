/** The name of a fleet in Redis. */
import { cutChars, hash64 } from '../text/text.ts'

export interface FleetIdentity {
  /** `state.redis.fleet`. */
  readonly fleet?: string | undefined
  readonly service?: string | undefined
  readonly env?: string | undefined
  readonly dryRun?: boolean
}

const longestName = 60

/** What only shows its messages does not notify for what sends them. */
export function fleetName({ fleet, service, env, dryRun = false }: FleetIdentity): string {
  return `${fleet ?? serviceName(service, env)}${dryRun ? ':dry' : ''}`
}

/** By service and environment; what has no name shares with what runs in a folder of the same path. */
function serviceName(service: string | undefined, env: string | undefined): string {
  const whole = [service ?? hash64(process.cwd()), ...(env === undefined ? [] : [env])]
  // No part holds the sign between them: 'a-b' and 'c' are not 'a' and 'b-c'.
  const plain = whole.map((part) => part.replaceAll(/[^\w.-]/g, '_')).join('/')
  const isExact = plain === whole.join('/') && plain.length <= longestName
  return isExact ? plain : `${cutChars(plain, longestName)}-${hash64(JSON.stringify(whole))}`
}
