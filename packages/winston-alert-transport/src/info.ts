/**
 * What winston hands to a transport, and the places in it where an application's own fields may lie.
 */

import { type InfoInspection, inspectInfo } from './inspect-info.ts'
import { isFieldsObject, readSafely } from './read-safely.ts'

/** One log call as winston passes it on: an object of any kind, an Error included. */
export type Info = Readonly<Record<string | symbol, unknown>>

/** A log call, looked at. */
export interface Call {
  readonly main: InfoInspection
  /** Beside `info`: an object in the message's place, what `format.metadata()` moved, arguments that are not in `info`. */
  readonly nested: readonly InfoInspection[]
  /** The arguments after the message. */
  readonly splat: readonly unknown[]
}

/** The level's label as logged; `info.level` may be colorized, or overwritten by a field of that name. */
export const levelKey: unique symbol = Symbol.for('level') as never
/** The arguments after the message. */
export const splatKey: unique symbol = Symbol.for('splat') as never

const nothing: readonly never[] = []
const maxSplat = 10
const token = /%[scdjifoO%]/

/** Looks at everything a log call carries. Never throws. */
export function readCall(info: Info): Call {
  const main = inspectInfo(info)
  const given = readSafely(info, splatKey)
  const splat: readonly unknown[] = Array.isArray(given) ? given : nothing
  const nested: InfoInspection[] = []
  for (const value of [main.message, main.metadata, main.meta]) {
    if (isFieldsObject(value)) nested.push(inspectInfo(value))
  }
  // winston merges the first argument into `info` unless the message has tokens. If it is not there now, a format took it out.
  const first = splat.length > 0 && !hasTokens(main.message) ? 1 : 0
  for (let index = first; index < splat.length && index < maxSplat; index++) {
    const value = splat[index]
    if (isFieldsObject(value)) nested.push(inspectInfo(value))
  }
  return { main, nested, splat }
}

/** True for what `handleExceptions` and `handleRejections` hand over. */
export function isCrash({ main, nested }: Call): boolean {
  return isMarked(main) || nested.some(isMarked)
}

function isMarked({ exception, rejection }: InfoInspection): boolean {
  return exception === true || rejection === true
}

function hasTokens(message: unknown): boolean {
  return typeof message === 'string' && message.includes('%') && token.test(message)
}
