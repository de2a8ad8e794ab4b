/**
 * What the text of a stack says: whether it is one, the error's type, code and message in its first line, and
 * whether causes are folded in. Stacks as lists of lines or of frames become such a text.
 */
import { isObject } from '../text/get-path.ts'

type Fields = Readonly<Record<string, unknown>>

export const maxStack = 16_384
const maxMessage = 10_000
const maxFrames = 50
/** Before the stack of a cause that pino wrote behind its error's. */
export const causedBy = '\ncaused by: '
/** The same as Node shows it: of a cause, and of the first that an error gathers. */
const shownCause = /\n\s{1,40}(?:\[cause\]: |\[errors\]: \[\n\s{1,40})(?=[A-Z'"])/
/** Among the fields that Node shows behind the frames. */
const shownCode = /\n\s{1,40}code: '([\w.-]{1,80})'/
const quoted = /^'(.*)'$|^"(.*)"$/
const typed =
  /^(?:Uncaught )?([A-Z][\w$.]{0,80}(?:Error|Exception|Failure|Fault)|Error|AbortError)(?: \[([\w-]{1,80})\])?(?:: |:?(?=\n|$))/
/** With 'Uncaught ' before it. */
const longestType = 100
const upperA = 65
const upperZ = 90
const frameBehind = /\n\s{1,20}at |\s{2,20}at \S{1,200} \(/

/** A stack that does not begin with its error's type is as long as this: it has a path, or several frames. */
const shortestUntyped = 40
const sureFrame = /\n {4}at [^\n]{1,400}:\d{1,9}:\d{1,9}\)?(?: \{)?(?:\n|$)/

/** True for a text that is, or ends in, an error's stack. */
export function isStack(text: string): boolean {
  // Of most messages this is all that is looked at.
  const first = text.charCodeAt(0)
  const isTyped = first >= upperA && first <= upperZ
  if (!isTyped && (text.length < shortestUntyped || !text.includes('\n'))) return false
  if (!text.includes(' at ')) return false
  const start = text.length > maxStack ? text.slice(0, maxStack) : text
  return sureFrame.test(start) || (typed.test(start) && frameBehind.test(start))
}

/** A type with any other name: 'NoSuchKey: …' with frames behind it, and pg's 'error: …'. */
const named =
  /^(?:Uncaught )?([A-Z][a-z\d]{1,40}(?:[A-Z][a-z\d]{0,40}){1,10}|error): (?=[^\n]{0,4000}\n {4}at )/

const typedLine =
  /\n(?=(?:Uncaught )?(?:[A-Z][\w$.]{0,80}(?:Error|Exception|Failure|Fault)|Error|AbortError)(?: \[[\w-]{1,80}\])?(?:: |:?\n))/

/** Where a stack begins behind a message in the lines before it, as Strapi writes an error; else -1. */
export function stackWithin(text: string): number {
  if (!text.includes('\n') || typed.test(text)) return -1
  const start = text.length > maxStack ? text.slice(0, maxStack) : text
  const at = typedLine.exec(start)?.index ?? -1
  return at !== -1 && sureFrame.test(start.slice(at)) ? at + 1 : -1
}

export function stackOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : cut(value, maxStack)
  if (!Array.isArray(value)) return undefined
  if (typeof value[0] === 'string') {
    const text = value.filter((line) => typeof line === 'string').join('\n')
    return frameBehind.test(text) || typed.test(text) ? cut(text, maxStack) : undefined
  }
  const frames = value
    .slice(0, maxFrames)
    .flatMap((frame) => (isObject(frame) ? (frameLine(frame) ?? []) : []))
  return frames.length === 0 ? undefined : cut(`\n${frames.join('\n')}`, maxStack)
}

/** A frame that was parsed, by tslog or by stacktrace-parser, as the engine wrote it. */
function frameLine(frame: Fields): string | undefined {
  const file =
    frame['fullFilePath'] ?? frame['file'] ?? frame['fileName'] ?? frame['filename'] ?? frame['filePath']
  if (typeof file !== 'string') return undefined
  const method = frame['method'] ?? frame['methodName'] ?? frame['functionName'] ?? frame['function']
  const line = frame['lineNumber'] ?? frame['fileLine'] ?? frame['lineno'] ?? frame['line'] ?? 1
  const column = frame['column'] ?? frame['columnNumber'] ?? frame['fileColumn'] ?? frame['colno'] ?? 1
  const place = /:\d{1,9}:\d{1,9}$/.test(file) ? file : `${file}:${String(line)}:${String(column)}`
  const isNamed = typeof method === 'string' && method !== '' && !/^[[<]/.test(method)
  return isNamed ? `    at ${method} (${place})` : `    at ${place}`
}

export function typeOf(stack: string | undefined): string | undefined {
  return stack === undefined ? undefined : (typed.exec(stack) ?? named.exec(stack))?.[1]
}

/** The stack of an error, and those of its causes that Node shows behind it. */
export function shownParts(stack: string): string[] {
  return stack.includes(' [') ? stack.split(shownCause) : [stack]
}

/** The code in the first line, or among the fields that Node shows behind the frames. */
export function shownCodeOf(stack: string): string | undefined {
  return bracketOf(stack) ?? shownCode.exec(stack)?.[1]
}

/** Node writes an error's code behind its name: 'TypeError [ERR_X]: …'. */
export function bracketOf(stack: string | undefined): string | undefined {
  // Of most stacks this is all that is looked at; a search for one character takes a third of one for two.
  const open = stack === undefined ? -1 : stack.indexOf('[')
  return open === -1 || open > longestType ? undefined : typed.exec(stack!)?.[2]
}

/** The first line of a stack without the type before it, and without frames in the same line. */
export function messageOf(stack: string | undefined): string | undefined {
  if (stack === undefined) return undefined
  const end = stack.indexOf('\n')
  const type = typed.exec(stack) ?? named.exec(stack)
  let line = (end === -1 ? stack : stack.slice(0, end)).slice(type?.[0].length ?? 0)
  if (end === -1) line = line.replace(/\s{2,20}at \S{1,200} \(.*$/, '')
  if (type === null) line = line.replace(quoted, '$1$2')
  const message = cut(line, maxMessage).trim()
  return message === '' ? undefined : message
}

function cut(text: string, max: number): string {
  return text.length > max ? text.slice(0, max) : text
}
