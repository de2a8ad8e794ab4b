/**
 * What a record says: the one line that stands for its message (the structure and the distinctive values of
 * one that is JSON; of several lines the first, with the reason that a line such as 'Invalid call in:' only
 * introduces), whether it says anything at all, and what stands for it if it only says how a request ended.
 */
import type { LogRecord } from '../model.ts'
import { statusBefore, withSecondLine } from '../read/reason.ts'
import { getPath, isObjectOrList } from '../text/get-path.ts'
import { stripAnsi } from '../text/text.ts'
import { kind, kinds, valueMark } from './characters.ts'

const longest = 10_000
const longestLead = 300
const mostKeys = 16
const mostDepth = 4
const longestValue = 200
const longestStructure = 1_500

/** Fields whose values say which problem it is. */
const distinctive = new Set(
  `action code detail error errorCode errorMessage event eventName exception kind message msg method name operation
  reason rule state status statusCode summary title type`.split(/\s+/),
)
const codes = new Set(['code', 'errorCode', 'status', 'statusCode'])
/** Fields whose lists of names say what the problem is with. */
const paths = new Set(['path', 'keys', 'field', 'fields', 'property', 'target'])

/** The line of `text` that is looked at; the text itself if it is one clean line. */
export function messageHead(text: string): string {
  if (!special.test(text)) return text.length > longest ? text.slice(0, longest) : text
  const clean = readable(text)
  const first = clean.charCodeAt(0)
  const status = statusBefore.exec(clean)?.[0] ?? ''
  if ((first === 123 || first === 91 || status !== '') && text.length <= longest) {
    const structure = structureOf(clean.slice(status.length))
    if (structure !== undefined) return structure
  }
  const end = endOfLine(clean)
  const both = withSecondLine(clean)
  if (both !== undefined) return both
  return end > longestLead || end === clean.length ? clean : withReason(clean, end)
}

/** What needs a closer look: JSON (behind a status too), several lines, blanks before a word, colours. */
const special = new RegExp(`^(?:[\\s{[]|\\d{3} \\{")|[\\n\\r${String.fromCharCode(valueMark, 0x1b, 0x9b)}]`)
const unwanted = new RegExp(`[${String.fromCharCode(valueMark, 0x1b, 0x9b)}]`)
const marks = new RegExp(String.fromCharCode(valueMark), 'g')

/**
 * At most 10 000 characters of the text, without the blanks it begins with, terminal colours, and the unit
 * that stands for values.
 */
function readable(text: string): string {
  const bounded = text.length > longest ? text.slice(0, longest) : text
  const clean = unwanted.test(bounded) ? stripAnsi(bounded).replace(marks, ' ') : bounded
  let start = 0
  while (kinds[clean.charCodeAt(start)] === kind.space) start++
  return start === 0 ? clean : clean.slice(start)
}

function endOfLine(text: string): number {
  const feed = text.indexOf('\n')
  const line = feed === -1 ? text.length : feed
  const carriage = text.indexOf('\r')
  return carriage === -1 || carriage > line ? line : carriage
}

const lineEnd = /[\n\r]/
const blankLine = /\r?\n[ \t]{0,100}\r?\n/g
/** It introduces what the next lines say, is a place in a file, or has no words of its own. */
const isLead = /(?::|\bin|\bby|[({[])\s{0,20}$|^\S{1,200}:\d{1,9}\s{0,20}$/
const someWords = /\p{L}{3}/u
/** '→ 10 await db.user.create(': the place in a program that is shown before the reason. */
const markedCode = /^\s{0,20}[→>]\s{0,9}\d{1,6}(?:\s|$)/
const numberedCode = /^\s{0,20}(?:[→>]\s{0,9})?\d{1,6}(?:\s|$)/
const frameLine = /^\s{0,100}at /

/** What Java writes behind the frames. */
const foreignCause = /[\n\r]\s{0,20}(Caused by: [^\n\r]{1,300})/g
/** Python writes the reason behind the frames. */
const traceback = /\bTraceback \(most recent call last\):\s{0,20}$/

function withReason(text: string, end: number): string {
  const lead = text.slice(0, end)
  const cause = text.includes('Caused by: ') ? [...text.matchAll(foreignCause)].at(-1)?.[1] : undefined
  if (cause !== undefined) return `${lead.trimEnd()} ${cause}`
  if (traceback.test(lead)) {
    const reason = text
      .slice(end)
      .split(lineEnd)
      .findLast((line) => /^\S/.test(line))
    return reason === undefined ? lead : `${lead.trimEnd()} ${reason}`
  }
  if (someWords.test(lead) && !isLead.test(lead)) return lead
  let paragraph = end
  for (const { index, 0: blank } of text.matchAll(blankLine)) {
    const next = index + blank.length
    if (text.slice(next, next + 200).trim() !== '') paragraph = next
  }
  const line = reasonIn(text.slice(paragraph).split(lineEnd))
  if (line === undefined || frameLine.test(line)) return lead
  return `${lead.trimEnd()} ${line.trim()}`
}

/** The first line, or the last one behind lines of a program with their numbers. */
function reasonIn(lines: readonly string[]): string | undefined {
  const said = lines.filter((line) => line.trim() !== '')
  return said.some((line) => markedCode.test(line))
    ? said.findLast((line) => !numberedCode.test(line))
    : said[0]
}

function structureOf(text: string): string | undefined {
  const last = text.trimEnd().at(-1)
  if (last !== '}' && last !== ']') return undefined
  try {
    return written(JSON.parse(text), '', 0).slice(0, longestStructure)
  } catch {
    return undefined
  }
}

/** A value without quotes: names, distinctive values, and '<*>' for the rest. */
function written(value: unknown, field: string, depth: number): string {
  if (Array.isArray(value)) return `[${items(value, field, depth)}]`
  if (isObjectOrList(value)) return depth > mostDepth ? '{<*>}' : `{${members(value, depth)}}`
  if (!distinctive.has(field)) return '<*>'
  if (typeof value === 'string') return value.trim().slice(0, longestValue).replace(/\s+/g, ' ')
  return typeof value === 'number' && codes.has(field) ? String(value) : '<*>'
}

function members(value: object, depth: number): string {
  const names = Object.keys(value).sort()
  const shown = names.slice(0, mostKeys).map((name) => {
    const text = written(value[name as keyof typeof value], name, depth + 1)
    return `${isNumberField(value, name) ? 'status' : name}: ${text}`
  })
  return shown.join(', ')
}

/** The scanner knows the numbers of a status from other numbers by the word before them. */
function isNumberField(value: object, name: string): boolean {
  return codes.has(name) && typeof value[name as keyof typeof value] === 'number'
}

function items(values: readonly unknown[], field: string, depth: number): string {
  if (depth > mostDepth || values.length === 0) return values.length === 0 ? '' : '<*>'
  if (paths.has(field)) return values.slice(0, mostKeys).map(nameOrValue).join(', ')
  const kinds = new Set(values.slice(0, mostKeys).map((value) => written(value, field, depth + 1)))
  return [...kinds].slice(0, 3).join(', ')
}

function nameOrValue(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64) : '<*>'
}

// ── messages that say nothing

/** In lower case, without the punctuation around them. */
const generic = new Set([
  '',
  'err',
  'error',
  'exception',
  'failed',
  'failure',
  'fatal',
  'fatal error',
  'all promises were rejected',
  'an error occurred',
  'an error has occurred',
  'an unexpected error occurred',
  'error occurred',
  'internal error',
  'internal server error',
  'middlewareerror',
  'null',
  'oops',
  'request errored',
  'something went wrong',
  'uncaught exception',
  'uncaughtexception',
  'undefined',
  'unexpected error',
  'unhandled error',
  'unhandled exception',
  'unhandled promise rejection',
  'unhandled rejection',
  'unhandledrejection',
  'uncaughtexception: (no error message)',
  'unhandledrejection: (no error message)',
  'unknown error',
  '[object object]',
  '出错了',
  '失败',
  '异常',
  '未知错误',
  '系统异常',
  '系统错误',
  '服务器内部错误',
  '服务器错误',
  '请求失败',
  '错误',
])
const longestGeneric = 40
/** By two letters most messages are known to say something. */
const genericStarts = new Set([...generic].map((words) => packed(words.charCodeAt(0), words.charCodeAt(1))))

/** True for 'request errored', 'Error:' and the like. */
export function isGenericMessage(message: string): boolean {
  if (message.length > longestGeneric) return false
  const first = message.charCodeAt(0)
  if (isLetter(first) && !genericStarts.has(packed(first, message.charCodeAt(1)))) return false
  return generic.has(message.toLowerCase().replace(/^[\s.:!…]{1,20}|[\s.:!…]{1,20}$/g, ''))
}

function packed(first: number, second: number): number {
  return ((first | 32) << 16) | second | 32
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122
}

// ── how a request ended

const ended = /^(?:request (?:errored|completed|aborted|failed)|incoming request|response sent)$/i
/** Method, route and status, 'POST /orders/<*>/pay 502'. */
export interface AccessKey {
  readonly text: string
  /** The route is as the application declares it; else as it was requested, and parts of it may vary. */
  readonly isDeclared: boolean
}

/** Of a record that says no more than that, or of any; its error, if any, says nothing of its own. */
export function accessKey({ msg, err, fields }: LogRecord, inAnyWords: boolean): AccessKey | undefined {
  if (!inAnyWords && !ended.test(msg) && msg !== err?.message) return undefined
  const request = partOf(fields, ['req', 'request'], isRequest)
  const response = partOf(fields, ['res', 'response'], isResponse)
  const method = getPath(request, 'method')
  const status =
    getPath(response, 'statusCode') ?? getPath(response, 'status') ?? getPath(fields, 'statusCode')
  if (typeof method !== 'string' || typeof status !== 'number') return undefined
  const routeOf = (names: readonly string[]) =>
    names.map((name) => getPath(request, name)).find((path): path is string => typeof path === 'string')
  const declared = routeOf(declaredRoutes)
  const route = declared ?? routeOf(requestedRoutes)
  if (route === undefined) return undefined
  return {
    text: `${method.toUpperCase()} ${withoutValues(route)} ${status}`,
    isDeclared: declared !== undefined,
  }
}

/** The route as the application wrote it says more than what was requested. */
const declaredRoutes = ['route.path', 'routeOptions.url', 'routerPath']
const requestedRoutes = ['originalUrl', 'url']

/** Under its usual names, else by its shape: `customAttributeKeys` of pino-http gives it any name. */
function partOf(
  fields: LogRecord['fields'],
  names: readonly string[],
  isPart: (value: object) => boolean,
): unknown {
  for (const name of names) {
    const value = fields[name]
    if (isObjectOrList(value)) return value
  }
  return Object.values(fields).find((value) => isObjectOrList(value) && isPart(value))
}

function isRequest(value: object): boolean {
  return typeof getPath(value, 'method') === 'string' && typeof getPath(value, 'url') === 'string'
}

function isResponse(value: object): boolean {
  return typeof getPath(value, 'statusCode') === 'number'
}

const maxPath = 500
const version = /^v\d{1,3}$/
const varying = /\d|^.{40,}$|[@%]/

/** The path without its query and what varies in it: '/orders/<*>/pay'. */
export function withoutValues(path: string): string {
  const [route = ''] = path.slice(0, maxPath).split(/[?#]/, 1)
  const parts = route.split('/').map((part) => (varying.test(part) && !version.test(part) ? '<*>' : part))
  return parts.join('/')
}

const crashes = [
  [/^uncaught ?exception\b/i, 'exception'],
  [/^unhandled ?(?:promise ?)?rejection\b/i, 'rejection'],
] as const

/** Whether the error of a record was not caught: by the field of our own line, or by a logger's message. */
export function crashOf({ msg, err, fields }: LogRecord): 'exception' | 'rejection' | undefined {
  if (err === undefined) return undefined
  const { crash } = fields
  const said = typeof crash === 'string' ? crash : msg
  return crashes.find(([pattern]) => pattern.test(said))?.[1]
}
