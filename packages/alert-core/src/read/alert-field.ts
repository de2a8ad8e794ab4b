/**
 * The `alert` field of a record: `false`, `true`, a code, or an object. What in it has a wrong type is left
 * out: a misspelt field must not silence the record.
 */
import { type AlertDirective, type Severity, severities } from '../model.ts'
import { isObject } from '../text/get-path.ts'
import { commonNames } from './names.ts'

const maxText = 1_000
const maxLabels = 20
const maxChannels = 50
const maxIgnored = 5
const texts = ['code', 'key', 'runbook', 'summary'] as const
const severityOf = new Map<unknown, Severity>([
  ...severities.map((severity) => [severity, severity] as const),
  ['warn', 'warning'],
  ['fatal', 'critical'],
])

type ReadFields = Readonly<Record<string, unknown>>
type Directive = { -readonly [Name in keyof AlertDirective]: AlertDirective[Name] }
type DirectiveName = Exclude<keyof AlertDirective, 'ignored' | 'wrongSeverity'>

/** Made like a record, which keeps it. */
const PlainDirective = function PlainDirective() {} as unknown as new () => Directive
PlainDirective.prototype = Object.prototype

/** The `alert` field, also where pino's nestedKey or winston's metadata format put it. */
export function directiveOf(
  object: ReadFields,
  nestedKey: string | undefined,
  holders: readonly string[] | undefined,
): false | AlertDirective | undefined {
  const own = object['alert'] === undefined ? undefined : readDirective(object['alert'])
  if (own !== undefined || (nestedKey === undefined && holders === undefined)) return own
  return (
    directiveIn(nestedKey === undefined ? undefined : object[nestedKey]) ??
    directiveIn(object['metadata']) ??
    directiveIn(object['meta'])
  )
}

function directiveIn(holder: unknown): false | AlertDirective | undefined {
  return isObject(holder) && holder['alert'] !== undefined ? readDirective(holder['alert']) : undefined
}

/** The keys of the field, as users write them. */
export const directiveNames: readonly string[] = [
  'code',
  'severity',
  'key',
  'resolve',
  'labels',
  'runbook',
  'channels',
  'summary',
] satisfies DirectiveName[]

/**
 * pino does not say its `nestedKey`: it is the only field besides the common ones, and holds an `alert` field
 * as it should be.
 */
export function guessNested(object: ReadFields): string | undefined {
  let found: string | undefined
  for (const key in object) {
    if (commonNames.has(key)) continue
    if (found !== undefined || !isObject(object[key])) return undefined
    found = key
  }
  if (found === undefined) return undefined
  const alert = (object[found] as ReadFields)['alert']
  if (typeof alert === 'boolean') return found
  return isObject(alert) && Object.keys(alert).every((key) => directiveNames.includes(key))
    ? found
    : undefined
}

/** Normalises the field; `undefined` when it says nothing. */
export function readDirective(value: unknown): false | AlertDirective | undefined {
  switch (typeof value) {
    case 'boolean':
      return value ? {} : false
    case 'string':
      return readText(value.trim())
    case 'object':
      return value === null ? undefined : readObject(value as Record<string, unknown>)
    default:
      return undefined
  }
}

function readText(text: string): false | AlertDirective | undefined {
  if (text === '') return undefined
  if (text === 'false') return false
  return text === 'true' ? {} : { code: text.slice(0, maxText) }
}

function readObject(given: Record<string, unknown>): AlertDirective {
  const directive = new PlainDirective()
  for (const name of texts) {
    const text = scalarText(given[name])
    if (text !== undefined) directive[name] = text
  }
  const { severity, channels } = given
  const known = severityOf.get(typeof severity === 'string' ? severity.toLowerCase() : severity)
  if (known !== undefined) directive.severity = known
  else if (typeof severity === 'string' && /^[\w -]{1,30}$/.test(severity)) directive.wrongSeverity = severity
  if (given['resolve'] === true) directive.resolve = true
  const labels = readLabels(given['labels'])
  if (labels !== undefined) directive.labels = labels
  const names = readNames(channels)
  if (names !== undefined) directive.channels = names
  const ignored = Object.keys(given).filter((name) => !(name in directive) && !saysNothing(given[name]))
  if (ignored.length > 0) directive.ignored = ignored.slice(0, maxIgnored)
  return directive
}

/** `{ code: order.code, resolve: isUp }` may have keys without a value: that is not a mistake. */
function saysNothing(value: unknown): boolean {
  const isEmptyList = Array.isArray(value) && value.length === 0
  return value === undefined || value === null || value === '' || value === false || isEmptyList
}

function readLabels(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isObject(value)) return undefined
  const labels: Record<string, string> = Object.create(null)
  for (const name of Object.keys(value).slice(0, maxLabels)) {
    const text = scalarText(value[name])
    if (text !== undefined) labels[name.slice(0, maxText)] = text
  }
  return labels
}

/** Names of channels; none that could be read means all of them, as if nothing had been said. */
function readNames(value: unknown): readonly string[] | undefined {
  const names = (Array.isArray(value) ? value : [value]).filter(
    (name) => typeof name === 'string' && name !== '',
  )
  return names.length === 0 ? undefined : names.slice(0, maxChannels)
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value.slice(0, maxText)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
