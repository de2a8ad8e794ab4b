/**
 * What the name of a record's field means: a part of the record, an error or a part of one, an object that
 * holds the fields, or the place of an id. The ids lie where loggers, frameworks and tracers put them, after
 * the places that the options name.
 */
import { createLru } from '../cache/lru.ts'
import { flatErrorNames, holderNames, joinedErrorNames } from './names.ts'
import { cutKey } from './shorten-line.ts'

/** Where a header may lie: as a field of its own, under `headers`, in a request, in express-winston's. */
const headerHolders = ['', 'headers.', 'req.headers.', 'request.headers.', 'meta.req.headers.']

/** In order of precedence, as docs/records.md has it: the first one that a record has counts. */
const requestIdPaths: readonly string[] = [
  ...['requestId', 'reqId', 'request_id', 'req_id', 'requestID', 'rid', 'req.id', 'request.id'],
  ...['ctx.requestID', 'ctx.requestId', 'ctx.reqId', 'http.request.id', 'httpRequest.requestId'],
  ...['awsRequestId', 'function_request_id', 'transaction.id', 'correlationId', 'correlation_id'],
  ...inHeaders('x-request-id', 'request-id', 'x-correlation-id'),
  ...inHolders('requestId', 'reqId', 'request_id'),
  ...['jobId', 'job.id'],
]

const traceIdPaths: readonly string[] = [
  ...['traceId', 'trace_id', 'traceID', 'TraceId', 'otelTraceID', 'trace.id', 'dd.trace_id'],
  ...['spanContext.traceId', 'logging.googleapis.com/trace', 'xray_trace_id', 'x-correlation-trace-id'],
  ...inHeaders('traceparent', 'x-b3-traceid', 'b3', 'x-amzn-trace-id'),
  ...inHolders('traceId', 'trace_id'),
]

function inHeaders(...names: readonly string[]): string[] {
  return names.flatMap((name) => headerHolders.map((holder) => holder + name))
}

function inHolders(...names: readonly string[]): string[] {
  return holderNames.flatMap((holder) => names.map((name) => `${holder}.${name}`))
}

/** Which id a path names, and how it ranks among the paths of that id: the first of the list wins. */
export interface IdPlace {
  readonly id: 'requestId' | 'traceId'
  readonly rank: number
  /** The path inside the field, where the field is not the id itself. */
  readonly rest: string | undefined
  /** The name of the header, where the path leads to one of the field's `headers`. */
  readonly header: string | undefined
}

/** Paths of the options: they come before the usual ones. */
export interface IdPaths {
  readonly requestId?: readonly string[] | undefined
  readonly traceId?: readonly string[] | undefined
}

/** What a field is, and which ids it is or holds. */
export interface Meaning {
  readonly places: readonly IdPlace[]
  /** Its names are those of headers. */
  readonly areHeaders: boolean
  readonly kind:
    | 'ids'
    | 'level'
    | 'time'
    | 'message'
    | 'alert'
    | 'nothing'
    | 'holder'
    | 'error'
    | 'error-part'
    | 'syslog'
    | 'cut'
}

/** How the logger calls what this room looks for. */
export interface FieldNames {
  readonly messageKey: string
  readonly errorKeys: readonly string[]
  readonly nestedKey: string | undefined
  readonly trace: IdPaths | undefined
}

type Meanings = ReadonlyMap<string, Meaning>

/** They are large, and most hubs of a process look for the same names. */
const known = createLru<string, Meanings>(20)

/** The meanings by name; most names have none. */
export function meaningsOf(names: FieldNames): Meanings {
  const key = JSON.stringify(names)
  const meanings = known.get(key) ?? createMeanings(names)
  known.set(key, meanings)
  return meanings
}

function createMeanings({ messageKey, errorKeys, nestedKey, trace }: FieldNames): Meanings {
  const places = createIdPlaces(trace ?? {})
  const meanings = new Map<string, Meaning>()
  const add = (keys: Iterable<string>, kind: Meaning['kind']) => {
    for (const key of keys)
      meanings.set(key, { places: places.get(key) ?? [], areHeaders: key === 'headers', kind })
  }
  add(places.keys(), 'ids')
  add(
    holderNames.filter((name) => name !== nestedKey),
    'holder',
  )
  add([...flatErrorNames, ...errorKeys.map((key) => `${key}.cause`), 'stack', 'stack_trace'], 'error-part')
  add(Object.values(joinedErrorNames).flat(), 'error-part')
  add([...errorKeys, 'errors', 'reason', 'cause'], 'error')
  add(['short_message', 'MESSAGE', 'facility'], 'syslog')
  add(['level'], 'level')
  add(['time'], 'time')
  add(['alert'], 'alert')
  add([messageKey], 'message')
  add(['__proto__'], 'nothing')
  add([cutKey], 'cut')
  return meanings
}

/** The places of ids, by the name of the top-level field: most fields of a record cost one look-up. */
function createIdPlaces(own: IdPaths): ReadonlyMap<string, readonly IdPlace[]> {
  const places = new Map<string, IdPlace[]>()
  const add = (id: IdPlace['id'], paths: readonly string[]) => {
    paths.forEach((path, rank) => {
      for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
        const head = path.slice(0, end)
        const rest = end === path.length ? undefined : path.slice(end + 1)
        const header = rest?.startsWith('headers.') ? rest.slice('headers.'.length) : undefined
        places.set(head, [...(places.get(head) ?? []), { id, rank, rest, header }])
      }
    })
  }
  add('requestId', [...(own.requestId ?? []), ...requestIdPaths])
  add('traceId', [...(own.traceId ?? []), ...traceIdPaths])
  return places
}

const traceparent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/
const b3 = /^([\da-f]{32}|[\da-f]{16})-[\da-f]{16}(?:-[01d](?:-[\da-f]{16})?)?$/
const amazon = /(?:^|;)\s?Root=([\w-]{1,100})/
const google = /^projects\/[^/]{1,100}\/traces\/([\da-f]{1,64})$/

/**
 * The trace id inside W3C's traceparent, B3's one header, Amazon's header or Google's resource name; '' if
 * the text only says whether the trace is sampled.
 */
export function traceIdOf(text: string): string {
  // B3 says so without an id.
  if (text.length === 1) return ''
  const found = traceparent.exec(text) ?? b3.exec(text) ?? amazon.exec(text) ?? google.exec(text)
  return found?.[1] ?? text
}
