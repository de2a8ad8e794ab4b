/**
 * Where records carry the ids of their request and trace: the names that loggers, frameworks and tracers use.
 */
import { getPath } from '../kernel/path.ts'

export const requestIdPaths: readonly string[] = [
  'requestId',
  'reqId',
  'request_id',
  'req_id',
  'req.id',
  'request.id',
  'correlationId',
  'correlation_id',
  'req.headers.x-request-id',
  'request.headers.x-request-id',
  'metadata.requestId',
  'meta.requestId',
]

export const traceIdPaths: readonly string[] = [
  'traceId',
  'trace_id',
  'otelTraceID',
  'trace.id',
  'dd.trace_id',
  'spanContext.traceId',
  'req.headers.traceparent',
  'traceparent',
  'metadata.traceId',
  'meta.traceId',
]

const maxId = 200

/** Makes a reader that looks at `paths` in order and takes the first text or number. */
export function createIdReader(
  paths: readonly string[],
): (fields: Readonly<Record<string, unknown>>) => string | undefined {
  const places = [...new Set(paths)].map((path) => ({ path, head: path.split('.', 1)[0]! }))
  return (fields) => {
    for (const { path, head } of places) {
      // Most records lack most of these: one look at the first part spares the walk.
      if (fields[head] === undefined && fields[path] === undefined) continue
      const value = getPath(fields, path)
      if (typeof value === 'number') return String(value)
      if (typeof value === 'string' && value !== '') return traceOf(value).slice(0, maxId)
    }
    return undefined
  }
}

/** W3C traceparent '00-<trace>-<span>-01' holds the trace id as its second part. */
function traceOf(value: string): string {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(value)?.[1] ?? value
}
