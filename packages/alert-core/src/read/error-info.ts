/**
 * What a record says of its error, in whatever shape it came: pino's serialised `err` with its causes folded
 * into message and stack, a bare object, an AggregateError, a text. The input is parsed JSON or a plain copy:
 * reading it cannot throw.
 */
import type { ErrorInfo } from '../model.ts'
import { isObject } from '../text/is-object.ts'

const maxStack = 16_384
const maxText = 10_000
const maxCode = 200
const maxCauses = 5
const causedBy = '\ncaused by: '
const typed =
  /^([A-Z][\w$.]{0,80}(?:Error|Exception|Failure|Fault)|Error|AbortError)(?: \[[\w-]{1,80}\])?(?:: |$)/
const frameBehind = /\n\s{1,20}at /

type Fields = Readonly<Record<string, unknown>>

/** Reads an error out of a field's value; `undefined` when the value says nothing of one. */
export function readError(value: unknown): ErrorInfo | undefined {
  if (typeof value === 'string') return value === '' ? undefined : fromText(value)
  if (!isObject(value)) return undefined
  const given: Fields = value
  const stack = textOf(given['stack'], maxStack)
  const type = textOf(given['type'], maxCode) ?? textOf(given['name'], maxCode) ?? typeOf(stack)
  const code = codeOf(given['code']) ?? codeOf(given['errno'])
  const message = textOf(given['message'], maxText) ?? textOf(given['msg'], maxText)
  if (message === undefined && stack === undefined && code === undefined && type === undefined)
    return undefined
  const inner = innerMessages(given)
  const chain = causeChain(given)
  const folded = chain.length === 0 ? foldedCauses(stack) : []
  const causes = chain.length > 0 ? chain : folded.length > 0 ? folded : inner
  const said = message === undefined ? messageOf(stack) : unfold(message, folded)
  return errorInfo(said ?? inner[0] ?? code ?? type ?? '', type, code, stack, causes)
}

function errorInfo(
  message: string,
  type: string | undefined,
  code: string | undefined,
  stack: string | undefined,
  causes: readonly string[],
): ErrorInfo {
  const info: { -readonly [Name in keyof ErrorInfo]: ErrorInfo[Name] } = { message }
  if (type !== undefined) info.type = type
  if (code !== undefined) info.code = code
  if (stack !== undefined) info.stack = stack
  if (causes.length > 0) info.causes = causes.slice(0, maxCauses)
  return info
}

/** A message, or a whole stack logged as text. */
function fromText(text: string): ErrorInfo {
  const type = typeOf(text)
  if (type === undefined || !frameBehind.test(text.slice(0, maxStack)))
    return errorInfo(cut(text, maxText), undefined, undefined, undefined, [])
  return errorInfo(messageOf(text) ?? type, type, undefined, cut(text, maxStack), foldedCauses(text))
}

/** Messages of the chain of `cause` objects, outermost first. */
function causeChain(given: Fields): string[] {
  const messages: string[] = []
  let cause = given['cause']
  while (messages.length < maxCauses && cause !== undefined && cause !== null) {
    if (typeof cause !== 'object') {
      messages.push(cut(String(cause), maxText))
      break
    }
    const message = textOf((cause as Fields)['message'], maxText)
    if (message === undefined) break
    messages.push(message)
    cause = (cause as Fields)['cause']
  }
  return messages
}

/** What an AggregateError gathers: `errors`, which pino writes as `aggregateErrors`. */
function innerMessages(given: Fields): string[] {
  const errors = given['aggregateErrors'] ?? given['errors']
  if (!Array.isArray(errors)) return []
  const messages: string[] = []
  for (const each of errors.slice(0, maxCauses)) {
    const message =
      typeof each === 'object' && each !== null
        ? textOf((each as Fields)['message'], maxText)
        : textOf(each, maxText)
    if (message !== undefined) messages.push(message)
  }
  return messages
}

/** pino writes the causes' stacks behind the error's own. */
function foldedCauses(stack: string | undefined): string[] {
  if (stack === undefined || !stack.includes(causedBy)) return []
  return stack
    .split(causedBy, maxCauses + 1)
    .slice(1)
    .map((part) => messageOf(part) ?? '')
    .filter((message) => message !== '')
}

/** pino also writes the causes' messages behind the error's own: 'boom: root' was 'boom'. */
function unfold(message: string, causes: readonly string[]): string {
  if (causes.length === 0) return message
  const tail = `: ${causes.join(': ')}`
  return message.length > tail.length && message.endsWith(tail) ? message.slice(0, -tail.length) : message
}

function typeOf(stack: string | undefined): string | undefined {
  return stack === undefined ? undefined : typed.exec(stack)?.[1]
}

/** The first line of a stack without the type before it. */
function messageOf(stack: string | undefined): string | undefined {
  if (stack === undefined) return undefined
  const end = stack.indexOf('\n')
  const line = end === -1 ? stack : stack.slice(0, end)
  const message = cut(line.replace(typed, ''), maxText)
  return message === '' ? undefined : message
}

function codeOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textOf(value, maxCode)
}

function textOf(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value !== '' ? cut(value, max) : undefined
}

function cut(text: string, max: number): string {
  return text.length > max ? text.slice(0, max) : text
}
