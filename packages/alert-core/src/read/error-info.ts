/**
 * What a record says of its error, in whatever shape it came: pino's serialised `err` with its causes folded
 * into message and stack, Elastic's and OpenTelemetry's names, a bare object, an AggregateError, a text. The
 * input is parsed JSON or a plain copy: reading it cannot throw.
 */
import type { ErrorInfo } from '../model.ts'
import { isObject } from '../text/get-path.ts'
import { errorParts } from './names.ts'
import { describeLeaves } from './record-message.ts'

const maxStack = 16_384
const maxText = 10_000
const maxCode = 200
const maxCauses = 5
const maxFrames = 50
const maxJson = 65_536
const maxDepth = 3
const causedBy = '\ncaused by: '
const typed =
  /^(?:Uncaught )?([A-Z][\w$.]{0,80}(?:Error|Exception|Failure|Fault)|Error|AbortError)(?: \[([\w-]{1,80})\])?(?:: |:?(?=\n|$))/
const upperA = 65
const upperZ = 90
const frameBehind = /\n\s{1,20}at |\s{2,20}at \S{1,200} \(/

const sureFrame = /\n {4}at [^\n]{1,400}:\d{1,9}:\d{1,9}\)?(?:\n|$)/

const rejectionStart = 'This error originated either by throwing inside of an async function'
const rejection = /^[^"\n]{1,300} rejected with the reason "([\s\S]{1,9000}?)"?\.?$/

type Fields = Readonly<Record<string, unknown>>
type Root = NonNullable<ErrorInfo['root']>

/** What led to an error, outermost first, and what began it. */
interface Causes {
  readonly chain: readonly Root[]
  readonly root: Root | undefined
}

const simple: ReadonlySet<string> = new Set(['type', 'name', 'message', 'stack', 'code'])

/** What an error says by itself, so that its other values need not say it again. */
const named: ReadonlySet<string> = new Set([...errorParts.type, ...errorParts.code, ...errorParts.stack])

/** Reads an error out of a field's value; `undefined` if the value says nothing of one. */
export function readError(value: unknown): ErrorInfo | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : fromText(value)
  if (Array.isArray(value)) return value.length === 0 ? undefined : fromList(value)
  if (typeof value === 'number') return value === 0 ? undefined : { message: String(value) }
  return typeof value === 'object' && value !== null ? fromObject(value as Fields) : undefined
}

function fromObject(given: Fields): ErrorInfo | undefined {
  const stack = stackOf(partOf(given, errorParts.stack))
  const type = textOf(partOf(given, errorParts.type), maxCode) ?? typeOf(stack)
  const message = textOf(partOf(given, errorParts.message), maxText)
  const causes = causesOf(given, stack)
  const found =
    (message === undefined ? messageOf(stack) : unfold(message, causes.chain)) ?? causes.chain[0]?.message
  const own = found?.startsWith(rejectionStart) ? rejectionOf(found) : found
  const code =
    codeOf(partOf(given, errorParts.code)) ??
    bracketOf(stack) ??
    (own === undefined ? innerCode(given) : undefined)
  const said = own ?? describeLeaves(given, named) ?? code ?? type
  return said === undefined ? undefined : errorInfo({ message: said, type, code, stack }, causes)
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
  for (const value of Object.values(given).slice(0, maxFrames)) {
    const inner = isObject(value) ? innerCode(value, depth + 1) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

/** A message, a whole stack, or an error as JSON text. */
function fromText(text: string): ErrorInfo | undefined {
  if (text.startsWith('{') && text.length <= maxJson) {
    const parsed = parse(text)
    if (isObject(parsed)) return fromObject(parsed)
  }
  if (!isStack(text)) return { message: cut(text, maxText) }
  const type = typeOf(text)
  const message = messageOf(text) ?? type ?? ''
  return errorInfo(
    { message, type, code: bracketOf(text), stack: stackOf(text) },
    chained(foldedCauses(text)),
  )
}

/** Several errors, or one in parts. */
function fromList(list: readonly unknown[]): ErrorInfo | undefined {
  const stack = stackOf(list)
  if (stack !== undefined) return fromText(stack)
  const chain = members(list)
  const [first] = chain
  return first === undefined ? undefined : errorInfo({ ...first }, { chain: chain.slice(1), root: undefined })
}

/** True for a text that is, or ends in, an error's stack. */
export function isStack(text: string): boolean {
  // Of most messages this is all that is looked at.
  const first = text.charCodeAt(0)
  if (!(first >= upperA && first <= upperZ) && !text.includes('\n')) return false
  if (!text.includes(' at ')) return false
  const start = text.length > maxStack ? text.slice(0, maxStack) : text
  return sureFrame.test(start) || (typed.test(start) && frameBehind.test(start))
}

function errorInfo(
  { message, type, code, stack }: { [Name in 'type' | 'code' | 'stack']?: string | undefined } & Root,
  { chain, root }: Causes,
): ErrorInfo {
  const info: { -readonly [Name in keyof ErrorInfo]: ErrorInfo[Name] } = { message }
  if (type !== undefined) info.type = type
  if (code !== undefined) info.code = code
  if (stack !== undefined) info.stack = stack
  if (chain.length > 0) info.causes = chain.slice(0, maxCauses).map((cause) => cause.message)
  if (root !== undefined) info.root = root
  return info
}

/** Of a chain the last one is the root; of several errors beside each other the first. */
function causesOf(given: Fields, stack: string | undefined): Causes {
  if (!hasMore(given)) return chained(foldedCauses(stack))
  const chain = causeChain(given)
  if (chain.length > 0) return chained(chain)
  const folded = foldedCauses(stack)
  if (folded.length > 0) return chained(folded)
  const gathered = membersOf(given)
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
function causeChain(given: Fields): Root[] {
  const chain: Root[] = []
  let holder: Fields = given
  for (let depth = 0; depth < 2 * maxCauses; depth++) {
    const cause = partOf(holder, errorParts.cause)
    if (cause === undefined || cause === null || cause === '') break
    const root = rootOf(cause)
    if (root !== undefined) chain.push(root)
    if (!isObject(cause)) break
    holder = cause
  }
  if (holder !== given) chain.push(...membersOf(holder).slice(0, 1))
  const kept = chain.filter((root, index) => root.message !== chain[index - 1]?.message)
  return kept.length > maxCauses ? [...kept.slice(0, maxCauses - 1), kept.at(-1)!] : kept
}

/** One cause by itself. */
function rootOf(cause: unknown): Root | undefined {
  if (typeof cause !== 'object' || cause === null) {
    const info = readError(String(cause))
    return info === undefined ? undefined : (info.root ?? toRoot(info))
  }
  if (Array.isArray(cause)) return members(cause)[0]
  const { message, type, code } = fromObject({ ...(cause as Fields), cause: undefined }) ?? {}
  return message === undefined ? undefined : toRoot({ message, type, code })
}

function toRoot({ message, type, code }: { [Name in 'type' | 'code']?: string | undefined } & Root): Root {
  return {
    message,
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
  }
}

/** What an AggregateError gathers, and a SuppressedError's two. */
function membersOf(given: Fields): Root[] {
  const list = partOf(given, errorParts.members)
  if (Array.isArray(list)) return members(list)
  return given['suppressed'] === undefined ? [] : members([given['error'], given['suppressed']])
}

function members(list: readonly unknown[]): Root[] {
  return list.slice(0, maxCauses).flatMap((member) => {
    const root = isObject(member) ? (causeChain(member).at(-1) ?? rootOf(member)) : rootOf(member)
    return root === undefined ? [] : [root]
  })
}

/** pino writes the causes' stacks behind the error's own. */
function foldedCauses(stack: string | undefined): Root[] {
  if (stack === undefined || !stack.includes(causedBy)) return []
  return stack
    .split(causedBy, maxCauses + 1)
    .slice(1)
    .flatMap((part) => {
      const [type, code] = [typeOf(part), bracketOf(part)]
      const message = messageOf(part) ?? code ?? type
      return message === undefined ? [] : [toRoot({ message, type, code })]
    })
}

/** pino also writes the causes' messages behind the error's own: 'boom: root' was 'boom'. */
function unfold(message: string, causes: readonly Root[]): string {
  if (causes.length === 0) return message
  const tail = `: ${causes.map((cause) => cause.message).join(': ')}`
  if (message.length > tail.length && message.endsWith(tail)) return message.slice(0, -tail.length)
  // A cause without a message leaves its colon.
  return message.replace(/(?:: ){1,5}$/, '')
}

function stackOf(value: unknown): string | undefined {
  if (typeof value === 'string') return textOf(value, maxStack)
  if (!Array.isArray(value)) return undefined
  if (typeof value[0] === 'string') {
    const text = value.filter((line) => typeof line === 'string').join('\n')
    return frameBehind.test(text) || typed.test(text) ? textOf(text, maxStack) : undefined
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

function typeOf(stack: string | undefined): string | undefined {
  return stack === undefined ? undefined : typed.exec(stack)?.[1]
}

/** Node writes an error's code behind its name: 'TypeError [ERR_X]: …'. */
function bracketOf(stack: string | undefined): string | undefined {
  return stack === undefined ? undefined : typed.exec(stack)?.[2]
}

/** The first line of a stack without the type before it, and without frames in the same line. */
function messageOf(stack: string | undefined): string | undefined {
  if (stack === undefined) return undefined
  const end = stack.indexOf('\n')
  let line = (end === -1 ? stack : stack.slice(0, end)).replace(typed, '')
  if (end === -1) line = line.replace(/\s{2,20}at \S{1,200} \(.*$/, '')
  const message = cut(line, maxText).trim()
  return message === '' ? undefined : message
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
