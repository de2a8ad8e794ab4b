/**
 * Signed links: HMAC-SHA256 over what the link is for and when it expires. The link lets its owner
 * answer for that alert, and nothing else.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a link opens: one alert by its whole id, the list of what fires, or the command line's requests. */
export type LinkScope = `alert ${string}` | 'status' | 'requests'

/** Links in messages hold for a week. */
export const linkMs = 7 * 24 * 3_600_000

/** The token of a link that expires at `expiresAt`, epoch ms: '<seconds in base 36>.<signature>'. */
export function signLink(secret: string, scope: LinkScope, expiresAt: number): string {
  const expires = Math.ceil(expiresAt / 1000).toString(36)
  return `${expires}.${signatureOf(secret, scope, expires)}`
}

/** Whether the token is ours, for this scope, and has not expired by `now`, epoch ms. */
export function isLinkValid(secret: string, scope: LinkScope, token: string, now: number): boolean {
  const [, expires, signature] = /^([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})$/.exec(token) ?? []
  if (expires === undefined || signature === undefined) return false
  const wanted = Buffer.from(signatureOf(secret, scope, expires))
  return timingSafeEqual(wanted, Buffer.from(signature)) && Number.parseInt(expires, 36) * 1000 > now
}

function signatureOf(secret: string, scope: LinkScope, expires: string): string {
  return createHmac('sha256', secret).update(`alert-transport v1\n${scope}\n${expires}`).digest('base64url')
}
