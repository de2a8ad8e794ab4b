/** Which request failed, and how: 'POST /orders/… → 502', of what loggers of requests write. */
import { maskedRoute } from '../fingerprint/fingerprint.ts'
import type { LogRecord } from '../model.ts'
import { getPath } from '../text/get-path.ts'
import type { Scrub } from './scrub.ts'

/** A request of a record; its texts are safe to show, and what varies in its path is '…'. */
export interface RequestParts {
  readonly method: string
  readonly path: string
  readonly status?: number
}

/** pino-http and the like · Google Cloud · OpenTelemetry, present and former names. */
const names = {
  method: ['req.method', 'request.method', 'httpRequest.requestMethod', 'http.request.method', 'http.method'],
  declared: ['req.route.path', 'req.routeOptions.url', 'req.routerPath', 'http.route'],
  requested: [
    'req.originalUrl',
    'req.url',
    'request.url',
    'httpRequest.requestUrl',
    'url.path',
    'http.target',
    'http.url',
  ],
  status: [
    'res.statusCode',
    'res.status',
    'statusCode',
    'httpRequest.status',
    'http.response.status_code',
    'http.status_code',
  ],
} as const

const most = { method: 20, path: 200 }

/** Undefined if the record is not about a request. */
export function requestParts(record: LogRecord, scrub: Scrub): RequestParts | undefined {
  const { fields: raw } = record
  if (findText(raw, names.method) === undefined) return undefined
  const fields = scrub.fields(raw)
  const method = findText(fields, names.method)
  const declared = findText(fields, names.declared)
  const route = declared ?? findText(fields, names.requested)
  if (method === undefined || route === undefined) return undefined
  const masked = maskedRoute(method, pathOf(route), declared !== undefined).replaceAll('<*>', '…')
  const status = find(fields, names.status, (value): value is number => Number.isInteger(value))
  return {
    method: scrub.line(method, most.method),
    path: scrub.line(masked, most.path),
    ...(status === undefined ? {} : { status }),
  }
}

/** '' if the record is not about a request. */
export function requestText(parts: RequestParts | undefined): string {
  if (parts === undefined) return ''
  const { method, path, status } = parts
  return `${method} ${path}${status === undefined ? '' : ` → ${status}`}`
}

/** Of an address only its path: the host is that of the service. */
function pathOf(route: string): string {
  return /^https?:\/\//.test(route) && URL.canParse(route) ? new URL(route).pathname : route
}

function findText(fields: LogRecord['fields'], paths: readonly string[]): string | undefined {
  return find(fields, paths, (value): value is string => typeof value === 'string' && value !== '')
}

function find<Value>(
  fields: LogRecord['fields'],
  paths: readonly string[],
  is: (value: unknown) => value is Value,
): Value | undefined {
  for (const path of paths) {
    const value = getPath(fields, path)
    if (is(value)) return value
  }
  return undefined
}
