/**
 * A fetch that shows a client certificate, which Node's own fetch cannot without the undici package. It
 * supports what one POST needs: method, headers, body, signal. It keeps no socket and follows no redirect.
 */

import type { RequestOptions as HttpsOptions } from 'node:https'
import { Readable } from 'node:stream'

/** Options of the TLS connection: certificates, key, authorities. */
export type TlsOptions = Pick<
  HttpsOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized' | 'minVersion'
>

/** Makes a `fetch` whose connections use the given certificates; it rejects as `fetch` does. */
export function createHttpsFetch(tls: TlsOptions): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const { method = 'GET', headers, body, signal } = init ?? {}
    if (body && typeof body !== 'string' && !(body instanceof Uint8Array))
      throw new TypeError('body must be text or bytes')
    const bytes = Buffer.from(body ?? '')
    const lengthOf = { 'content-length': String(bytes.length) }
    const options = {
      method,
      headers: { ...Object.fromEntries(new Headers(headers)), ...lengthOf },
      agent: false as const,
      ...(signal && { signal }),
    }
    return new Promise<Response>((resolve, reject) => {
      // Loaded with the first request, to keep the start fast.
      const request =
        url.protocol === 'https:'
          ? process.getBuiltinModule('node:https').request(url, { ...options, ...tls })
          : process.getBuiltinModule('node:http').request(url, options)
      request.on('error', reject)
      request.on('response', (reply) => {
        try {
          resolve(toResponse(reply.statusCode ?? 0, reply.headersDistinct, reply))
        } catch (error) {
          reply.destroy()
          reject(error instanceof Error ? error : new Error('the reply cannot be read'))
        }
      })
      request.end(bytes)
    })
  }
}

function toResponse(status: number, headers: NodeJS.Dict<string[]>, stream: Readable): Response {
  const list = Object.entries(headers).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  )
  const hasNoBody = status === 204 || status === 205 || status === 304
  if (hasNoBody) stream.resume()
  // A stream in node:stream/web terms and one in fetch terms are the same object under two type names.
  const body = hasNoBody ? null : (Readable.toWeb(stream) as ReadableStream<Uint8Array>)
  return new Response(body, { status, headers: list })
}
