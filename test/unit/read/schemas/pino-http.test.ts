// pino-http logs all requests at info, also those that failed.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { type Options, pinoHttp } from 'pino-http'
import { beforeEach, describe, expect, it } from 'vitest'
import { createHub } from '#core/index.ts'
import { createGate } from '#core/read/gate.ts'
import { openHook } from '../../winston/hook.ts'

let lines: string[]
beforeEach(async () => {
  lines = await linesOf(['/orders/1/pay', '/orders/22/pay', '/users/7', '/users/7?page=2', '/ok', '/missing'])
})

/** What pino-http logs for these requests. */
async function linesOf(urls: readonly string[], options: Options = {}): Promise<string[]> {
  const logged: string[] = []
  const destination = new Writable({
    write(line, _encoding, done) {
      logged.push(String(line))
      done()
      destination.emit('line')
    },
  })
  const log = pinoHttp(options, destination)
  const server = createServer((request, response) => {
    log(request, response)
    const { url = '' } = request
    response.statusCode =
      url === '/ok' ? 200 : url === '/missing' ? 404 : url.startsWith('/users') ? 503 : 500
    response.end()
  }).listen(0)
  await once(server, 'listening')
  for (const url of urls) {
    const written = once(destination, 'line')
    await (await fetch(`http://localhost:${(server.address() as AddressInfo).port}${url}`)).text()
    await written
  }
  server.close()
  return logged
}

/** What is sent. */
async function postsOf(options: object) {
  const hook = await openHook()
  const hub = createHub({ ...hook.options, ...options } as never)
  for (const line of lines) hub.write(line)
  await hub.close()
  await hook.close()
  return hook.posts
}

/** The alerts that fire, by severity and title. */
async function alertsOf(options: object): Promise<string[]> {
  return (await postsOf(options)).flatMap(({ alerts }) =>
    alerts.map(({ severity, headline }) => `${severity} ${headline}`),
  )
}

describe('requests that failed, as pino-http logs them', () => {
  it('are at info', () => {
    expect(lines.map((line) => JSON.parse(line).level)).toEqual([30, 30, 30, 30, 30, 30])
  })

  it('count as errors: one alert for each method, route and status', async () => {
    expect(await alertsOf({})).toEqual(['error GET /orders/…/pay 500', 'error GET /users/… 503'])
  })

  it('count as what they are logged at with failedRequests: false', async () => {
    expect(await alertsOf({ failedRequests: false })).toEqual([])
  })

  it('are one alert if the path has a name, with these names; different endpoints stay apart', async () => {
    const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace']
    const endpoints = ['users', 'orders', 'health', 'carts', 'items', 'login']
    lines = await linesOf([
      ...names.map((name) => `/users/${name}`),
      ...endpoints.map((name) => `/api/${name}`),
    ])
    expect((await alertsOf({})).toSorted()).toEqual([
      ...endpoints.map((name) => `error GET /api/${name} 500`).toSorted(),
      'error GET /users/… 503',
    ])
  })

  it('stay apart and show no names if the options hide where the requests went', async () => {
    lines = await linesOf(['alice', 'bob', 'carol', 'dave', 'erin', 'frank'].map((name) => `/users/${name}`))
    expect(JSON.stringify(await postsOf({}))).toMatch(/alice/)
    expect(JSON.stringify(await postsOf({ redact: { paths: ['req.url'] } }))).not.toMatch(
      /alice|bob|carol|dave/,
    )
  })

  it('are known whatever customAttributeKeys call request, response, error and time', async () => {
    const keys = { req: 'httpReq', res: 'httpRes', err: 'error', responseTime: 'took' }
    lines = await linesOf(['/orders/1/pay', '/orders/22/pay', '/users/7', '/missing'], {
      customAttributeKeys: keys,
    })
    expect(JSON.parse(lines[0]!)).toMatchObject({
      httpReq: {},
      httpRes: {},
      error: {},
      took: expect.any(Number),
    })
    expect(await alertsOf({})).toEqual(['error GET /orders/…/pay 500', 'error GET /users/… 503'])
  })

  it('are below a threshold of fatal', async () => {
    expect(await alertsOf({ level: 'fatal' })).toEqual([])
  })

  it('are let through by the gate, and those that succeeded are not', () => {
    const gate = createGate({ level: 50 })
    expect(lines.map(gate)).toEqual([true, true, true, true, false, false])
  })
})
