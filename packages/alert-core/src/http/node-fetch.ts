/**
 * A `fetch` over node:http, for code that knows no other: it rejects as `fetch` does, and supports what one
 * request needs: method, headers, a body of text or bytes, signal.
 */
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { createNodeExchange, decoded, type NodeConnecting, sendByNode } from './node-exchange.ts'
import type { ExchangingFetch } from './request.ts'

/** Makes a `fetch` whose connections use the certificates and the proxies. */
export function createNodeFetch(connecting: NodeConnecting): ExchangingFetch {
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { method = 'GET', headers, body, signal } = init ?? {}
    if (body && typeof body !== 'string' && !(body instanceof Uint8Array))
      throw new TypeError('body must be text or bytes')
    const reply = await sendByNode(connecting, {
      url: new URL(input instanceof Request ? input.url : input),
      method,
      headers: Object.fromEntries(new Headers(headers)),
      ...(body && { body }),
      ...(signal && { signal }),
    })
    return toResponse(reply)
  }
  return Object.assign(fetch, { exchange: createNodeExchange(connecting) })
}

function toResponse(reply: IncomingMessage): Response {
  const { statusCode: status = 0, headersDistinct } = reply
  const headers = Object.entries(headersDistinct).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  )
  const hasNoBody = status === 204 || status === 205 || status === 304
  if (hasNoBody) reply.resume()
  try {
    // A stream in node:stream/web terms and one in fetch terms are the same object under two type names.
    const body = hasNoBody ? null : (Readable.toWeb(decoded(reply)) as ReadableStream<Uint8Array>)
    return new Response(body, { status, headers })
  } catch (error) {
    reply.destroy()
    throw error instanceof Error ? error : new Error('the reply cannot be read')
  }
}
