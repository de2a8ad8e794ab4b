/**
 * Mail addresses as validated objects. They are never passed as text: the mailer parses a string as address
 * syntax, in which commas, groups and line breaks add recipients.
 */

/** One mailbox; both parts are safe to put into a header. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domain =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u

/** Reads `a@b.example` or `Name <a@b.example>`; `undefined` for anything else, lists and groups included. */
export function parseMailbox(text: string): Mailbox | undefined {
  const trimmed = text.trim()
  const named = /^([^<>]{0,200})<([^<>]{1,320})>$/.exec(trimmed)
  const address = (named?.[2] ?? trimmed).trim()
  const name = (named?.[1] ?? '').trim().replace(/^"(.*)"$/, '$1')
  if (address.length > 254 || /[\p{Cc}"\\]/u.test(name)) return undefined
  const at = address.lastIndexOf('@')
  if (at < 1 || at > 64) return undefined
  if (!localPart.test(address.slice(0, at)) || !domain.test(address.slice(at + 1))) return undefined
  return { name, address }
}

/** What follows the '@', for Message-IDs. */
export function domainOf({ address }: Mailbox): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
