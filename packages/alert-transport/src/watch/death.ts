/**
 * The record of an application that died: how it ended, the error that it printed, and the last lines of its
 * stderr.
 */
import type { AlertInput, Hub } from 'alert-core'
import { cleanText } from '../clean.ts'
import type { Exited } from './watched-application.ts'

/** The field that messages show beside the error. */
export const stderrField = 'stderr'

const most = { lines: 8, chars: 480 }

/** The record; `err` is absent if no error was printed. */
export interface Death extends AlertInput {
  readonly err?: PrintedError
}

/** As a logger would have written it, at level fatal. */
export function deathOf({ exitCode, signal, stderr }: Exited): Death {
  const text = cleanText(stderr)
  const error = printedError(text)
  const how = signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`
  const last = lastLines(text)
  return {
    level: 'fatal',
    message: `The application ${how}`,
    crash: 'exit',
    ...(signal === undefined ? { exitCode } : { signal }),
    ...(error === undefined ? {} : { err: error }),
    ...(last === '' ? {} : { [stderrField]: last }),
  }
}

/** Whether one of the last lines of the log says it: then it needs no second alert. */
export function isLogged({ err }: Death, latest: readonly string[], hub: Hub): boolean {
  const text = err === undefined ? '' : JSON.stringify(err.message).slice(1, -1)
  return latest.some((line) => {
    const { severity } = hub.explain(line)
    return severity === 'critical' || (severity === 'error' && text !== '' && line.includes(text))
  })
}

/** An error as Node prints one that nothing caught. */
export interface PrintedError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: Pick<PrintedError, 'type' | 'message'>
}

const thrown = /^(?:Uncaught )?([A-Z][\w$.]*)(?: \[(\w+)\])?: (.*)((?:\n {4}at .+)+)/gm
const causedBy = /^ +\[cause\]: ([A-Z][\w$.]*)(?: \[\w+\])?: (.*)$/m
const outOfMemory = /^(?:FATAL ERROR|#\s*Fatal error)(?:: | in .*\n#\s*)(.+)$/m

/** The last one of the text, with its first cause. */
export function printedError(text: string): PrintedError | undefined {
  const [found] = [...text.matchAll(thrown)].slice(-1)
  if (found !== undefined) {
    const [stack, type = '', code, message = ''] = found
    const [, causeType, causeMessage = ''] = causedBy.exec(text.slice(found.index + stack.length)) ?? []
    return {
      type,
      message,
      stack,
      ...(code === undefined ? {} : { code }),
      ...(causeType === undefined ? {} : { cause: { type: causeType, message: causeMessage } }),
    }
  }
  const message = outOfMemory.exec(text)?.[1]
  return message === undefined ? undefined : { type: 'FatalError', message }
}

/** Frames of a stack say nothing to who reads a message, nor do empty lines. */
function lastLines(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s+at /.test(line) && !/^Node\.js v\d/.test(line))
  return Array.from(lines.slice(-most.lines).join('\n')).slice(-most.chars).join('')
}
