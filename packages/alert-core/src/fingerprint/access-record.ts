/**
 * Records that say only how a request ended, as pino-http and fastify write them: which route failed how is
 * the problem.
 */
import type { LogRecord } from '../model.ts'
import { getPath } from '../text/get-path.ts'

const ended = /^(?:request (?:errored|completed|aborted|failed)|incoming request|response sent)$/i
/** What pino-http makes up where no error was given. */
const madeUp = /^failed with status code \d{3}$/

/**
 * 'POST /orders/<*>/pay 502' if the record says no more than that; its error, if any, says nothing of its
 * own.
 */
export function accessKey({ msg, err, fields }: LogRecord): string | undefined {
  if (err !== undefined && !madeUp.test(err.message)) return undefined
  if (!ended.test(msg) && !(err !== undefined && msg === err.message)) return undefined
  const method = getPath(fields, 'req.method') ?? getPath(fields, 'request.method')
  const status =
    getPath(fields, 'res.statusCode') ?? getPath(fields, 'res.status') ?? getPath(fields, 'statusCode')
  if (typeof method !== 'string' || typeof status !== 'number') return undefined
  const route = routeNames.map((name) => getPath(fields, name)).find((path) => typeof path === 'string')
  return typeof route === 'string' ? `${method} ${withoutValues(route)} ${status}` : undefined
}

/** The route as the application wrote it says more than what was requested. */
const routeNames = [
  'req.route.path',
  'req.routeOptions.url',
  'req.routerPath',
  'req.originalUrl',
  'req.url',
  'request.url',
]
const maxPath = 500
const version = /^v\d{1,3}$/
const value = /\d|^.{40,}$|[@%]/

function withoutValues(path: string): string {
  const [route = ''] = path.slice(0, maxPath).split(/[?#]/, 1)
  const parts = route.split('/').map((part) => (value.test(part) && !version.test(part) ? '<*>' : part))
  return parts.join('/')
}
