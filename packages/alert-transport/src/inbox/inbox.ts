/**
 * A local inbox that stands in for every provider in the table: one HTTP port for all that use HTTP, each
 * under its own path, and a mail server. Loopback only by default; nothing is ever forwarded.
 *
 *   request ─ /slack/… ─ order? ─ refusal? ─ shelf ─ answer        mail ─ MAIL ─ RCPT ─ DATA ─ shelf ─ reply
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import type { ChannelOptions } from 'alert-core'
import { createCertificate } from '../fake/certificate.ts'
import type { HttpFake, MailAddress, MailFake } from '../fake/fake.ts'
import { keptCertificate } from '../fake/kept-certificate.ts'
import { type Behaviour, httpModes, type Mode, smtpModes } from '../fake/mode.ts'
import { type Api, createApi, type ProviderCard } from './api.ts'
import { type FakeName, type FakeSettings, fakes } from './fake-table.ts'
import { createOrders } from './orders.ts'
import { createProviderHandler, type ProviderHandler } from './provider-requests.ts'
import { createShelf, type Filter, type Received } from './received.ts'

/** How an inbox is set up; every part has a default. */
export interface InboxOptions {
  /** The address to listen on, default '127.0.0.1'. */
  readonly host?: string
  /** 0, the default, takes any free port. `smtps` is the one with TLS from the first byte. */
  readonly ports?: { readonly http?: number; readonly smtp?: number; readonly smtps?: number }
  /** Tokens, secrets, keywords and the like, by provider. */
  readonly settings?: FakeSettings
  /** False: no rate limits. */
  readonly rateLimits?: boolean
  /** Epoch ms, for rates, signatures and `Received.at`. */
  readonly now?: () => number
  /** File that keeps the certificate of the mail server; default: a new one for each inbox. */
  readonly certificate?: string
}

/** Channel options by provider, as the transports take them. */
export type InboxChannels = {
  readonly [Name in FakeName]: ChannelOptions<Name> & { readonly type: Name } & Readonly<
      Record<string, unknown>
    >
}

/** An inbox that listens. */
export interface Inbox {
  /** 'http://127.0.0.1:<port>', the page; a fake is at `<url>/<its name>`. */
  readonly url: string
  readonly smtp: MailAddress & { readonly user: string; readonly pass: string }
  /** Channel options that send to each fake, ready for `channels` of the transport. */
  readonly channels: InboxChannels
  /** What arrived so far, oldest first. */
  received(filter?: Filter): readonly Received[]
  /** The earliest that no earlier call returned; waits for it, and rejects after `timeoutMs` (10 000). */
  next(filter?: Filter, timeoutMs?: number): Promise<Received>
  /** Calls back for each that arrives, with undefined when cleared; returns the function that stops it. */
  subscribe(listener: (received: Received | undefined) => void): () => void
  /** Makes a fake misbehave; throws a TypeError if it does not have that mode. */
  behave(provider: FakeName, behaviour: Behaviour): void
  clear(): void
  /** Releases everything that hangs and closes; safe to call twice. */
  close(): Promise<void>
}

/** Starts an inbox; rejects with the listener's error when a port is taken. */
export async function createInbox(options: InboxOptions = {}): Promise<Inbox> {
  const { host = '127.0.0.1', ports = {}, rateLimits = true, now = Date.now, certificate } = options
  const settings = withDefaults(options.settings)
  const shelf = createShelf()
  const orders = createOrders(modesByProvider())
  let channels = {} as Inbox['channels']
  const api = createApi(shelf, orders, () => ({ providers: providerCards(), channels }))
  const handlers = new Map<string, ProviderHandler>()
  for (const name of names) {
    const fake = fakes[name]
    if (fake.kind === 'mail') continue
    const desk = { name, fake, settings: settings[name], orders, shelf, now, rateLimits }
    handlers.set(name, createProviderHandler(desk))
  }
  const front = createFront(handlers, api)
  const stopHttp = async () => {
    api.close()
    shelf.close()
    await front.close()
  }
  try {
    const port = await front.listen(ports.http ?? 0, host)
    const reachable = reachableHost(host)
    const hosts = [...new Set(['localhost', '127.0.0.1', '::1', reachable])]
    const mail = await fakes.email.start({
      settings: settings.email,
      host,
      port: ports.smtp ?? 0,
      securePort: ports.smtps ?? 0,
      certificate:
        certificate === undefined ? createCertificate(hosts) : await keptCertificate(certificate, hosts),
      take: (among) => orders.take('email', among),
      record: (entry) => shelf.add({ id: shelf.nextId(), at: now(), provider: 'email', ...entry }),
    })
    const url = `http://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`
    const address = { ...mail.address, host: reachable }
    channels = channelOptions(url, address, settings)
    let closing: Promise<unknown> | undefined
    return {
      url,
      smtp: { ...address, user: settings.email.user, pass: settings.email.pass },
      channels,
      received: shelf.list,
      next: shelf.next,
      subscribe: shelf.subscribe,
      behave: orders.set,
      clear: shelf.clear,
      async close() {
        closing ??= Promise.all([stopHttp(), mail.close()])
        await closing
      },
    }
  } catch (cause) {
    await stopHttp()
    throw cause
  }
}

type AllSettings = { readonly [Name in FakeName]: (typeof fakes)[Name]['settings'] }

const names = Object.keys(fakes) as FakeName[]

function withDefaults(given: FakeSettings = {}): AllSettings {
  const entries = names.map((name) => [name, { ...fakes[name].settings, ...given[name] }])
  return Object.fromEntries(entries) as AllSettings
}

function providerCards(): readonly ProviderCard[] {
  return names.map((name) => {
    const fake: HttpFake | MailFake = fakes[name]
    const { title } = fake
    if (fake.kind === 'mail') return { name, title, modes: smtpModes }
    return { name, title, modes: httpModes, ...(fake.rate && { rate: fake.rate }) }
  })
}

function modesByProvider(): ReadonlyMap<string, readonly Mode[]> {
  return new Map(names.map((name) => [name, fakes[name].kind === 'mail' ? smtpModes : httpModes]))
}

function channelOptions(url: string, address: MailAddress, settings: AllSettings): Inbox['channels'] {
  const entries = names.map((name) => {
    const fake = fakes[name]
    const options =
      fake.kind === 'mail'
        ? fake.channel(address, settings.email)
        : (fake as HttpFake).channel(`${url}/${name}`, settings[name])
    // With its type, a channel may be pasted under any name.
    return [name, { type: name, ...options }]
  })
  return Object.fromEntries(entries) as Inbox['channels']
}

/** The address for clients on this machine, also if the given one means "every interface". */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

// ── the HTTP port: routes a request by the first part of its path, and closes without waiting

const maxConnections = 1_000
const requestTimeoutMs = 60_000

/** The HTTP port. */
interface Front {
  /** Resolves with the port; rejects when it is taken. */
  listen(port: number, host: string): Promise<number>
  /** Breaks every connection, answered or not. */
  close(): Promise<void>
}

/** Creates the server; an unknown path is answered 404. */
function createFront(handlers: ReadonlyMap<string, ProviderHandler>, api: Api): Front {
  const signpost = `Nothing is here. Providers: ${[...handlers.keys()].map((name) => `/${name}/`).join(' ')}\n`

  const route = async (request: IncomingMessage, response: ServerResponse) => {
    const url = toUrl(request)
    const [, name = '', path = ''] = /^\/([^/]*)(.*)$/s.exec(url?.pathname ?? '') ?? []
    const handler = handlers.get(name)
    if (url !== undefined && handler !== undefined) await handler(request, response, url, path)
    else if (url === undefined || !(await api.handle(request, response, url)))
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(signpost)
  }

  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy())
  })
  server.maxConnections = maxConnections
  server.requestTimeout = requestTimeoutMs

  return {
    async listen(port, host) {
      server.listen(port, host)
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    },
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

function toUrl(request: IncomingMessage): URL | undefined {
  try {
    // The target is a path; anything else (a proxy's absolute form, '*') is unknown.
    return request.url?.startsWith('/') ? new URL(`http://inbox${request.url}`) : undefined
  } catch {
    return undefined
  }
}
