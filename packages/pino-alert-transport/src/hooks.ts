/**
 * `hooks: { logMethod }` of pino: `logger.error('text', error)`, in which pino loses the error before any
 * transport sees it, becomes `logger.error({ err: error }, 'text')`. All other calls stay as they are.
 */
import { types } from 'node:util'
import type { LoggerOptions } from 'pino'

/** A hook as pino's option `hooks.logMethod` takes it. */
export type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>

/**
 * Puts an error behind a text before it, under the logger's error key. An error that a placeholder of the
 * text shows (`error('failed: %s', error)`) stays where it is.
 */
export const logMethod: LogMethod = function logMethod(args, method) {
  method.apply(this, rearranged(this, args))
}

/** The same before a hook of the application: `hooks: { logMethod: composeLogMethod(own) }`. */
export function composeLogMethod(own: LogMethod): LogMethod {
  return function logMethod(args, method, level) {
    own.call(this, rearranged(this, args), method, level)
  }
}

type Args = Parameters<LogMethod>[0]

function rearranged(logger: unknown, args: Args): Args {
  const [text, ...values] = args as unknown as unknown[]
  if (values.length === 0 || typeof text !== 'string') return args
  const index = values.findIndex(isError)
  if (index === -1 || shownValues(text).includes(index)) return args
  const error = values[index]
  // One before others keeps its place, so that placeholders show what they showed.
  if (index === values.length - 1) values.pop()
  return [{ [errorKeyOf(logger)]: error }, text, ...values] as unknown as Args
}

/** The name under which the logger puts an error: a setting under a symbol of its copy of pino. */
function errorKeyOf(logger: unknown): string {
  for (let holder = logger; typeof holder === 'object' && holder !== null; ) {
    for (const symbol of Object.getOwnPropertySymbols(holder)) {
      const key: unknown = (holder as Record<symbol, unknown>)[symbol]
      if (symbol.description === 'pino.errorKey' && typeof key === 'string') return key
    }
    holder = Object.getPrototypeOf(holder)
  }
  return 'err'
}

/** An error of another realm is not an instance of this one's Error. */
function isError(value: unknown): boolean {
  return types.isNativeError(value) || value instanceof Error
}

/** Which of the values the text shows: pino counts '%' with any sign behind it, but for '%%'. */
function shownValues(text: string): number[] {
  const shown: number[] = []
  let index = 0
  for (const [, sign = ''] of text.matchAll(/%([\s\S])/g)) {
    if (sign === '%') continue
    if ('dfiOojs'.includes(sign)) shown.push(index)
    index++
  }
  return shown
}
