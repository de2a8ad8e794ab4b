/**
 * Where records carry the ids of their request and trace: the names that loggers, frameworks and tracers use,
 * after those of the options.
 */
import { getPath } from '../text/get-path.ts'
import { holderNames } from './names.ts'

const requestIdPaths: readonly string[] = [
  ...[
    'requestId',
    'reqId',
    'request_id',
    'req_id',
    'requestID',
    'req.id',
    'request.id',
    'correlationId',
    'correlation_id',
  ],
  ...['x-request-id', 'headers.x-request-id', 'req.headers.x-request-id', 'request.headers.x-request-id'],
  ...['req.headers.x-correlation-id', 'request.headers.x-correlation-id'],
  ...inHolders('requestId', 'reqId', 'request_id'),
]

const traceIdPaths: readonly string[] = [
  ...[
    'traceId',
    'trace_id',
    'traceID',
    'TraceId',
    'otelTraceID',
    'trace.id',
    'dd.trace_id',
    'spanContext.traceId',
  ],
  ...[
    'logging.googleapis.com/trace',
    'traceparent',
    'headers.traceparent',
    'req.headers.traceparent',
    'request.headers.traceparent',
  ],
  ...['req.headers.x-b3-traceid', 'req.headers.x-amzn-trace-id'],
  ...inHolders('traceId', 'trace_id'),
]

function inHolders(...names: readonly string[]): string[] {
  return holderNames.flatMap((holder) => names.map((name) => `${holder}.${name}`))
}

/** Which id a path names, and how it ranks among the paths of that id: the first of the list wins. */
export interface IdPlace {
  readonly id: 'requestId' | 'traceId'
  readonly rank: number
  /** The path inside the field, where the field is not the id itself. */
  readonly rest: string | undefined
}

/** What was found so far; the ranks say if a later find is better. */
export interface FoundIds {
  requestId: string | undefined
  traceId: string | undefined
  requestIdRank: number
  traceIdRank: number
}

/** Paths of the options: they come before the usual ones. */
export interface IdPaths {
  readonly requestId?: readonly string[] | undefined
  readonly traceId?: readonly string[] | undefined
}

const maxId = 200

/** The places to look at, by the name of the top-level field: most fields of a record cost one look-up. */
export function createIdPlaces(own: IdPaths = {}): ReadonlyMap<string, readonly IdPlace[]> {
  const places = new Map<string, IdPlace[]>()
  const add = (id: IdPlace['id'], paths: readonly string[]) => {
    paths.forEach((path, rank) => {
      for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
        const head = path.slice(0, end)
        const rest = end === path.length ? undefined : path.slice(end + 1)
        places.set(head, [...(places.get(head) ?? []), { id, rank, rest }])
      }
    })
  }
  add('requestId', [...(own.requestId ?? []), ...requestIdPaths])
  add('traceId', [...(own.traceId ?? []), ...traceIdPaths])
  return places
}

export function nothingFound(): FoundIds {
  return { requestId: undefined, traceId: undefined, requestIdRank: Infinity, traceIdRank: Infinity }
}

/** Takes from one field the ids that it holds, unless better ones are known. */
export function takeIds(found: FoundIds, places: readonly IdPlace[], field: unknown): void {
  for (const { id, rank, rest } of places) {
    const rankKey = id === 'requestId' ? 'requestIdRank' : 'traceIdRank'
    if (rank >= found[rankKey]) continue
    const text = idText(rest === undefined ? field : getPath(field, rest))
    if (text === undefined) continue
    found[id] = id === 'traceId' ? traceOf(text) : text
    found[rankKey] = rank
  }
}

function idText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value.slice(0, maxId) : undefined
}

const traceparent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/
const amazon = /(?:^|;)\s?Root=([\w-]{1,100})/
const google = /^projects\/[^/]{1,100}\/traces\/([\da-f]{1,64})$/

/** The trace id inside W3C's traceparent, Amazon's header or Google's resource name. */
function traceOf(text: string): string {
  const found = traceparent.exec(text) ?? amazon.exec(text) ?? google.exec(text)
  return found?.[1] ?? text
}
