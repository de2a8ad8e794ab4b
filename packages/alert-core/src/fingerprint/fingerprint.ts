/**
 * What makes two records the same problem: labels, rule, and then the record's own key, the group's values,
 * or code, first own stack frame and the message without what varies in it. Stateless, so that replicas agree
 * whatever order they see records in.
 */

import { createMemo } from '../cache/memo.ts'
import type { LogRecord } from '../model.ts'
import { hash64 } from '../text/hash.ts'
import { type Frame, findOwnFrame, frameKey } from './own-frame.ts'
import { parameterize } from './parameterize.ts'

/** The fingerprint, and the part of it that a person can read. */
export interface Fingerprint {
  /** 16 hex digits. */
  readonly id: string
  readonly key: string
}

export interface FingerprintParts {
  readonly labels: Readonly<Record<string, string>>
  readonly rule: string
  readonly key: string
}

const maxKey = 500
const mostKnown = 500
const nothing: Fingerprint = { id: '', key: '' }

/** The fingerprint of a key under its rule and labels; the order of the labels does not matter. */
export function fingerprint({ labels, rule, key }: FingerprintParts): Fingerprint {
  const scope = scopeOf(labels, rule)
  if (key === scope.latestKey) return scope.latest
  const known = scope.known.get(key)
  const found = known ?? {
    id: hash64(`${scope.id}${key}`),
    key: key.length > maxKey ? key.slice(0, maxKey) : key,
  }
  if (scope.known.size >= mostKnown) scope.known.clear()
  if (known === undefined) scope.known.set(key, found)
  scope.latestKey = key
  scope.latest = found
  return found
}

/**
 * The key of a record by itself: code or error type, first own frame, parameterised message, and the error's
 * own message where code or frame is missing. `code` is the alert's code where it has one.
 */
export function recordKey(record: LogRecord, code: string | undefined): string {
  const { err, msg } = record
  if (err === undefined) return join(code ?? '', '', stable(msg), '')
  const own = err.stack === undefined ? undefined : findOwnFrame(err.stack, err.message)
  const frame = own === undefined ? '' : keyOfFrame(own)
  const known = code ?? err.code
  // A code and a place say which problem it is; without either only the error's own words do.
  const says = (known === undefined || frame === '') && msg !== '' && !msg.includes(err.message)
  const message = stable(msg === '' ? err.message : msg)
  return join(known ?? err.type ?? '', frame, message, says ? stable(err.message) : '')
}

// A problem that repeats has the very same frame again.
let latestFrame: { frame: Frame | undefined; key: string } = { frame: undefined, key: '' }

function keyOfFrame(frame: Frame): string {
  if (frame !== latestFrame.frame) latestFrame = { frame, key: frameKey(frame) }
  return latestFrame.key
}

// A problem that repeats has the very same parts again.
let latest = { kind: '', frame: '', message: '', cause: '', key: '' }

function join(kind: string, frame: string, message: string, cause: string): string {
  const isSame =
    kind === latest.kind && frame === latest.frame && message === latest.message && cause === latest.cause
  if (!isSame) latest = { kind, frame, message, cause, key: joined(kind, frame, message, cause) }
  return latest.key
}

function joined(kind: string, frame: string, message: string, cause: string): string {
  let key = kind
  if (frame !== '') key += key === '' ? frame : ` · ${frame}`
  if (message !== '') key += key === '' ? message : ` · ${message}`
  if (cause !== '') key += key === '' ? cause : ` · ${cause}`
  return key
}

const stableTexts = createMemo<string>(256)

function stable(message: string): string {
  const known = stableTexts.get(message)
  if (known !== undefined) return known.value
  const text = parameterize(message)
  stableTexts.set(message, text)
  return text
}

/** Labels and rule in 16 digits, and what was last made of keys under them. */
interface Scope {
  readonly id: string
  readonly known: Map<string, Fingerprint>
  latestKey: string | undefined
  latest: Fingerprint
}

// Labels come from the options or a rule: few objects, asked for again and again.
const scopes = new WeakMap<object, Map<string, Scope>>()

function scopeOf(labels: Readonly<Record<string, string>>, rule: string): Scope {
  let byRule = scopes.get(labels)
  if (byRule === undefined) {
    byRule = new Map()
    scopes.set(labels, byRule)
  }
  let scope = byRule.get(rule)
  if (scope === undefined) {
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    scope = {
      id: hash64(JSON.stringify([sorted, rule])),
      known: new Map(),
      latestKey: undefined,
      latest: nothing,
    }
    byRule.set(rule, scope)
  }
  return scope
}
