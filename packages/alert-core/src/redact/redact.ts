/**
 * Hides secrets: configured ones in errors, events and logs, wherever they are; others in messages, by field
 * name, by path, by pattern and by shape. The built-in list always applies; options only add to it.
 */

import { isObjectOrList } from '../text/get-path.ts'
import { compilePattern, type Pattern } from '../text/pattern.ts'
import { anyOf, cutChars, decodeUrlPart, escapeRegex } from '../text/text.ts'
import { hidden, redactText } from './redact-text.ts'
import { isSensitiveName, isSensitiveParameter } from './secret-names.ts'
import { isHiddenField } from './values.ts'

/** Hides secrets in texts and in values of any shape. */
export interface Redactor {
  /** The text with each secret replaced by '***'. */
  text(text: string): string
  /** The readable key of an alert without secrets, and without the values of hidden fields. */
  key(key: string): string
  /**
   * A plain copy without secrets, safe to stringify: 5 levels deep, 100 keys or items each, 2 000 values in
   * all, 10 000 characters a text; what is omitted is shown as '…'. `path` is the path of the value itself.
   */
  value(value: unknown, path?: string): unknown
}

const mostLevels = 5
const mostKeys = 100
const mostValues = 2000
const mostChars = 10_000
const mostKeyChars = 200
const cut = '…'

interface Walk {
  readonly above: Set<object>
  left: number
}

/**
 * Makes a redactor. `paths` name fields ('user.ssn', 'items.*.iban'; found at any depth, in any case);
 * `patterns` are regular expressions, whose matches are hidden; one that cannot be used is ignored, as the
 * options' check reports it.
 */
export function createRedactor(added: {
  readonly paths?: readonly string[]
  readonly patterns?: readonly string[]
}): Redactor {
  const isNamed = compilePaths(added.paths ?? [])
  const patterns = (added.patterns ?? []).flatMap(compile)

  const text = patterns.length === 0 ? redactText : withPatterns

  function withPatterns(raw: string): string {
    let safe = redactText(raw)
    for (const pattern of patterns) safe = pattern.replace(safe, hidden)
    return safe
  }

  const isHidden = (value: unknown, path: string, name: string) =>
    isHiddenField(name, value) || (value !== undefined && isNamed(path))

  function visit(value: unknown, path: string, name: string, walk: Walk): unknown {
    if (walk.left-- <= 0) return cut
    if (name !== '' && isHidden(value, path, name)) return hidden
    if (typeof value === 'string') return cutChars(text(value), mostChars, cut)
    if (typeof value === 'number') return text(String(value)) === String(value) ? value : hidden
    if (typeof value === 'bigint') return text(String(value))
    if (typeof value === 'function' || typeof value === 'symbol') return undefined
    if (!isObjectOrList(value)) return value
    return enter(value, path, walk)
  }

  function enter(value: object, path: string, walk: Walk): unknown {
    if (walk.above.has(value)) return '[circular]'
    if (walk.above.size >= mostLevels) return cut
    walk.above.add(value)
    try {
      return copy(value, path, walk)
    } catch {
      return '[unreadable]'
    } finally {
      walk.above.delete(value)
    }
  }

  function copy(value: object, path: string, walk: Walk): unknown {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof URL) return text(value.href)
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
    if (Array.isArray(value)) return copyList(value, path, walk)
    if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`
    const copied: Record<string, unknown> = Object.create(null)
    if (value instanceof Error) {
      copied['type'] = text(String(value.name))
      copied['message'] = visit(value.message, join(path, 'message'), 'message', walk)
    }
    copyFields(value, path, walk, copied)
    return copied
  }

  function copyList(list: readonly unknown[], path: string, walk: Walk): unknown[] {
    const copied: unknown[] = []
    // Node's rawHeaders: names and values in turn.
    const isRaw = /(?:^|\.)rawheaders$/i.test(path)
    const isPair = list.length === 2 && typeof list[0] === 'string' && isSensitiveName(list[0])
    for (let index = 0; index < list.length && index < mostKeys; index++) {
      const name = (isRaw || isPair) && index % 2 === 1 ? String(list[index - 1]) : ''
      const at = join(path, String(index))
      copied.push(isNamed(at) ? hidden : visit(list[index], at, name, walk))
    }
    if (list.length > mostKeys) copied.push(cut)
    return copied
  }

  function copyFields(value: object, path: string, walk: Walk, copied: Record<string, unknown>): void {
    let left = mostKeys
    const nameOfSecret = secretMember(value)
    for (const key of Object.keys(value)) {
      if (left-- <= 0) {
        copied[cut] = cut
        return
      }
      const field = read(value, key)
      const name = nameOfSecret(key) ?? key
      const safe = visit(field, join(path, key), name, walk)
      if (safe !== undefined) copied[cutChars(text(key), mostKeyChars, cut)] = safe
    }
  }

  return {
    text,
    key(key) {
      const isField = (path: string, value: string) =>
        isHidden(value, path, path.slice(path.lastIndexOf('.') + 1))
      return text(hideInKey(key, isField, hidden))
    },
    value(value, path = '') {
      const name = path.slice(path.lastIndexOf('.') + 1)
      // An address is personal, not secret: it is shown if its field is asked for.
      return visit(value, path, /mail$/i.test(name) ? 'value' : name, { above: new Set(), left: mostValues })
    },
  }
}

const jwkSecrets = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'])

/**
 * Names members that are secrets by what stands beside them: '{ name: 'password', value: … }', the private
 * members of a JWK, the arguments of a redis AUTH.
 */
function secretMember(object: object): (key: string) => string | undefined {
  const name = ['name', 'key', 'header']
    .map((key) => read(object, key))
    .find((found) => typeof found === 'string')
  if (typeof name === 'string') {
    if ('args' in object && /^auth$/i.test(name)) return (key) => (key === 'args' ? 'auth' : undefined)
    if ('value' in object) return (key) => (key === 'value' ? name : undefined)
  }
  if ('kty' in object) return (key) => (jwkSecrets.has(key) ? 'privateKey' : undefined)
  return () => undefined
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function read(value: object, key: string): unknown {
  try {
    return value[key as keyof typeof value]
  } catch {
    return '[unreadable]'
  }
}

function compile(pattern: string): Pattern[] {
  try {
    return [compilePattern(pattern, ['u', ''])]
  } catch {
    return []
  }
}

/** A name, and its value: quoted, or up to the next name, the record's own key, or the end. */
const pair = /(^| )([^\s=]+)=("(?:[^"\\]|\\.)*(?:"…?[0-9a-f]*|\\?$)|(?:(?! [^\s=]+=| · ).)*)/gs

/**
 * The key with each value that `isHidden` names replaced by `hidden`; linear in the key, which is at most 500
 * characters.
 */
function hideInKey(key: string, isHidden: (name: string, value: string) => boolean, hidden: string): string {
  return key.replace(pair, (whole: string, before: string, name: string, value: string) =>
    isHidden(name, value) ? `${before}${name}=${hidden}` : whole,
  )
}

// ── configured secrets

const leastLength = 4

/**
 * Makes a function that replaces each known secret, also parts of it (the path of a webhook url in an error
 * page) and the encodings that requests use: its URI-encoded and JSON-escaped forms, and for a secret url
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
  const any = new RegExp(anyOf(longestFirst), 'g')
  return (text) => text.replace(any, hidden)
}

/** The URL with only its scheme and host: 'https://host/***'; '***' if it is not a URL. */
export function hideUrlPath(url: string | URL): string {
  const parsed = parseUrl(String(url))
  return parsed?.host ? `${parsed.protocol}//${parsed.host}/${hidden}` : hidden
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function urlParts(secret: string): string[] {
  const url = parseUrl(secret)
  if (!url?.host) return []
  const [user, pass] = [decodeUrlPart(url.username), decodeUrlPart(url.password)]
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

// ── paths that name many fields: 'user.ssn', 'items.*.iban', 'items[*].iban'

/**
 * Makes a test for field paths ('a.b.0.c') out of patterns in which '*' is any one key. A pattern holds from
 * any level down, so 'ssn' also names 'user.ssn'; capitals do not matter.
 */
export function compilePaths(patterns: readonly string[]): (path: string) => boolean {
  const sources = patterns.map(toSource).filter((source) => source !== '')
  if (sources.length === 0) return () => false
  const any = new RegExp(`(?:^|\\.)(?:${sources.join('|')})$`, 'iu')
  return (path) => any.test(path)
}

function toSource(pattern: string): string {
  const dotted = pattern.replace(/\[["']?([^\][]*?)["']?\]/g, (_match, key: string) => `.${key || '*'}`)
  const keys = dotted.split('.').filter((key) => key !== '')
  return keys.map((key) => (key === '*' ? '[^.]+' : escapeRegex(key))).join('\\.')
}
