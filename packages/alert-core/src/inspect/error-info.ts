/**
 * What a record says of its error, in whatever shape it came: pino's serialised `err`, an Error object, a bare object, a text.
 */
import type { ErrorInfo } from '../model.ts'

const maxStack = 16_384
const maxText = 10_000
const maxCauses = 5

/** Reads an error out of a field's value; `undefined` when the value says nothing of one. */
export function readError(value: unknown): ErrorInfo | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { message: cut(value) }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const given = value as Record<string, unknown>
  const message = textOf(given['message']) ?? textOf(given['msg'])
  const stack = textOf(given['stack'], maxStack)
  const type = textOf(given['type']) ?? textOf(given['name']) ?? typeOfStack(stack)
  const code = codeOf(given['code']) ?? codeOf(given['errno'])
  const causes = causesOf(given, stack)
  if (message === undefined && stack === undefined && type === undefined && code === undefined)
    return undefined
  return {
    message: message ?? firstLine(stack) ?? code ?? '',
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack }),
    ...(causes.length === 0 ? {} : { causes }),
  }
}

function causesOf(given: Record<string, unknown>, stack: string | undefined): string[] {
  const causes: string[] = []
  let cause = given['cause']
  for (let depth = 0; depth < maxCauses && cause !== undefined && cause !== null; depth++) {
    if (typeof cause !== 'object') {
      causes.push(cut(String(cause)))
      break
    }
    const message = textOf((cause as Record<string, unknown>)['message'])
    if (message !== undefined) causes.push(message)
    cause = (cause as Record<string, unknown>)['cause']
  }
  const inner = given['aggregateErrors'] ?? given['errors']
  if (Array.isArray(inner)) {
    for (const each of inner.slice(0, maxCauses)) {
      const message =
        typeof each === 'string' ? each : textOf((each as Record<string, unknown> | null)?.['message'])
      if (message !== undefined) causes.push(cut(message))
    }
  }
  if (causes.length === 0 && stack !== undefined) {
    // pino folds the cause chain into the stack.
    for (const line of stack.split('\ncaused by: ', maxCauses + 1).slice(1))
      causes.push(cut(firstLine(line) ?? ''))
  }
  return causes.filter((text) => text !== '').slice(0, maxCauses)
}

function textOf(value: unknown, max = maxText): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  return value.length > max ? value.slice(0, max) : value
}

function codeOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return textOf(value, 200)
}

function typeOfStack(stack: string | undefined): string | undefined {
  return stack === undefined ? undefined : /^([A-Z]\w{0,80}):/.exec(stack)?.[1]
}

function firstLine(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cut(text.split('\n', 1)[0]!)
}

function cut(text: string): string {
  return text.length > maxText ? text.slice(0, maxText) : text
}
