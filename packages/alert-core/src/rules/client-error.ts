/**
 * Whether a record says no more than that a request was wrong: the service answered with a status from 400 to
 * 499, or its error has such a status. What another service answers to this one is a problem of this one, so
 * the errors of HTTP clients do not count.
 */
import type { LogRecord } from '../model.ts'
import { getPath, isObject } from '../text/get-path.ts'

type Fields = Readonly<Record<string, unknown>>

/** Too slow, too early, too many: the service may be the cause. */
const notTheClients: ReadonlySet<number> = new Set([408, 425, 429])

/** What the service answered: pino-http and others · ECS · Google Cloud · express-winston. */
const responsePaths = [
  ['res', 'statusCode'],
  ['res', 'status'],
  ['http', 'response.status_code'],
  ['httpRequest', 'status'],
  ['meta', 'res.statusCode'],
] as const

/** What Apollo, Yoga and others say of a wrong query, instead of a status. */
const queryCodes: ReadonlySet<unknown> = new Set([
  ...['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE'],
  ...['BAD_USER_INPUT', 'BAD_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'],
  ...['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED'],
])

/** An error has these if it says what an HTTP client was answered. */
const clientParts = [
  ...['isAxiosError', 'config', 'request', '$metadata', 'requestId', 'requestID', 'request_id'],
  ...['raw', 'rawError', 'requestBody', 'moreInfo'],
]
/** And its `response` these; the response of a NestJS exception has a message and a status. */
const answerParts = ['headers', 'header', 'config', 'request', 'req', 'url', 'data', 'body', 'text']

/** True for a wrong request, as opposed to a problem of the service. */
export function isClientError({ err, fields }: LogRecord): boolean {
  const answered = responseStatus(fields)
  // What an error handler logs may have the status that stands there before one is set: 200, or Koa's 404.
  if (answered !== undefined && answered >= 400 && !isUnsent(fields)) return isWrongRequest(answered)
  return err !== undefined && isWrongRequest(errorStatus(fields))
}

/** A response of Node.js that no serializer has read says by this that its status is not sent yet. */
function isUnsent({ res }: Fields): boolean {
  return isObject(res) && res['_header'] === null
}

function isWrongRequest(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500 && !notTheClients.has(status)
}

function responseStatus(fields: Fields): number | undefined {
  for (const [field, path] of responsePaths) {
    const holder = fields[field]
    const status = holder === undefined ? undefined : getPath(holder, path)
    if (typeof status === 'number') return status
  }
  const status = fields['http.response.status_code'] ?? besideRequest(fields)
  return typeof status === 'number' ? status : undefined
}

/** Without its request such a status may be what another service answered. */
function besideRequest({ req, request, statusCode, status }: Fields): unknown {
  return isObject(req) || isObject(request) ? (statusCode ?? status) : undefined
}

/** Of the error under its key, or spread over the record; express-winston puts it in parts into `meta`. */
function errorStatus(fields: Fields): unknown {
  const { err, meta } = fields
  if (isObject(err)) return statusOf(err)
  if (fields['stack'] !== undefined) return statusOf(fields)
  if (!isObject(meta) || meta['stack'] === undefined) return undefined
  return statusOf(isObject(meta['error']) ? meta['error'] : meta)
}

function statusOf(error: Fields): unknown {
  const { status, statusCode, output, extensions, code, className } = error
  // Boom
  if (error['isBoom'] === true) return getPath(output, 'statusCode')
  // Feathers
  if (typeof className === 'string' && typeof code === 'number') return code
  if (isObject(extensions)) return queryStatus(extensions)
  const own = statusCode ?? status
  return own === undefined || saysWhatWasAnswered(error) ? undefined : own
}

function queryStatus(extensions: Fields): unknown {
  return queryCodes.has(extensions['code']) ? 400 : getPath(extensions, 'http.status')
}

/** `expose` is what http-errors gives to errors of a server. */
function saysWhatWasAnswered(error: Fields): boolean {
  if (error['expose'] !== undefined) return false
  if (error['headers'] !== undefined || clientParts.some((name) => error[name] !== undefined)) return true
  const { response } = error
  return isObject(response) && answerParts.some((name) => response[name] !== undefined)
}
