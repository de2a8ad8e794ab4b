/**
 * A stand-in for Consul's key-value store, as far as a watch of one key needs it: raw values, the index,
 * blocking queries, tokens.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createCertificate } from './fake/certificate.ts'

/** A key-value store on loopback. */
export interface Consul {
  /** 'http://127.0.0.1:<port>', https with `tls`. */
  readonly url: string
  /** The certificate of its own authority as PEM, with `tls`: for NODE_EXTRA_CA_CERTS. */
  readonly ca?: string
  /**
   * Sets a key and answers the queries that wait for it; `index` forces the index, as a restored snapshot
   * does.
   */
  set(key: string, value: string, index?: number): void
  /** Requests so far, newest last. */
  readonly requests: readonly { readonly key: string; readonly index: number; readonly wait: string | null }[]
  close(): Promise<void>
}

interface Waiting {
  readonly key: string
  readonly response: ServerResponse
  readonly timer: NodeJS.Timeout
}

const maxRequests = 1_000

export interface ConsulOptions {
  /** Requests without it are answered 403. */
  readonly token?: string
  /** Serves https, with a certificate made at the start. */
  readonly tls?: boolean
}

/** Starts a store on a free port of 127.0.0.1. */
export async function createConsul({ token, tls = false }: ConsulOptions = {}): Promise<Consul> {
  const certificate = tls ? createCertificate(['127.0.0.1']) : undefined
  const values = new Map<string, { value: string; index: number }>()
  const requests: { key: string; index: number; wait: string | null }[] = []
  const waiting = new Set<Waiting>()
  let lastIndex = 1

  function answer(response: ServerResponse, key: string): void {
    const found = values.get(key)
    response.setHeader('x-consul-index', String(found?.index ?? lastIndex))
    response.statusCode = found === undefined ? 404 : 200
    response.end(found?.value ?? '')
  }

  const server = certificate === undefined ? createServer(take) : createTlsServer(certificate, take)

  function take(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://consul')
    const key = decodeURIComponent(pathname.replace('/v1/kv/', ''))
    const index = Number(searchParams.get('index') ?? 0)
    const wait = searchParams.get('wait')
    if (requests.length < maxRequests) requests.push({ key, index, wait })
    if (token !== undefined && request.headers['x-consul-token'] !== token) {
      response.statusCode = 403
      response.end('Permission denied')
      return
    }
    if (!pathname.startsWith('/v1/kv/') || !searchParams.has('raw')) {
      response.statusCode = 400
      response.end()
      return
    }
    if (index === 0 || (values.get(key)?.index ?? lastIndex) !== index) {
      answer(response, key)
      return
    }
    const query: Waiting = {
      key,
      response,
      timer: setTimeout(() => release(query), Number.parseFloat(wait ?? '300') * 1000),
    }
    waiting.add(query)
    response.on('close', () => {
      clearTimeout(query.timer)
      waiting.delete(query)
    })
  }

  function release(query: Waiting): void {
    clearTimeout(query.timer)
    waiting.delete(query)
    answer(query.response, query.key)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...(certificate === undefined ? {} : { ca: certificate.cert }),
    requests,
    set(key, value, index) {
      lastIndex = index ?? lastIndex + 1
      values.set(key, { value, index: lastIndex })
      for (const query of [...waiting]) if (query.key === key) release(query)
    },
    async close() {
      for (const { timer, response } of waiting) {
        clearTimeout(timer)
        response.destroy()
      }
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
