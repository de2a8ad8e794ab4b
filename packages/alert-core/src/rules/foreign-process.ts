/**
 * The process that wrote a record, where another one reads it: a log that was collected, tailed or replayed.
 * pino writes `hostname` and `pid` into each line.
 */
import type { LogRecord } from '../model.ts'
import { cutChars } from '../text/text.ts'

/** By what the lines of this process are known. */
export interface OwnOrigin {
  readonly host: string
  readonly pid: number
}

const longestHost = 100

/** Makes the function that names the process; undefined for a record of this one. */
export function createForeignProcess({ host, pid }: OwnOrigin): (record: LogRecord) => string | undefined {
  return ({ fields }) => {
    const from = fields['hostname']
    if (typeof from !== 'string' || from === '') return undefined
    const number = fields['pid']
    const isNumbered = typeof number === 'number'
    if (from === host && (!isNumbered || number === pid)) return undefined
    const name = cutChars(from, longestHost)
    return isNumbered && number !== 1 ? `${name} (pid ${number})` : name
  }
}
