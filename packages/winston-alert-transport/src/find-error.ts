/**
 * The error of a log call. winston accepts one in a dozen ways and keeps it in as many places: as `info`
 * itself, as its message, behind the message, under some key, or only as a `stack` when a format has copied
 * it.
 */
import { isError } from 'alert-core/adapter'
import type { Call, InfoInspection } from './info.ts'
import { uncoloured } from './read-safely.ts'

/** The error, and its place; `key` and `owner` if it was the field of an object. */
export interface FoundError {
  readonly error: object
  readonly key?: string
  readonly owner?: InfoInspection
}

const maxHead = 2_000
const maxStack = 16_384
const frame = '\n    at '

/** The error of this call, if any. Never throws. */
export function findError({ main, nested, splat }: Call): FoundError | undefined {
  if (isError(main.source)) return { error: main.source }
  if (isError(main.message)) return { error: main.message }
  const behind = splat.length === 0 ? undefined : splat.find(isError)
  if (behind !== undefined) return { error: behind }
  return (
    first(main, nested, inField) ??
    first(main, nested, inStack) ??
    first(main, nested, inCause) ??
    inMessage(main)
  )
}

function first<Found>(
  main: InfoInspection,
  nested: readonly InfoInspection[],
  look: (at: InfoInspection) => Found | undefined,
) {
  let found = look(main)
  for (let index = 0; found === undefined && index < nested.length; index++) found = look(nested[index]!)
  return found
}

/** Under `err`, `error` or `exception`, else under any name: `{ e }`, `{ reason }`. */
function inField(owner: InfoInspection): FoundError | undefined {
  if (isError(owner.err)) return { error: owner.err, key: 'err', owner }
  if (isError(owner.error)) return { error: owner.error, key: 'error', owner }
  if (isError(owner.exception)) return { error: owner.exception, key: 'exception', owner }
  const index = owner.values.findIndex(isError)
  return index === -1 ? undefined : { error: owner.values[index] as Error, key: owner.keys[index]!, owner }
}

function inCause(owner: InfoInspection): FoundError | undefined {
  return isError(owner.cause) ? { error: owner.cause, key: 'cause', owner } : undefined
}

function inStack(owner: InfoInspection): FoundError | undefined {
  return typeof owner.stack === 'string' ? { error: fromStack(owner, owner.stack) } : undefined
}

/** `logger.error(error.stack)` */
function inMessage(main: InfoInspection): FoundError | undefined {
  const { message } = main
  if (typeof message !== 'string' || !message.includes('\n')) return undefined
  const stack = uncoloured(message.slice(0, maxStack))
  return stack.includes(frame) ? { error: fromStack(main, stack) } : undefined
}

/**
 * What `format.errors({ stack: true })`, `child()` and copying leave of an error: its stack, whose head says
 * type and message.
 */
function fromStack(owner: InfoInspection, stack: string): object {
  const frames = stack.indexOf(frame)
  const head = stack.slice(0, Math.min(frames === -1 ? maxHead : frames, maxHead))
  const [whole, name, bracketed] = /^([\w$.]{1,100})(?: \[(\w{1,100})\])?(?:: |$)/.exec(head) ?? []
  return {
    type: name ?? 'Error',
    message: whole === undefined ? head : head.slice(whole.length),
    code: owner.code ?? bracketed,
    stack,
    cause: owner.cause,
  }
}
