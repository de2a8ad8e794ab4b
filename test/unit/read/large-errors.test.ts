// Errors that carry a whole response, on both loggers: what decides about the alert is read all the same.
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import winston from 'winston'
import { alertStream } from '#pino/alert-stream.ts'
import { AlertTransport } from '#winston/alert-transport.ts'
import { type Hook, openHook, type Post } from '../winston/hook.ts'

let hook: Hook
beforeEach(async () => {
  hook = await openHook()
})
afterEach(() => hook.close())

function largeError(bytes: number): Error {
  const rows = Array.from({ length: Math.ceil(bytes / 100) }, (_, id) => ({ id, text: 'x'.repeat(80) }))
  return Object.assign(new Error('Request failed with status code 502'), {
    code: 'ERR_BAD_RESPONSE',
    response: { status: 502, data: { rows } },
  })
}

/** Two channels, one for each team, and a rule of its own. */
function options(): never {
  const [channel] = Object.values(hook.options.channels)
  return {
    ...hook.options,
    channels: {
      pay: { ...channel, match: { team: 'pay' }, minSeverity: 'info' },
      other: { ...channel, match: { team: 'other' }, minSeverity: 'info' },
    },
    rules: [{ name: 'checkout', match: { 'order.area': 'checkout' }, severity: 'critical' }],
  } as never
}

type Log = (level: 'error' | 'info', fields: object, text: string) => void
type Open = () => {
  readonly log: Log
  readonly flush: () => Promise<unknown>
  readonly close: () => Promise<unknown>
}

const openPino: Open = () => {
  const stream = alertStream(options(), { write() {} })
  const logger = pino({}, stream as never)
  const log: Log = (level, fields, text) => logger[level](fields, text)
  return { log, flush: () => stream.flush(), close: () => stream.close() }
}
const openWinston: Open = () => {
  const transport = new AlertTransport({ ...(options() as object), level: 'info' } as never)
  const logger = winston.createLogger({ level: 'info', transports: [transport] })
  const log: Log = (level, fields, text) => logger[level](text, fields)
  return { log, flush: () => transport.flush(), close: () => transport.close() as never }
}

const loggers = [
  ['pino', openPino],
  ['winston', openWinston],
] as const
const sizes = [47_000, 300_000, 5_000_000]

describe.each(loggers)('%s', (_name, open) => {
  it.each(sizes)(
    'an error of %i bytes leaves rule, channel, request id and alert field',
    { timeout: 60_000 },
    async (bytes) => {
      const { log, flush, close } = open()
      const err = largeError(bytes)
      const behind = { team: 'pay', order: { area: 'checkout' }, requestId: 'r-1' }
      log('error', { err, ...behind }, 'charge failed')
      // Several such lines in one tick are more than an adapter keeps for its worker.
      await flush()
      log('error', { err, ...behind, alert: false }, 'not to be sent')
      await flush()
      log('info', { err, ...behind, alert: 'PAYMENT' }, 'sent for its code')
      await close()
      const posts = hook.posts as never as readonly (Post & {
        readonly channel: string
        readonly text: string
      })[]
      expect(new Set(posts.map(({ channel }) => channel))).toEqual(new Set(['pay']))
      expect(posts.flatMap(({ alerts }) => alerts.map(briefly))).toEqual([
        'checkout: charge failed (ERR_BAD_RESPONSE, Request failed with status code 502, r-1)',
        'checkout: sent for its code (PAYMENT, Request failed with status code 502, r-1)',
      ])
      for (const { text } of posts) expect(text).toContain('Record: cut, as it ')
    },
  )
})

function briefly(alert: Post['alerts'][number]): string {
  const { rule, headline, code, error, requestId } = alert as never as Record<string, string> & {
    error: { message: string }
  }
  return `${rule}: ${headline} (${code}, ${error.message}, ${requestId})`
}
