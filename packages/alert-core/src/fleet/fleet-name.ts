/** The name of a fleet that has none in the options. */
import { cutChars, hash64 } from '../text/text.ts'

export interface FleetIdentity {
  readonly service?: string | undefined
  readonly env?: string | undefined
  readonly dryRun?: boolean
}

const longestName = 60

/** By service and environment; what has no name shares with what runs in a folder of the same path. */
export function fleetName({ service, env, dryRun = false }: FleetIdentity): string {
  const whole = [
    service ?? hash64(process.cwd()),
    ...(env === undefined ? [] : [env]),
    ...(dryRun ? ['dry'] : []),
  ]
  const plain = whole.map((part) => part.replaceAll(/[^\w.-]/g, '_')).join('-')
  const isExact = plain === whole.join('-') && plain.length <= longestName
  return isExact ? plain : `${cutChars(plain, longestName)}-${hash64(JSON.stringify(whole))}`
}
