/**
 * The fields of a record by the names that rules, templates and options use: its own parts first, then what
 * its line carried.
 */

import { type LogRecord, severityOfLevel } from '../model.ts'
import { getPath } from '../text/get-path.ts'

/**
 * The value at `path`: `msg`, `level` (a number), `severity` (by the level), `time`, `requestId`, `traceId`,
 * `err.code` and the like, else the line's own fields. `undefined` where there is none; never throws.
 */
export function recordField(record: LogRecord, path: string): unknown {
  switch (path) {
    case 'level':
      return record.level
    case 'levelLabel':
      return record.levelLabel
    case 'severity':
      return severityOfLevel(record.level)
    case 'msg':
    case 'message':
      return record.msg
    case 'time':
      return record.time
    case 'requestId':
      return record.requestId ?? record.fields[path]
    case 'traceId':
      return record.traceId ?? record.fields[path]
    case 'err':
      return record.err
  }
  if (record.err !== undefined && path.startsWith('err.')) {
    const known = getPath(record.err, path.slice(4))
    if (known !== undefined) return known
  }
  return getPath(record.fields, path)
}
