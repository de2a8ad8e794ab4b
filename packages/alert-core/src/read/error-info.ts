/**
 * What a record says of its error, in whatever shape it came: pino's serialised `err` with its causes folded
 * into message and stack, Elastic's and OpenTelemetry's names, a bare object, an AggregateError, a text. The
 * input is parsed JSON or a plain copy: reading it cannot throw.
 */
import type { ErrorInfo } from '../model.ts'
import { isObject, isObjectOrList } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import { errorParts, innerErrorNames } from './names.ts'
import { boundPlain } from './plain.ts'
import { constraintOf, issueText } from './reason.ts'
import { describeLeaves } from './record-message.ts'
import {
  bracketOf,
  causedBy,
  isStack,
  maxStack,
  messageOf,
  shownCodeOf,
  shownParts,
  stackOf,
  typeOf,
} from './stack-text.ts'

const maxText = 10_000
const maxCode = 200
const maxCauses = 5
const maxValues = 50
const maxJson = 65_536
const maxDepth = 3

const rejectionStart = 'This error originated either by throwing inside of an async function'
const rejection = /^[^"\n]{1,300} rejected with the reason "([\s\S]{1,9000}?)"?\.?$/

type Fields = Readonly<Record<string, unknown>>
type Draft = { -readonly [Name in keyof ErrorInfo]: ErrorInfo[Name] }
type Root = NonNullable<ErrorInfo['root']>

/** Made like a record, which keeps it. */
const PlainError = function PlainError() {} as unknown as new () => Draft
PlainError.prototype = Object.prototype

/** What led to an error, outermost first, and what began it. */
interface Causes {
  readonly chain: readonly Root[]
  readonly root: Root | undefined
  /** The others of which the root is the first. */
  readonly beside?: readonly Root[]
}

const simple: ReadonlySet<string> = new Set(['type', 'name', 'message', 'stack', 'code'])
const codeNames: ReadonlySet<string> = new Set(errorParts.code)
/** By their numbers: https://webidl.spec.whatwg.org/#idl-DOMException-error-names */
const domNames: Readonly<Record<number, string>> = {
  1: 'IndexSizeError',
  3: 'HierarchyRequestError',
  4: 'WrongDocumentError',
  5: 'InvalidCharacterError',
  7: 'NoModificationAllowedError',
  8: 'NotFoundError',
  9: 'NotSupportedError',
  10: 'InUseAttributeError',
  11: 'InvalidStateError',
  12: 'SyntaxError',
  13: 'InvalidModificationError',
  14: 'NamespaceError',
  15: 'InvalidAccessError',
  17: 'TypeMismatchError',
  18: 'SecurityError',
  19: 'NetworkError',
  20: 'AbortError',
  21: 'URLMismatchError',
  22: 'QuotaExceededError',
  23: 'TimeoutError',
  24: 'InvalidNodeTypeError',
  25: 'DataCloneError',
}
/** Under these names an error holds others. */
const holders: ReadonlySet<string> = new Set([
  ...errorParts.cause,
  ...innerErrorNames,
  ...errorParts.members,
  'suppressed',
])

/** What an error says by itself, so that its other values need not say it again. */
const named: ReadonlySet<string> = new Set([...errorParts.type, ...errorParts.code, ...errorParts.stack])

/** Reads an error out of a field's value; `undefined` if the value says nothing of one. */
export function readError(value: unknown): ErrorInfo | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : fromText(value)
  if (Array.isArray(value)) return value.length === 0 ? undefined : fromList(value)
  if (typeof value === 'number') return value === 0 ? undefined : { message: String(value) }
  return isObjectOrList(value) ? fromObject(value as Fields) : undefined
}

function fromObject(given: Fields): ErrorInfo | undefined {
  return fromUsual(given) ?? fromAny(given)
}

/** As pino writes most errors: type, message and stack under their usual names, and no cause. */
function fromUsual(given: Fields): ErrorInfo | undefined {
  const { type, message, stack, code } = given
  if (typeof type !== 'string' || typeof message !== 'string' || typeof stack !== 'string') return undefined
  if (type === '' || message === '' || stack === '' || type.length > maxCode) return undefined
  if (message.length > maxText || stack.length > maxStack || isRejection(message)) return undefined
  const isCoded = typeof code === 'string' && code !== '' && code.length <= maxCode
  for (const key in given) {
    // Most errors have no other part: comparing costs less than looking up.
    if (key === 'type' || key === 'message' || key === 'stack' || (isCoded && key === 'code')) continue
    if (holders.has(key) || (!isCoded && codeNames.has(key))) return undefined
  }
  if (message === stack || isFolded(stack)) return undefined
  const known = isCoded ? code : bracketOf(stack)
  return draftOf(message, type, known, stack)
}

function draftOf(message: string, type?: string, code?: string, stack?: string): Draft {
  const info = new PlainError()
  info.message = message
  if (type !== undefined) info.type = type
  if (code !== undefined) info.code = code
  if (stack !== undefined) info.stack = stack
  return info
}

/** Few stacks have a 'b' before ':', so that this takes half of the time of the search for the whole text. */
function isFolded(stack: string): boolean {
  return stack.includes('by: ') && stack.includes(causedBy)
}

/** The stack of an error, and those of its causes behind it, as pino or Node writes them. */
function partsOfStack(stack: string): string[] {
  return isFolded(stack) ? stack.split(causedBy) : shownParts(stack)
}

function fromAny(given: Fields, causesWith: typeof causesOf = causesOf): ErrorInfo | undefined {
  const stack = stackOf(partOf(given, errorParts.stack))
  const domName = domNameOf(given, stack)
  const type = domName ?? textOf(partOf(given, errorParts.type), maxCode) ?? typeOf(stack)
  const written = partOf(given, errorParts.message)
  // Some set the stack as the message.
  const message = written === stack ? undefined : textOf(written, maxText)
  const causes = causesWith(given, stack)
  const found =
    (message === undefined ? messageOf(stack) : unfold(message, causes.chain)) ?? causes.chain[0]?.message
  const own = found === undefined ? undefined : ownWords(given, found, stack)
  const code =
    (domName === undefined ? codeOf(partOf(given, errorParts.code)) : undefined) ??
    bracketOf(stack) ??
    (own === undefined ? innerCode(given) : undefined)
  const said = own ?? constraintOf(given) ?? describeLeaves(given, named) ?? code ?? type
  return said === undefined ? undefined : errorInfo({ message: said, type, code, stack }, causes)
}

/** The name of a DOMException, which has a number beside it that says the same, but to few. */
function domNameOf({ code, name }: Fields, stack: string | undefined): string | undefined {
  const known = typeof code === 'number' ? domNames[code] : undefined
  return known !== undefined && (name === known || typeOf(stack) === known) ? known : undefined
}

function ownWords(given: Fields, found: string, stack: string | undefined): string {
  if (isRejection(found)) return rejectionOf(found)
  return stack === undefined ? issueText(given, found) : found
}

/** Most messages are too short. */
function isRejection(message: string): boolean {
  return message.length >= rejectionStart.length && message.startsWith(rejectionStart)
}

/** What a promise was rejected with, without the sentence that Node writes around it. */
function rejectionOf(message: string): string {
  const reason = rejection.exec(message)?.[1]
  return reason === undefined ? message : `unhandled rejection: ${reason}`
}

/** The code of what has neither message nor code of its own: `{ tag, attrs: { code: '401' } }`. */
function innerCode(given: Fields, depth = 0): string | undefined {
  const code = codeOf(given['code']) ?? codeOf(given['status']) ?? codeOf(given['statusCode'])
  if (code !== undefined || depth === maxDepth) return code
  for (const value of Object.values(given).slice(0, maxValues)) {
    const inner = isObject(value) ? innerCode(value, depth + 1) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

/** A message, a whole stack, or an error as JSON text. */
function fromText(text: string): ErrorInfo | undefined {
  if (text.startsWith('{') && text.length <= maxJson) {
    const { value } = boundPlain(parseJson(text))
    if (isObject(value)) return fromObject(value)
  }
  if (!isStack(text)) return { message: cut(text, maxText) }
  const own = partsOfStack(text)[0]!
  const type = typeOf(own)
  const message = messageOf(own) ?? type ?? ''
  return errorInfo(
    { message, type, code: shownCodeOf(own), stack: stackOf(text) },
    chained(foldedCauses(text)),
  )
}

/** Several errors, or one in parts. */
function fromList(list: readonly unknown[]): ErrorInfo | undefined {
  const stack = stackOf(list)
  if (stack !== undefined) return fromText(stack)
  const chain = members(list, 0)
  const [first] = chain
  if (first === undefined) return undefined
  const others = chain.slice(1)
  return errorInfo({ ...first }, { chain: others, root: others.length === 0 ? undefined : first })
}

function errorInfo(
  { message, type, code, stack }: { [Name in 'type' | 'code' | 'stack']?: string | undefined } & Root,
  { chain, root, beside = [] }: Causes,
): ErrorInfo {
  const info = draftOf(message, type, code, stack)
  if (chain.length > 0) info.causes = [...chain, ...beside].slice(0, maxCauses).map((cause) => cause.message)
  if (root !== undefined) info.root = root
  return info
}

/** Of a chain the last one is the root; of several errors beside each other the first. */
function causesOf(given: Fields, stack: string | undefined): Causes {
  if (!hasMore(given)) return chained(foldedCauses(stack))
  const chain = causeChain(given, 0)
  if (chain.length === 0) return causesOfItself(given, stack, 0)
  return { ...chained(chain), beside: membersOf(lastHolder(given), 0).slice(1) }
}

/** Those that an error says without its cause: in its stack, or by what it gathers. */
function causesOfItself(given: Fields, stack: string | undefined, depth: number): Causes {
  const folded = foldedCauses(stack)
  if (folded.length > 0) return chained(folded)
  const gathered = membersOf(given, depth)
  return { chain: gathered, root: gathered[0] }
}

/** False for most errors, which then are read without a look at every name that a cause may have. */
function hasMore(given: Fields): boolean {
  for (const key in given) if (!simple.has(key)) return true
  return false
}

function chained(chain: readonly Root[]): Causes {
  return { chain, root: chain.at(-1) }
}

/** The chain of `cause`s, then what the last of them gathers. */
function causeChain(given: Fields, depth: number): Root[] {
  const chain: Root[] = []
  let holder: Fields = given
  for (let step = 0; step < 2 * maxCauses; step++) {
    const cause = causeOf(holder)
    if (cause === undefined || cause === null || cause === '') break
    const root = rootOf(cause, depth + 1)
    if (root !== undefined) chain.push(root)
    if (!isObject(cause)) break
    holder = cause
  }
  if (holder !== given) chain.push(...membersOf(holder, depth + 1).slice(0, 1))
  const kept = chain.filter((root, index) => root.message !== chain[index - 1]?.message)
  return kept.length > maxCauses ? [...kept.slice(0, maxCauses - 1), kept.at(-1)!] : kept
}

/** The last error of a chain of causes. */
function lastHolder(given: Fields): Fields {
  let holder = given
  for (let step = 0; step < 2 * maxCauses; step++) {
    const cause = causeOf(holder)
    if (!isObject(cause)) break
    holder = cause
  }
  return holder
}

/** One cause by itself. */
function rootOf(cause: unknown, depth: number): Root | undefined {
  if (!isObjectOrList(cause)) {
    const info = readError(String(cause))
    return info === undefined ? undefined : (info.root ?? toRoot(info))
  }
  if (Array.isArray(cause)) return members(cause, depth)[0]
  const fields = cause as Fields
  const info = fromUsual(fields) ?? fromAny(fields, (given, stack) => causesOfItself(given, stack, depth + 1))
  return info === undefined ? undefined : toRoot(info)
}

function toRoot({ message, type, code }: { [Name in 'type' | 'code']?: string | undefined } & Root): Root {
  return {
    message,
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
  }
}

/** What an AggregateError gathers, and a SuppressedError's two; of what lies deeper than usual nothing. */
function membersOf(given: Fields, depth: number): Root[] {
  if (depth > maxDepth) return []
  const list = partOf(given, errorParts.members)
  if (Array.isArray(list)) return members(list, depth)
  return given['suppressed'] === undefined ? [] : members([given['error'], given['suppressed']], depth)
}

function members(list: readonly unknown[], depth: number): Root[] {
  return wordsFirst(list).flatMap((member) => memberOf(member, depth + 1) ?? [])
}

/** What began a member: its cause, or the first of those that it gathers itself. */
function memberOf(member: unknown, depth: number): Root | undefined {
  if (!isObject(member)) return rootOf(member, depth)
  return causeChain(member, depth).at(-1) ?? membersOf(member, depth)[0] ?? rootOf(member, depth)
}

/** Objects say more than texts, and these more than `null`: `Promise.any` takes whatever rejects first. */
function wordsFirst(list: readonly unknown[]): readonly unknown[] {
  const looked = list.slice(0, maxValues)
  if (looked.every(isObject)) return looked.slice(0, maxCauses)
  const rank = (member: unknown) => (isObject(member) ? 0 : typeof member === 'string' ? 1 : 2)
  return looked.sort((a, b) => rank(a) - rank(b)).slice(0, maxCauses)
}

/** Those whose stacks are written behind the error's own. */
function foldedCauses(stack: string | undefined): Root[] {
  if (stack === undefined) return []
  return partsOfStack(stack)
    .slice(1, maxCauses + 1)
    .flatMap((part) => {
      const [type, code] = [typeOf(part), shownCodeOf(part)]
      const message = messageOf(part) ?? code ?? type
      return message === undefined ? [] : [toRoot({ message, type, code })]
    })
}

/** pino also writes the causes' messages behind the error's own: 'boom: root' was 'boom'. */
function unfold(message: string, causes: readonly Root[]): string {
  if (causes.length === 0) return message
  // Of the members of one that gathers errors it writes none.
  for (let count = causes.length; count > 0; count--) {
    const tail = `: ${causes
      .slice(0, count)
      .map((cause) => cause.message)
      .join(': ')}`
    if (message.length > tail.length && message.endsWith(tail)) return message.slice(0, -tail.length)
  }
  // A cause without a message leaves its colon.
  return message.replace(/(?:: ){1,5}$/, '')
}

function causeOf(given: Fields): unknown {
  const cause = partOf(given, errorParts.cause)
  if (cause !== undefined) return cause
  // A SuppressedError has two of equal rank.
  const names = given['suppressed'] === undefined ? innerErrorNames : []
  return names
    .map((name) => given[name])
    .find((value) => isObject(value) && textOf(value['message'], 1) !== undefined)
}

function partOf(given: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const value = given[name]
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
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
