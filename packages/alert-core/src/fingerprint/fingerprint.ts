/**
 * What makes two records the same problem: service, env, rule, and then the record's own key, the group's
 * values, or code, first own stack frame and the message without what varies in it. Stateless, so that
 * replicas agree whatever order they see records in.
 */

import { createMemo } from '../cache/lru.ts'
import type { ErrorInfo, LogRecord } from '../model.ts'
import { isObject } from '../text/get-path.ts'
import { hash64 } from '../text/text.ts'
import { accessKey, isGenericMessage, withoutValues } from './message.ts'
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
/** In all scopes together, and the characters of their keys. */
const mostKnown = { keys: 20_000, chars: 1_000_000 }
/** What pino-http makes up if no error was given. */
const madeUp = /^failed with status code \d{3}$/
const madeUpStart = 'failed with '
const nothing: Fingerprint = { id: '', key: '' }

/** The fingerprint of a key under its rule, service and env. */
export function fingerprint({ labels, rule, key }: FingerprintParts): Fingerprint {
  const scope = scopeOf(labels, rule)
  if (key === scope.latestKey) return scope.latest
  const found = scope.known.get(key) ?? addKnown(scope, key)
  scope.latestKey = key
  scope.latest = found
  return found
}

const known = { keys: 0, chars: 0 }

function addKnown(scope: Scope, key: string): Fingerprint {
  const id = hash64(`${scope.id}${key}`)
  const found = { id, key: key.length > maxKey ? key.slice(0, maxKey) : key }
  known.keys++
  known.chars += key.length
  if (known.keys > mostKnown.keys || known.chars > mostKnown.chars) {
    scopes = new WeakMap()
    known.keys = known.chars = 0
  } else scope.known.set(key, found)
  return found
}

/**
 * The key of a record by itself: code or error type, first own frame, parameterised message, the error's own
 * message if code or frame is missing, and the root cause; of a record that only says how a request ended,
 * its method, route and status. `code` is the alert's code if it has one.
 */
export function recordKey(record: LogRecord, code: string | undefined): string {
  const { err } = record
  const sign = signOf(record)
  if (err !== undefined && isLatest(record, err, code, sign)) return latest.key
  const request = identifyingRequest(record)
  if (request !== undefined) return join(code ?? '', request)
  if (err === undefined) return join(code ?? '', wordsOf(record.msg), sign)
  latest = { msg: record.msg, err, code, sign, key: errorKey(record, err, code, sign) }
  return latest.key
}

/** A word that names something though it has a digit, or a status: as a whole message it is all there is. */
const shortName = /^(?:[A-Za-z]{1,8}\d{1,2}|[45]\d\d)$/

/** The message without what varies in it; a short name that is all of it stays. */
function wordsOf(message: string): string {
  const text = stable(message)
  return text === '<*>' && shortName.test(message) ? message : text
}

/** The same for a record with an error that says something. */
function errorKey(record: LogRecord, err: ErrorInfo, code: string | undefined, sign: string): string {
  const msg = isGenericMessage(record.msg) ? '' : record.msg
  const frame = ownFrameKey(err.stack, err.message, err.isBuilt)
  const known = code ?? err.code
  const kind = known ?? err.type ?? ''
  // A code and a place say which problem it is; without either only the error's own words do.
  const says = (known === undefined || frame === '') && msg !== '' && !msg.includes(err.message)
  const message = msg === '' ? err.message : msg
  return join(kind, frame, stable(message), says ? stable(err.message) : '', rootOf(err, kind, message), sign)
}

const constraintName = /^[A-Za-z_][\w.$-]{0,63}$/
const noFields: LogRecord['fields'] = {}

/** What says which problem it is though no text does: the status of an answer, a violated constraint. */
function signOf({ msg, err, fields }: LogRecord): string {
  const given = fields['err']
  const own = isObject(given) ? given : noFields
  const status =
    statusOf(own['statusCode']) ||
    statusOf(own['status']) ||
    statusOf(fields['statusCode']) ||
    statusOf(fields['status'])
  const { constraint } = own
  if (status === '' && constraint === undefined) return ''
  const isSaid = (sign: string) => msg.includes(sign) || err?.message.includes(sign) === true
  const isNamed = typeof constraint === 'string' && constraintName.test(constraint)
  return [status, isNamed ? constraint : ''].filter((sign) => sign !== '' && !isSaid(sign)).join(' ')
}

/** '' for what is not the status of a failed request. */
function statusOf(value: unknown): string {
  return typeof value === 'number' && value >= 400 && value < 600 && Number.isInteger(value)
    ? String(value)
    : ''
}

/** Method, route and status, 'POST /orders/<*>/pay 502', of a record that says only how a request ended. */
export function requestKey(record: LogRecord): string | undefined {
  return keyOfRequest(record, false)
}

/** The same in whatever words the application has it said: `customErrorMessage` of pino-http. */
function identifyingRequest(record: LogRecord): string | undefined {
  return keyOfRequest(record, true)
}

function keyOfRequest(record: LogRecord, inAnyWords: boolean): string | undefined {
  const { err } = record
  const isMadeUp = err?.message.startsWith(madeUpStart) === true && madeUp.test(err.message)
  const found = err === undefined || isMadeUp ? accessKey(record, inAnyWords && isMadeUp) : undefined
  return found === undefined || found.isDeclared ? found?.text : stable(found.text)
}

/** The key in which the request is made of what `redact` leaves of the record's fields. */
export function withSafeRequest(
  key: string,
  record: LogRecord,
  redact: (fields: LogRecord['fields']) => LogRecord['fields'],
): string {
  const request = identifyingRequest(record)
  if (request === undefined || !key.includes(request)) return key
  const safe = identifyingRequest({ ...record, fields: redact(record.fields) }) ?? '***'
  return key.replace(request, () => safe)
}

/** The path of a request without what varies in it; `isDeclared`: it is as the application declares it. */
export function maskedRoute(method: string, path: string, isDeclared: boolean): string {
  const masked = withoutValues(path)
  if (isDeclared) return masked
  const text = stable(`${method} ${masked}`)
  return text.startsWith(`${method} `) ? text.slice(method.length + 1) : masked
}

/** True if the record is known by its method, route and status. */
export function isKnownByRequest(record: LogRecord): boolean {
  return identifyingRequest(record) !== undefined
}

/** What stands before the message in the key of a record whose code, or whose error's, is `code`. */
export function keyPrefix(record: LogRecord, code: string | undefined): string {
  const { err } = record
  const parts = isKnownByRequest(record)
    ? [code ?? '']
    : [code ?? err?.type ?? '', ownFrameKey(err?.stack, err?.message, err?.isBuilt)]
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

// A problem that repeats has the very same parts again.
let latest: { msg: string; err: ErrorInfo; code: string | undefined; sign: string; key: string } = {
  msg: '',
  err: { message: '' },
  code: '',
  sign: '',
  key: '',
}

/** True if the record's key is the latest one, as all that it is made of is equal. */
function isLatest({ msg }: LogRecord, err: ErrorInfo, code: string | undefined, sign: string): boolean {
  const { err: known } = latest
  return (
    msg === latest.msg &&
    code === latest.code &&
    sign === latest.sign &&
    err.message === known.message &&
    err.code === known.code &&
    err.type === known.type &&
    err.root === undefined &&
    known.root === undefined &&
    err.stack === known.stack &&
    err.isBuilt === known.isBuilt
  )
}

/** Other records often have the very same parts again. */
let joined: { parts: readonly string[]; key: string } = { parts: [], key: '' }

function join(...parts: readonly string[]): string {
  const { parts: known } = joined
  let index = 0
  while (index < parts.length && parts[index] === known[index]) index++
  if (index < parts.length || known.length > index)
    joined = { parts, key: parts.filter((part) => part !== '').join(' · ') }
  return joined.key
}

const stableTexts = createMemo<string>(1_024)

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
let scopes = new WeakMap<object, Map<string, Scope>>()

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
