/**
 * What the provider tests share: a message in words, a context around one attempt, and a receiver on a free
 * port that answers as set and remembers what came.
 */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod/mini'
import { createFit } from '#core/deliver/fit.ts'
import type { Receipt } from '#core/model.ts'
import type { AlertCard, Message, ProviderDefinition, SendContext } from '#core/provider/provider.ts'
import { strictly } from '../../contract/strictly.ts'

export const noon = Date.UTC(2026, 10, 23, 12)

export function aCard(parts: Partial<AlertCard> = {}): AlertCard {
  return {
    id: '00c0ffee00c0ffee',
    severity: 'error',
    reason: 'first',
    title: '[ERROR] card gateway timeout ×37',
    lead: '',
    text: 'card gateway timeout after 3000 ms',
    facts: [
      { label: 'since', value: '14:05:00 +08:00' },
      { label: 'traceId', value: '4bf92f35', url: 'https://trace.example.com/4bf92f35' },
    ],
    context: ['14:04:58 info calling gateway', '14:04:59 warn slow'],
    data: {
      code: 'PAY_TIMEOUT',
      service: 'payments',
      count: 37,
      traceUrl: 'https://trace.example.com/4bf92f35',
    },
    ...parts,
  }
}

export function aMessage(parts: Partial<Message> = {}): Message {
  return {
    id: 'n-0001',
    channel: 'ops',
    reason: 'first',
    severity: 'error',
    subject: '[ERROR] payments prod: card gateway timeout ×37',
    lead: '',
    cards: [aCard()],
    brief: [],
    more: 0,
    closing: ['next reminder in 5 min'],
    mentions: [],
    to: [],
    locale: 'en',
    at: noon,
    plain: false,
    ...parts,
  }
}

export function aContext(message: Message, parts: Partial<SendContext> = {}): SendContext {
  return {
    fetch: globalThis.fetch,
    signal: new AbortController().signal,
    now: () => noon,
    attempt: 1,
    address: 0,
    fit: createFit(message, {}),
    ...parts,
  }
}

/** One attempt of a provider with these options, as a channel would make it. */
export async function send<Schema extends z.core.$ZodObject>(
  provider: ProviderDefinition<Schema>,
  options: z.input<Schema>,
  message: Message = aMessage(),
  parts: Partial<SendContext> = {},
): Promise<Receipt> {
  const sender = await provider.open(z.parse(provider.options, options))
  const fit = createFit(message, provider.limits)
  try {
    return await sender.send(message, aContext(message, { fit, ...parts }))
  } finally {
    await sender.close?.()
  }
}

/** The messages of all problems that a provider's schema finds, each with its path. */
export function problems(provider: ProviderDefinition, options: unknown): string[] {
  const { error } = z.safeParse(strictly(provider.options), options)
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

interface Arrived {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Receiver {
  readonly url: string
  readonly arrived: Arrived[]
  /** The JSON of the latest body. */
  json(): Record<string, unknown>
  answer: Answer | 'hang' | 'reset'
  close(): Promise<void>
}

/** A receiver on this machine; `server` may speak TLS. */
export async function createReceiver(
  make: typeof createServer = createServer,
  scheme = 'http',
): Promise<Receiver> {
  const arrived: Arrived[] = []
  const server: Server = make((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      arrived.push({ method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') })
      const { answer } = receiver
      if (answer === 'hang') return
      if (answer === 'reset') return void request.socket.destroy()
      response.writeHead(answer.status ?? 200, { connection: 'close', ...answer.headers })
      response.end(answer.body ?? '')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `${scheme}://127.0.0.1:${port}`,
    arrived,
    json: () => JSON.parse(arrived.at(-1)?.body ?? 'null') as Record<string, unknown>,
    answer: {},
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return receiver
}
