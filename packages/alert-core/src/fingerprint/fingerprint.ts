/**
 * What makes two records the same problem: service, env, rule, and then the record's own key, the group's
 * values, or code, first own stack frame and the message without what varies in it. Stateless, so that
 * replicas agree whatever order they see records in.
 */

import { createMemo } from '../cache/lru.ts'
import type { ErrorInfo, LogRecord } from '../model.ts'
import { hash64 } from '../text/text.ts'
import { accessKey, isGenericMessage } from './message.ts'
import { ownFrameKey } from './own-frame.ts'
import { parameterize } from './parameterize.ts'

/** The fingerprint, and the part of it that a person can read. */
export interface Fingerprint {
  /** 16 hex digits. */
  readonly id: string
  readonly key: string
}

export interface FingerprintParts {
  /** Of these only `service` and `env` count: a version or a pod in a label must not make a problem new. */
  readonly labels: Readonly<Record<string, string>>
  readonly rule: string
  readonly key: string
}

const maxKey = 500
const mostKnown = 500
/** What pino-http makes up if no error was given. */
const madeUp = /^failed with status code \d{3}$/
const nothing: Fingerprint = { id: '', key: '' }

/** The fingerprint of a key under its rule, service and env. */
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
 * The key of a record by itself: code or error type, first own frame, parameterised message, the error's own
 * message if code or frame is missing, and the root cause; of a record that only says how a request ended,
 * its method, route and status. `code` is the alert's code if it has one.
 */
export function recordKey(record: LogRecord, code: string | undefined): string {
  const { err } = record
  const request = requestKey(record)
  if (request !== undefined) return join(code ?? '', '', request, '', '')
  if (err === undefined) return join(code ?? '', '', stable(record.msg), '', '')
  const msg = isGenericMessage(record.msg) ? '' : record.msg
  const frame = ownFrameKey(err.stack, err.message)
  const known = code ?? err.code
  const kind = known ?? err.type ?? ''
  // A code and a place say which problem it is; without either only the error's own words do.
  const says = (known === undefined || frame === '') && msg !== '' && !msg.includes(err.message)
  const message = msg === '' ? err.message : msg
  return join(kind, frame, stable(message), says ? stable(err.message) : '', rootOf(err, kind, message))
}

/** Method, route and status, 'POST /orders/<*>/pay 502', of a record that says only how a request ended. */
export function requestKey(record: LogRecord): string | undefined {
  const { err } = record
  const found = err === undefined || madeUp.test(err.message) ? accessKey(record) : undefined
  return found === undefined || found.isDeclared ? found?.text : stable(found.text)
}

/** What stands before the message in the key of a record whose code, or whose error's, is `code`. */
export function keyPrefix({ err }: LogRecord, code: string | undefined): string {
  const parts = [code ?? err?.type ?? '', ownFrameKey(err?.stack, err?.message)]
  return parts.map((part) => (part === '' ? '' : `${part} · `)).join('')
}

/** Type or code and message of the root cause, unless the rest of the key says them. */
function rootOf({ message, root }: ErrorInfo, kind: string, said: string): string {
  if (root === undefined) return ''
  const text = said.includes(root.message) || message.includes(root.message) ? '' : stable(root.message)
  const name = root.code ?? (root.type === 'Error' ? '' : root.type) ?? ''
  if (name === '' || name === kind || said.includes(name) || root.message.includes(name)) return text
  return text === '' ? name : `${name} ${text}`
}

type Parts = readonly [kind: string, frame: string, message: string, error: string, root: string]

// A problem that repeats has the very same parts again.
let latest: { parts: Parts; key: string } = { parts: ['', '', '', '', ''], key: '' }

function join(...parts: Parts): string {
  const isSame = parts.every((part, index) => part === latest.parts[index])
  if (!isSame) latest = { parts, key: parts.filter((part) => part !== '').join(' · ') }
  return latest.key
}

const stableTexts = createMemo<string>(256)

function stable(message: string): string {
  const known = stableTexts.get(message)
  if (known !== undefined) return known.value
  const text = parameterize(message)
  stableTexts.set(message, text)
  return text
}

/** What is equal for all alerts of one rule, service and env: 16 hex digits. */
export function scopeId(labels: Readonly<Record<string, string>>, rule: string): string {
  return scopeOf(labels, rule).id
}

/** Service, env and rule in 16 digits, and what was last made of keys under them. */
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
    const { service = '', env = '' } = labels
    scope = {
      id: hash64(JSON.stringify([service, env, rule])),
      known: new Map(),
      latestKey: undefined,
      latest: nothing,
    }
    byRule.set(rule, scope)
  }
  return scope
}
