// Next.js calls these two: once at the start, and for each error of the server that your code did not catch.

/** The edge runtime has neither threads nor sockets: only the Node.js runtime alerts. */
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./logger.js')
}

export async function onRequestError(err, { method, path, headers }, { routePath, routeType }) {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { logger } = await import('./logger.js')
  const req = { method, url: path, route: { path: routePath } }
  logger.error({ err, req, requestId: headers['x-request-id'], routeType })
}
