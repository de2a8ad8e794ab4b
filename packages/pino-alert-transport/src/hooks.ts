/**
 * `hooks: { logMethod }` of pino: `logger.error('text', error)` and `logger.error({ … }, 'text', error)`, in
 * which pino loses the error before any transport sees it, become `logger.error({ …, err: error }, 'text')`.
 * What pino does not write of an error's causes is logged beside it, and an error of another realm, such as
 * that of `node:vm`, is logged as one of its own. All other calls stay as they are.
 */
import { types } from 'node:util'
import { isObjectOrList } from 'alert-core/adapter'
import type { LoggerOptions } from 'pino'
import { errorKeyOf, isError, isForeign, lostCauses } from './causes.ts'

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
  return withLostCauses(logger, withError(logger, withForeign(logger, args)))
}

/** `error(err)` with an error of another realm, as pino writes one of its own. */
function withForeign(logger: unknown, args: Args): Args {
  const [first, ...rest] = args as unknown as unknown[]
  if (!isForeign(first)) return args
  const text = rest.length === 0 ? [first.message] : rest
  return [{ [errorKeyOf(logger)]: first }, ...text] as unknown as Args
}

/** The causes of the error in the place where transports see them. */
function withLostCauses(logger: unknown, args: Args): Args {
  const [first, ...rest] = args as unknown as unknown[]
  if (!isObjectOrList(first)) return args
  const errorKey = errorKeyOf(logger)
  const error = isError(first) ? first : isPlain(first) ? first[errorKey] : undefined
  const causes = lostCauses(logger, errorKey, error)
  if (causes === undefined) return args
  const fields = isPlain(first) ? first : { [errorKey]: error }
  // As pino does it if no text is given.
  const text = rest.length === 0 && fields['msg'] === undefined ? [(error as Error).message] : rest
  return [{ ...fields, [`${errorKey}.cause`]: causes }, ...text] as unknown as Args
}

function withError(logger: unknown, args: Args): Args {
  const [first, ...rest] = args as unknown as unknown[]
  const [text, ...values] = isPlain(first) ? rest : [first, ...rest]
  if (values.length === 0 || typeof text !== 'string') return args
  const index = values.findIndex(isError)
  if (index === -1 || shownValues(text).includes(index)) return args
  const error = values[index]
  // One before others keeps its place, so that placeholders show what they showed.
  if (index === values.length - 1) values.pop()
  const errorKey = errorKeyOf(logger)
  const fields = isPlain(first) ? first : {}
  // The application has given another error its place.
  if (fields[errorKey] !== undefined && fields[errorKey] !== null) return args
  return [{ ...fields, [errorKey]: error }, text, ...values] as unknown as Args
}

/** Fields as they are written in a call: a request or a response must stay the object that it is. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObjectOrList(value) || types.isProxy(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
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
