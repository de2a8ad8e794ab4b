/**
 * Keeps configured secrets out of errors, events and logs: every known secret becomes '***', also parts of it
 * (the path of a webhook URL in an error page) and the encodings that requests use.
 */
import { escapeRegex } from '../text/escape.ts'
import { isSensitiveParameter } from './sensitive-names.ts'

const leastLength = 4
const mask = '***'

/**
 * Makes a function that replaces each secret, its URI-encoded and JSON-escaped forms, and for a secret url
 * its credentials, path, query and long parts, with '***'. Secrets shorter than 4 characters are ignored.
 */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const forms = new Set<string>()
  for (const secret of secrets) {
    if (typeof secret !== 'string' || secret.length < leastLength) continue
    for (const part of [secret, ...urlParts(secret), ...longLines(secret)]) {
      for (const form of encodings(part)) if (form.length >= leastLength) forms.add(form)
    }
  }
  if (forms.size === 0) return (text) => text
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  const any = new RegExp(longestFirst.map(escapeRegex).join('|'), 'g')
  return (text) => text.replace(any, mask)
}

/** The URL with only its scheme and host: 'https://host/***'; '***' if it is not a URL. */
export function hideUrlPath(url: string | URL): string {
  const parsed = parseUrl(String(url))
  return parsed?.host ? `${parsed.protocol}//${parsed.host}/${mask}` : mask
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function urlParts(secret: string): string[] {
  const url = parseUrl(secret)
  if (!url?.host) return []
  const [user, pass] = [decode(url.username), decode(url.password)]
  const parts = [url.username, url.password, user, pass]
  if (pass) parts.push(Buffer.from(`${user}:${pass}`, 'utf8').toString('base64'))
  if (url.search.length > 1) parts.push(url.pathname + url.search, url.search.slice(1))
  // Short paths and values ('/api', 'markdown') are ordinary words; masking them would make messages hard to
  // read.
  if (url.pathname.length >= 8) parts.push(url.pathname)
  parts.push(...url.pathname.split('/').filter(isLong))
  for (const [name, value] of url.searchParams)
    if (isLong(value) || isSensitiveParameter(name)) parts.push(value)
  return parts
}

function isLong(part: string): boolean {
  return part.length >= 12
}

/** A key of several lines often appears without its line breaks. */
function longLines(secret: string): string[] {
  return secret.includes('\n') ? secret.split(/\r?\n/).filter((line) => /^[^-].{15}/.test(line)) : []
}

function encodings(text: string): string[] {
  const component = encode(text, encodeURIComponent)
  const inJson = JSON.stringify(text).slice(1, -1)
  const lowerHex = component.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase())
  return [text, component, lowerHex, component.replaceAll('%20', '+'), encode(text, encodeURI), inJson]
}

function encode(text: string, encoder: (text: string) => string): string {
  try {
    return encoder(text)
  } catch {
    return text
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
