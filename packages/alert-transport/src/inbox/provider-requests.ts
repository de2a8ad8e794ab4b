/**
 * One request to a fake over HTTP: read it, ask the fake, record request and answer, and only
 * then answer; so a client that has its answer finds its message in the inbox.
 */

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { maxBodyBytes, readBody } from '../fake/body.ts'
import { type Answer, type FakeRequest, textAnswer, type View } from '../fake/exchange.ts'
import type { FakeContext, HttpFake } from '../fake/fake.ts'
import type { Order } from '../fake/mode.ts'
import { createRateCounter, type RateUse } from '../fake/rate.ts'
import type { Orders } from './orders.ts'
import type { Shelf } from './received.ts'

/** What the handler of one fake works with. */
export interface HandlerParts {
  readonly name: string
  readonly fake: HttpFake
  readonly settings: object
  readonly orders: Orders
  readonly shelf: Shelf
  readonly now: () => number
  /** False: no rate limits. */
  readonly rateLimits: boolean
}

/** Handles one request under `/<name>/`; `path` is what follows that. Never rejects. */
export type ProviderHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  path: string,
) => Promise<void>

const maxKeys = 10_000

/** Creates the handler of every request to one fake. */
export function createProviderHandler(parts: HandlerParts): ProviderHandler {
  const { name, fake, settings, orders, shelf, now, rateLimits } = parts
  const counter = fake.rate && rateLimits ? createRateCounter(fake.rate, now) : undefined

  const usedKeys = new Set<string>()

  return async (message, response, url, path) => {
    // A body that breaks off or never ends cannot be answered.
    const read = await readBody(message).catch(() => undefined)
    if (read === undefined) {
      response.destroy()
      return
    }
    const request = toFakeRequest(message, url, path, read.raw)
    const id = shelf.nextId()
    const order = orders.take(name)
    let rateUse: RateUse | undefined
    const isTooFast = (key: string) => {
      rateUse = counter?.(key)
      return rateUse?.isTooMany ?? false
    }

    let usedKey: string | undefined
    const isRepeat = (key: string) => {
      usedKey = key
      return usedKeys.has(key)
    }

    const usual = (): Outcome =>
      read.bytes > maxBodyBytes
        ? { ok: false, answer: textAnswer(413, 'Payload Too Large') }
        : judge(fake, request, { settings, now, isTooFast, isRepeat, sequence: id })
    // With an order, the message is never taken.
    const { ok, answer } = order ? { ok: false, answer: ordered(order, fake, request, name) } : usual()
    if (ok && usedKey !== undefined) keep(usedKeys, usedKey)
    shelf.add({
      id,
      at: now(),
      provider: name,
      ok,
      answer: { status: answer.status, body: answer.body },
      request: {
        method: request.method,
        path: url.pathname + url.search,
        headers: request.headers,
        body: request.body,
        secure: false,
      },
      view: safeView(fake, request, read.bytes),
      ...(rateUse && { rate: { used: rateUse.used, limit: rateUse.limit } }),
    })
    respond(response, answer, order)
  }
}

/** At most ten thousand, the oldest dropped first. */
function keep(keys: Set<string>, key: string): void {
  if (keys.size >= maxKeys) keys.delete(keys.values().next().value ?? '')
  keys.add(key)
}

interface Outcome {
  readonly ok: boolean
  readonly answer: Answer
}

function judge(fake: HttpFake, request: FakeRequest, context: FakeContext<object>): Outcome {
  try {
    const no = fake.refusal(request, context)
    return no === undefined ? { ok: true, answer: fake.accept(request, context) } : { ok: false, answer: no }
  } catch {
    // JSON nested deeper than the stack: no real provider takes it either.
    return { ok: false, answer: textAnswer(500, 'Internal Server Error') }
  }
}

function ordered(order: Order, fake: HttpFake, request: FakeRequest, name: string): Answer {
  switch (order.mode) {
    case 'answer':
      return order.answer
    case 'refuse':
    case 'rate-limited':
    case 'too-long':
      return fake.say(order.mode, request)
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: signInPage }
    case 'redirect':
      return { status: 307, headers: { location: `/${name}/redirected` }, body: '' }
    case 'drip':
    case 'endless':
      return { status: 200, body: '' }
    case 'hang':
    case 'reset':
      return { status: 0, body: '' }
    default:
      return textAnswer(500, 'Internal Server Error')
  }
}

function respond(response: ServerResponse, answer: Answer, order: Order | undefined): void {
  switch (order?.mode) {
    case 'hang':
      break
    case 'reset':
      reset(response)
      break
    case 'drip':
      drip(response)
      break
    case 'endless':
      endless(response)
      break
    default:
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
  }
}

function toFakeRequest(message: IncomingMessage, url: URL, path: string, raw: Buffer): FakeRequest {
  const body = raw.toString('utf8')
  const headers: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(message.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '')
  return {
    method: message.method ?? '',
    path,
    sentPath: url.pathname,
    query: url.searchParams,
    headers,
    raw,
    body,
    json: isUtf8(raw) ? parseJson(body) : undefined,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function safeView(fake: HttpFake, request: FakeRequest, bytes: number): View {
  try {
    return { ...fake.view(request), bytes }
  } catch {
    const notes = ['this body cannot be shown']
    return { text: request.body, mentions: [], bytes, size: bytes, unit: 'bytes', notes }
  }
}

// ── answers that no well-behaved server gives; each ends when the client disconnects or the inbox closes

const dripEveryMs = 100
const endlessEveryMs = 10
const endlessChunk = Buffer.alloc(64 * 1024, ' ')

/** The page of something between us and a provider: a captive portal, a company proxy, a login. */
const signInPage = '<!doctype html><title>Sign in</title><h1>Sign in to use this network</h1>'

/** Breaks the connection with a reset, so that the client reads an error instead of an end. */
function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}

/** Sends status 200 at once and then a space ten times a second, without end. */
function drip(response: ServerResponse): void {
  start(response)
  repeat(response, dripEveryMs, () => response.write(' '))
}

/**
 * Sends status 200 and a body that never ends, as fast as the client reads but no faster than 6 MB a second.
 */
function endless(response: ServerResponse): void {
  start(response)
  repeat(response, endlessEveryMs, () => response.writableNeedDrain || response.write(endlessChunk))
}

function start(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
}

function repeat(response: ServerResponse, everyMs: number, write: () => void): void {
  const timer = setInterval(write, everyMs)
  response.once('close', () => clearInterval(timer))
}
