/** The page inside the servers of applications, each with its own way to mount, to parse and to trust. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import formBody from '@fastify/formbody'
import { bodyParser } from '@koa/bodyparser'
import express from 'express'
// @ts-expect-error: it has the types of version 5, as far as it is used here.
import untypedExpress4 from 'express-4'
import fastify from 'fastify'
import Koa from 'koa'
import mount from 'koa-mount'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ControlHandler, controlHandler } from '#core/control/control-handler.ts'
import { signLink } from '#core/control/link-token.ts'
import { createHub } from '#core/hub/create-hub.ts'
import { secret } from './rig.ts'

/** An application with the page under /team/ops; with `trusts`, a reverse proxy in front of it is trusted. */
type Mount = (handler: ControlHandler, trusts: boolean) => Server | Promise<Server>

const parsers = [express.json(), express.urlencoded({ extended: true }), express.text(), express.raw()]
const express4 = untypedExpress4 as typeof express
const parsers4 = [express4.json(), express4.urlencoded({ extended: false })]

function inExpress(make: typeof express, ...before: readonly express.RequestHandler[]): Mount {
  return (handler, trusts) => {
    const app = make()
    app.set('trust proxy', trusts)
    const team = make.Router()
    for (const one of before) app.use(one)
    app.use('/team', team)
    team.use('/ops', handler)
    return createServer(app)
  }
}

function inFastify(isParsed: boolean): Mount {
  return async (handler, trusts) => {
    const app = fastify({ trustProxy: trusts })
    if (isParsed) await app.register(formBody)
    else
      app.addContentTypeParser('application/x-www-form-urlencoded', (_request, _payload, done) => done(null))
    app.all('/team/ops/*', handler)
    onTestFinished(() => app.close())
    await app.ready()
    return app.server
  }
}

function inKoa(...before: readonly Koa.Middleware[]): Mount {
  return (handler, trusts) => {
    const app = new Koa()
    app.proxy = trusts
    for (const one of before) app.use(one)
    app.use(mount('/team', mount('/ops', handler)))
    return createServer(app.callback())
  }
}

const frameworks: Readonly<Record<string, Mount>> = {
  'node:http': (handler) => createServer(handler),
  'express 5': inExpress(express),
  'express 5 with body parsers': inExpress(express, ...parsers),
  'express 5 with a parser of json only': inExpress(express, express.json()),
  'express 4': inExpress(express4),
  'express 4 with body parsers': inExpress(express4, ...parsers4),
  'express 4 with a parser of json only': inExpress(express4, express4.json()),
  fastify: inFastify(false),
  'fastify with @fastify/formbody': inFastify(true),
  'fastify, given the raw request': async (handler) => {
    const app = fastify()
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.all('/team/ops/*', (asked, reply) => {
      reply.hijack()
      handler(asked.raw, reply.raw)
    })
    onTestFinished(() => app.close())
    await app.ready()
    return app.server
  },
  koa: inKoa(),
  'koa with a body parser': inKoa(bodyParser()),
  'koa with a body parser of forms only': inKoa(bodyParser({ enableTypes: ['form'] })),
  'koa, given the raw request': (handler) => {
    const app = new Koa()
    app.use((context) => {
      context.respond = false
      handler(context.req, context.res)
    })
    return createServer(app.callback())
  },
}

interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Answered {
  readonly status: number
  readonly location: string
  readonly body: string
}

async function startService(mounted: Mount, trusts = false) {
  const hub = createHub(
    {
      channels: { ops: { type: 'console', wait: 0 } },
      control: { url: 'https://alerts.example.com/team/ops', secret },
    },
    { env: {}, warn: () => {}, sender: () => ({ send: async () => ({ status: 'delivered' }) }) },
  )
  const server = await mounted(controlHandler(hub), trusts)
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await hub.close(100)
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  hub.write(JSON.stringify({ level: 50, time: Date.now(), msg: 'disk is full' }))
  const { id } = hub.status().alerts[0]!

  function ask(path: string, { method = 'GET', headers = {}, body = '' }: Ask = {}): Promise<Answered> {
    const type = body === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const given = { host: 'alerts.example.com', ...type, ...headers }
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers: given }, (response) => {
        void textOf(response).then((text) =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            body: text,
          }),
        )
      })
      sent.once('error', reject)
      sent.end(body)
    })
  }
  const token = (scope: Parameters<typeof signLink>[1]) => signLink(secret, scope, Date.now() + 60_000)
  return { hub, id, ask, token, link: `/team/ops/a/${id}?t=${token(`alert ${id}`)}` }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** Where a browser goes from `from` by the first link of the page. */
function linkOn(body: string, from: string, pattern: RegExp): string {
  const [, href = ''] = pattern.exec(body) ?? []
  const { pathname, search } = new URL(href.replaceAll('&amp;', '&'), `http://alerts.example.com${from}`)
  return pathname + search
}

describe.each(Object.entries(frameworks))('the page in %s', (_name, mounted) => {
  it('is found under its path, and leads to the list and back', async () => {
    const { ask, link } = await startService(mounted)
    const alert = await ask(link)
    expect(alert).toMatchObject({ status: 200, body: expect.stringContaining('disk is full') })
    const list = linkOn(alert.body, link, /<a href="([^"]+)"/)
    expect(list).toMatch(/^\/team\/ops\/\?t=/)
    const all = await ask(list)
    expect(all).toMatchObject({ status: 200, body: expect.stringContaining('disk is full') })
    expect(await ask(linkOn(all.body, list, /<a href="([^"]+)"/))).toMatchObject({
      status: 200,
      body: expect.stringContaining('name="do"'),
    })
    expect(await ask(link, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })

  it('does what its form says', async () => {
    const { hub, ask, link } = await startService(mounted)
    const done = await ask(link, { method: 'POST', body: 'by=%E5%BC%A0%E4%B8%89&do=silence-1h' })
    expect(done.status).toBe(303)
    expect(hub.status().silences).toMatchObject([{ by: '张三' }])
    const { pathname, search } = new URL(done.location, `http://alerts.example.com${link}`)
    expect((await ask(pathname + search)).body).toContain('value="undo-silence"')
    await ask(link, { method: 'POST', body: 'do=undo-silence&by=' })
    expect(hub.status().silences).toEqual([])
  })

  it('answers the command line', async () => {
    const { hub, id, ask, token } = await startService(mounted)
    const headers = { 'content-type': 'application/json', 'x-alert-token': token('requests') }
    const body = JSON.stringify({ request: 'acknowledge', given: { id, by: 'ann' } })
    expect(await ask('/team/ops/requests', { method: 'POST', headers, body })).toMatchObject({
      status: 200,
      body: JSON.stringify({ value: id }),
    })
    expect(hub.status().alerts[0]?.acknowledged).toMatchObject({ by: 'ann' })
  })

  it('does nothing for a forged link', async () => {
    const { hub, id, ask } = await startService(mounted)
    const forged = `/team/ops/a/${id}?t=zzzzzz.${'A'.repeat(43)}`
    expect((await ask(forged)).status).toBe(403)
    expect((await ask(forged, { method: 'POST', body: 'do=acknowledge' })).status).toBe(403)
    expect(hub.status().alerts[0]).not.toHaveProperty('acknowledged')
  })
})

const withProxy = Object.entries(frameworks).filter(([name]) => !/node:http|raw/.test(name))

describe.each(withProxy)('the page in %s behind a reverse proxy', (_name, mounted) => {
  const forwarded = (address: string) => ({
    host: 'app:3000',
    'x-forwarded-host': 'alerts.example.com',
    'x-forwarded-for': address,
  })

  it('believes a proxy that the application trusts: each address has its own rate', async () => {
    const { ask, link } = await startService(mounted, true)
    const statuses: number[] = []
    for (let n = 0; n < 61; n++) statuses.push((await ask(link, { headers: forwarded('192.0.2.1') })).status)
    expect(new Set(statuses.slice(0, 60))).toEqual(new Set([200]))
    expect(statuses[60]).toBe(429)
    expect((await ask(link, { headers: forwarded('192.0.2.2') })).status).toBe(200)
  })

  it('believes no other, and says what to do', async () => {
    const { ask, link } = await startService(mounted)
    const { status, body } = await ask(link, { headers: forwarded('192.0.2.1') })
    expect(status).toBe(421)
    expect(body).toContain('control.url')
    expect(body).not.toMatch(/app:3000|alerts\.example\.com|disk is full/)
  })
})

it('takes no large form', async () => {
  const { hub, ask, link } = await startService((handler) => createServer(handler))
  const large = await ask(link, { method: 'POST', body: `by=${'a'.repeat(70_000)}&do=acknowledge` })
  expect(large.status).toBe(413)
  expect(hub.status().alerts[0]).not.toHaveProperty('acknowledged')
})

it('says so if the application has read the form and passes nothing on', async () => {
  const { hub, ask, link } = await startService((handler) =>
    createServer((asked, response) => {
      asked.resume().once('end', () => handler(asked, response))
    }),
  )
  const { status, body } = await ask(link, { method: 'POST', body: 'do=acknowledge' })
  expect(status).toBe(500)
  expect(body).toContain('before the body parser')
  expect(hub.status().alerts[0]).not.toHaveProperty('acknowledged')
})
