import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createQueue } from '#core/deliver/queue.ts'
import { classify } from '#core/http/classify.ts'
import { request } from '#core/http/request.ts'
import type { AlertEvent } from '#core/model.ts'
import { createMask } from '#core/redact/redact.ts'
import { createRenderer } from '#core/render/render.ts'
import { systemClock } from '#core/time/clock.ts'
import { aNotification, anItem, plainChannel, toText } from '../render/support.ts'
import { story } from './rig.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A real server that answers by a script, then 200, and a queue whose provider posts to it. */
async function createWire(script: Answer[], { timeoutMs = 2000 } = {}) {
  const bodies: string[] = []
  const server = createServer(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    bodies.push(body)
    const answer = script[bodies.length - 1] ?? ((_, reply) => reply.end('ok'))
    answer(incoming, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/hooks/not-a-real-token-1`
  const events: AlertEvent[] = []
  const queue = createQueue({
    channel: 'ops',
    sender: () => ({
      async send(message, { fetch, signal, fit }) {
        const reply = await request(fetch, {
          url,
          body: fit(toText),
          headers: { connection: 'close' },
          signal,
        })
        if ('failed' in reply) return { status: 'retry', why: reply.failed, uncertain: true }
        expect(message.channel).toBe('ops')
        return classify(reply)
      },
    }),
    render: createRenderer(plainChannel),
    limits: { maxBytes: 300 },
    clock: systemClock,
    timeoutMs,
    retryForMs: 20_000,
    retry: { firstMs: 20, factor: 2, maxMs: 100 },
    maxWaiting: 200,
    mask: createMask([url]),
    fetch,
    onEvent: (event) => events.push(event),
    onFailed: () => {},
    onPaused: () => {},
  })
  open.push(
    () => queue.close(0),
    async () => {
      server.closeAllConnections()
      server.close()
    },
  )
  return { queue, bodies, events, server }
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end('not now')

describe('over a real connection', () => {
  test('a message arrives, within the size that the provider takes', async () => {
    const { queue, bodies } = await createWire([])
    queue.offer(
      aNotification(Array.from({ length: 50 }, (_, index) => anItem({ id: String(index), count: 7 }))),
    )
    await queue.idle()
    expect(bodies).toHaveLength(1)
    expect(Buffer.byteLength(bodies[0]!)).toBeLessThanOrEqual(300)
    expect(bodies[0]).toMatch(/^\[CRITICAL\] payments prod: 50 new alerts, worst: card gateway timeout\n/)
    expect(bodies[0]).toMatch(/and \d+ more/)
  })

  test('503, 429 with Retry-After, a broken connection and a hang: then it is delivered, once', async () => {
    const { queue, bodies, events } = await createWire([
      status(503),
      (incoming) => incoming.socket.destroy(),
      () => {},
      status(429, { 'retry-after': '1' }),
    ])
    const startedAt = Date.now()
    queue.offer(aNotification([anItem({ count: 3 })]))
    await queue.idle()
    expect(bodies).toHaveLength(5)
    expect(new Set(bodies).size).toBe(1)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(2900)
    expect(story(events).at(-1)).toBe('delivered n1 (5)')
    const whys = events.flatMap((event) => (event.type === 'retrying' ? [event.why] : []))
    expect(whys[2]).toBe('no answer within 2 s')
    expect(JSON.stringify(events)).not.toContain('not-a-real-token')
  })

  test('an attempt that takes too long is aborted: its connection is closed before the next one', async () => {
    let closed = false
    const { queue, bodies, events } = await createWire([
      ({ socket }) => socket.once('close', () => (closed = true)),
      (_, response) => {
        expect(closed).toBe(true)
        response.end('ok')
      },
    ])
    queue.offer(aNotification())
    await queue.idle()
    expect(bodies).toHaveLength(2)
    expect(story(events).at(-1)).toBe('delivered n1 (2)')
  })

  test('a Retry-After that is a date is waited for', async () => {
    let askedFor = 0
    let cameAt = 0
    const { queue } = await createWire([
      (_, response) => {
        askedFor = Math.floor(Date.now() / 1000) * 1000 + 2000
        response.writeHead(503, { 'retry-after': new Date(askedFor).toUTCString() }).end()
      },
      (_, response) => {
        cameAt = Date.now()
        response.end('ok')
      },
    ])
    queue.offer(aNotification())
    await queue.idle()
    // Their Date header, by which theirs is read, has whole seconds.
    expect(cameAt).toBeGreaterThanOrEqual(askedFor - 10)
  })

  test('what falls due while the server hangs arrives together', async () => {
    const { queue, bodies } = await createWire([() => {}])
    queue.offer(aNotification([anItem({ id: 'a' })], { id: 'n1' }))
    await Promise.resolve()
    for (let index = 0; index < 20; index++)
      queue.offer(aNotification([anItem({ id: `b${index}` })], { id: `m${index}` }))
    expect(queue.waiting()).toBeGreaterThan(0)
    await queue.idle()
    expect(bodies).toHaveLength(2)
    expect(bodies[1]).toContain('21 new alerts')
  })

  test('a refusal is reported without the address, and not tried again', async () => {
    const { queue, bodies, events } = await createWire([status(404)])
    queue.offer(aNotification())
    await queue.idle()
    expect(bodies).toHaveLength(1)
    expect(events).toMatchObject([{ type: 'failed', reason: 'failed' }])
    expect(JSON.stringify(events)).not.toContain('not-a-real-token')
    queue.offer(aNotification())
    await queue.idle()
    expect(bodies).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({ type: 'failed', reason: 'breaker' })
  })

  test('a refused connection is tried again', async () => {
    const { queue, events, server } = await createWire([])
    server.close()
    await once(server, 'close')
    queue.offer(aNotification())
    const closed = await queue.close(500)
    expect(closed).toHaveLength(1)
    expect(events.filter((event) => event.type === 'delivered')).toEqual([])
  })

  test('closing while the server hangs takes no longer than allowed', async () => {
    const { queue, server } = await createWire([() => {}, () => {}], { timeoutMs: 60_000 })
    queue.offer(aNotification())
    await once(server, 'request')
    const startedAt = performance.now()
    const unsent = await queue.close(150)
    expect(unsent.map((one) => one.id)).toEqual(['n1'])
    expect(performance.now() - startedAt).toBeLessThan(30_000)
  })
})
