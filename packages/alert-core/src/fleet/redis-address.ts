/** The address of a Redis, `redis://user:password@host:6379/0`: what is wrong with it, and its database. */
import { decodeUrlPart } from '../text/text.ts'

/** Continues a sentence that names the address, which may hold a password; undefined: it can be used. */
export function redisAddressProblem(address: string): string | undefined {
  if (/^rediss?:/i.test(address) && hasUnencoded(address))
    return 'must be like redis://user:password@host:6379: percent-encode / ? # and % in the user and the password, as %2F %3F %23 %25'
  if (!/^rediss?:\/\/[^/]/i.test(address) || !URL.canParse(address))
    return 'must be like redis://host:6379, or rediss:// for TLS'
  if (!/^\d*$/.test(databaseText(address)))
    return 'may hold after the host only the number of the database, 0 or more, as in redis://host:6379/1'
  return undefined
}

/** Of an address that can be used. */
export function redisDatabase(address: string): number {
  return Number(databaseText(address)) || 0
}

/** Such a sign ends the host too early: what follows up to the @ is read as something else. */
function hasUnencoded(address: string): boolean {
  if (/:\/\/[^/?#]*[/?#].*@/s.test(address)) return true
  if (!URL.canParse(address)) return false
  const { username, password } = new URL(address)
  return [username, password].some((part) => part.includes('%') && decodeUrlPart(part) === part)
}

function databaseText(address: string): string {
  const { pathname, searchParams } = new URL(address)
  return pathname.slice(1) || (searchParams.get('db') ?? '')
}
