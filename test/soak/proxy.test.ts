import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { hostname } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificate } from '#cli/fake/certificate.ts'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertEvent } from '#core/model.ts'
import { runProgram } from '../e2e/app.ts'
import { startTinyproxy, type Tinyproxy, whyNot } from './servers.ts'

const noTinyproxy = whyNot('tinyproxy')

/** Not localhost, which is never reached through a proxy. */
const host = hostname()
const certificate = createCertificate([host])
const arrived: string[] = []
const opened: Server[] = []

async function listen(server: Server): Promise<number> {
  opened.push(server.listen(0))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const document = JSON.stringify({ level: 'fatal' })
const answer: RequestListener = (request, response) => {
  arrived.push(`${request.method} ${request.url}`)
  response.setHeader('x-consul-index', '1')
  request.resume().on('end', () => response.end(request.method === 'GET' ? document : '{"ok":true}'))
}

describe.skipIf(noTinyproxy)(`through tinyproxy${noTinyproxy}`, () => {
  let proxy: Tinyproxy
  let secure: string
  let clear: string

  beforeAll(async () => {
    const port = await listen(createHttpsServer(certificate, answer))
    secure = `https://${host}:${port}`
    clear = `http://${host}:${await listen(createServer(answer))}`
    proxy = await startTinyproxy([port])
  })
  afterAll(async () => {
    await proxy?.close()
    for (const server of opened) server.close()
  })

  async function run(options: object, env: Readonly<Record<string, string>>) {
    const [before, asked] = [arrived.length, proxy.asked().length]
    const warnings: string[] = []
    const hub = createHub({ closeTimeout: '9s', ...options } as never, {
      env,
      warn: (text) => warnings.push(text),
    })
    const events: AlertEvent[] = []
    hub.subscribe((event) => events.push(event))
    hub.publish({ severity: 'critical', msg: 'disk is full', service: 'billing' })
    const { delivered } = await hub.close()
    const said = JSON.stringify({ events, warnings })
    return { delivered, said, arrived: arrived.slice(before), asked: proxy.asked().slice(asked) }
  }

  const tls = { ca: certificate.cert }
  const hook = (url: string, more: object = {}) => ({ channels: { ops: { type: 'webhook', url, ...more } } })

  it('goes a webhook with a certificate of its own, by the environment', async () => {
    const result = await run(hook(`${secure}/hook`, { tls }), { HTTPS_PROXY: proxy.url })
    expect(result).toMatchObject({ delivered: true, arrived: ['POST /hook'] })
    expect(result.asked).toEqual([`CONNECT ${new URL(secure).host} HTTP/1.1`])
  })

  it('goes a webhook in clear, by the option', async () => {
    const result = await run({ ...hook(`${clear}/hook`), proxy: proxy.url }, {})
    expect(result).toMatchObject({ delivered: true, arrived: ['POST /hook'] })
    expect(result.asked).toEqual([expect.stringContaining(`POST ${clear}/hook`)])
  })

  it('go heartbeat, reload by url and Consul', async () => {
    for (const [name, options] of Object.entries({
      '/beat': { heartbeat: { url: `${clear}/beat` } },
      '/doc': { reload: { url: `${clear}/doc` } },
      '/v1/kv/alerts': { reload: { consul: 'alerts' } },
    })) {
      const result = await run(
        { ...hook(`${clear}/hook`), ...options },
        { http_proxy: proxy.url, CONSUL_HTTP_ADDR: clear },
      )
      expect(result.asked.join('\n'), name).toContain(`GET ${clear}${name}`)
    }
  })

  it.each([
    ['target', `pino({ transport: { target: 'pino-alert-transport', options } })`],
    ['alertTransport', 'pino({ transport: alertTransport(options) })'],
    ['alertStream', 'pino(alertStream(options))'],
    ['winston', 'winston.createLogger({ transports: [new AlertTransport(options)] })'],
  ])('goes what each adapter sends, and past NO_PROXY directly: %s', async (_adapter, logger) => {
    const program = `
      import pino from 'pino'
      import winston from 'winston'
      import { alertStream, alertTransport } from 'pino-alert-transport'
      import { AlertTransport } from 'winston-alert-transport'
      const tls = { ca: ${JSON.stringify(certificate.cert)} }
      const ops = { type: 'webhook', url: '${secure}/hook', tls, wait: 0 }
      const options = { channels: { ops }, closeTimeout: '9s' }
      ${logger}.error('disk is full')
    `
    for (const [NO_PROXY, tunnels] of [
      ['', [`CONNECT ${new URL(secure).host} HTTP/1.1`]],
      [`.example.com ${host}`, []],
    ] as const) {
      const [before, asked] = [arrived.length, proxy.asked().length]
      const { stderr } = await runProgram(program, { env: { HTTPS_PROXY: proxy.url, NO_PROXY } })
      expect(arrived.slice(before), stderr).toEqual(['POST /hook'])
      expect(proxy.asked().slice(asked)).toEqual(tunnels)
    }
  })

  it('goes nothing that NO_PROXY names, and nothing on this machine', async () => {
    const past = await run(hook(`${clear}/hook`), { HTTP_PROXY: proxy.url, NO_PROXY: `example.com,${host}` })
    expect(past).toMatchObject({ delivered: true, asked: [] })
    const local = await run(hook(`${clear.replace(host, '127.0.0.1')}/hook`), { HTTP_PROXY: proxy.url })
    expect(local).toMatchObject({ delivered: true, asked: [] })
  })

  it('says by name that the proxy refuses, without its credentials', async () => {
    const wrong = proxy.url.replace('p4ss', 'wr0ng')
    for (const [url, given, status] of [
      [`${secure}/hook`, wrong, '40[17]'],
      // A port to which it allows no tunnel.
      [secure.replace(/\d+$/, '9'), proxy.url, '403'],
    ] as const) {
      const { delivered, said } = await run(hook(url, { tls }), { HTTPS_PROXY: given })
      expect(delivered).toBe(false)
      expect(said).toMatch(new RegExp(`proxy 127\\.0\\.0\\.1:${proxy.port} answered ${status}\\b`))
      expect(said).not.toMatch(/wr0ng|p4ss|us3r/)
    }
  })
})
