import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import winston from 'winston'
import TransportStream from 'winston-transport'
import { AlertTransport } from '#winston/index.ts'
import { countDelivered, type Hook, openHook } from './hook.ts'

const workers: Worker[] = []
process.on('worker', (worker) => workers.push(worker))
/** All transports of a process share one. */
const livingWorkers = () => workers.filter(({ threadId }) => threadId > 0)

let hook: Hook
let transports: AlertTransport[]
beforeEach(async () => {
  hook = await openHook()
  transports = []
})
afterEach(async () => {
  await Promise.all(transports.map((transport) => transport.close()))
  await hook.close()
})

function open(options: object = {}): AlertTransport {
  const transport = new AlertTransport({ ...hook.options, ...options })
  transports.push(transport)
  return transport
}

function loggerOf(...given: TransportStream[]): winston.Logger {
  return winston.createLogger({ level: 'silly', transports: given })
}

describe('the transport', () => {
  it('can be one of forty without a warning of a leak', async () => {
    const warnings: string[] = []
    const heed = ({ name }: Error) => warnings.push(name)
    process.on('warning', heed)
    const logger = loggerOf(...Array.from({ length: 40 }, (_, n) => open({ service: `s${n}` })))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', heed)
    expect(warnings).not.toContain('MaxListenersExceededWarning')
    expect(logger.getMaxListeners()).toBeLessThan(100)
  })

  it('leaves the limit of listeners as it was when it is removed, and leaves a logger without one alone', () => {
    const transport = open()
    const logger = loggerOf()
    const limit = logger.getMaxListeners()
    for (let n = 0; n < 20; n++) logger.add(transport).remove(transport)
    expect(logger.getMaxListeners()).toBe(limit)
    logger.setMaxListeners(0)
    expect(logger.add(transport).getMaxListeners()).toBe(0)
  })

  it('throws every problem of its options at once, by path, in the constructor', () => {
    const bad = { chanels: {}, level: 'erorr', channels: { hook: { type: 'webhook' } } }
    expect(() => new AlertTransport(bad as never)).toThrow(
      expect.objectContaining({
        code: 'ALERT_OPTIONS_INVALID',
        message: expect.stringMatching(/^(?=.*chanels)(?=.*level)(?=.*channels\.hook\.url)/s),
      }),
    )
  })

  it('notifies of an error with its fields and its time', async () => {
    const transport = open()
    loggerOf(transport).error('payment failed', { err: new Error('card gateway timeout'), requestId: 'r-1' })
    const [post] = await hook.came(1)
    expect(post).toMatchObject({ severity: 'error', reason: 'first' })
    expect(post?.subject).toContain('payment failed')
    expect(JSON.stringify(post)).toContain('card gateway timeout')
    expect(JSON.stringify(post)).toContain('r-1')
  })

  it('emits each delivery as an event', async () => {
    const transport = open()
    const events: unknown[] = []
    transport.on('alert', (event) => events.push(event))
    loggerOf(transport).error('x')
    await transport.flush()
    expect(events).toContainEqual(expect.objectContaining({ type: 'delivered', channel: 'hook' }))
  })

  it('notifies of a record of any level with an alert field, and of no error with alert: false', async () => {
    const transport = open()
    const logger = loggerOf(transport)
    logger.debug('refund stuck', { alert: { code: 'REFUND' } })
    logger.error('known problem', { alert: false })
    logger.info('all is well')
    expect(await transport.flush()).toEqual({ delivered: true, pending: 0 })
    expect(hook.posts.map(({ subject }) => subject)).toEqual([expect.stringContaining('refund stuck')])
  })

  it('passes lower levels on if a rule matches them', async () => {
    const transport = open({ rules: [{ name: 'slow', match: { slow: true }, severity: 'error' }] })
    const logger = loggerOf(transport)
    logger.info('report took long', { slow: true })
    logger.info('report was quick', { slow: false })
    await transport.flush()
    expect(hook.posts.map(({ subject }) => subject)).toEqual([expect.stringContaining('report took long')])
  })

  it('uses the threshold in the logger’s own words, also when it is changed', async () => {
    const transport = open({ level: 'bad' })
    const levels = { awful: 0, bad: 1, odd: 2, fine: 3 }
    const logger = winston.createLogger({ levels, level: 'fine', transports: [transport] })
    logger.log('bad', 'one')
    logger.log('odd', 'two')
    await transport.flush()
    expect(countDelivered(hook.posts)).toBe(1)
    transport.level = 'odd'
    logger.log('odd', 'three')
    logger.log('fine', 'four')
    await transport.flush()
    expect(countDelivered(hook.posts)).toBe(2)
  })

  it('does nothing with silent: true', async () => {
    const transport = open({ silent: true })
    loggerOf(transport).error('x')
    expect(await transport.stats()).toMatchObject({ lines: 0 })
  })

  it('runs a format of its own, and uses the record unchanged if that throws', async () => {
    const fails = winston.format((info) => {
      if (info.message === 'drop') return false
      if (info.message === 'throw') throw new Error('format')
      return { ...info, message: `seen: ${info.message}` }
    })
    const transport = open({ format: fails() })
    const logger = loggerOf(transport)
    for (const message of ['drop', 'throw', 'pass']) logger.error(message)
    await transport.flush()
    expect(JSON.stringify(hook.posts)).toMatch(/(?=.*throw)(?=.*seen: pass)/)
    expect(countDelivered(hook.posts)).toBe(2)
  })

  it('counts what comes after its close, and notifies of none of it', async () => {
    const transport = open()
    const logger = loggerOf(transport)
    logger.error('before')
    expect(await transport.close()).toEqual({ delivered: true, pending: 0 })
    logger.error('after')
    expect(await transport.stats()).toMatchObject({ failures: { closed: 1 } })
    expect(hook.posts).toHaveLength(1)
  })

  it('has nothing to wait for before the first alert', async () => {
    const transport = open()
    expect(await transport.flush()).toEqual({ delivered: true, pending: 0 })
    expect(await transport.close()).toEqual({ delivered: true, pending: 0 })
  })
})

describe('the logger', () => {
  it('has every record taken in the tick of its call while the channel hangs, and so has a sibling transport', async () => {
    const hung = await openHook({ hangs: true })
    const transport = new AlertTransport({ ...hung.options, closeTimeout: '100ms' } as never)
    const seen: unknown[] = []
    class Sibling extends TransportStream {
      override log(info: unknown, next: () => void): void {
        seen.push(info)
        next()
      }
    }
    const logger = loggerOf(transport, new Sibling())
    for (let n = 0; n < 5_000; n++) logger.error(`error ${n}`, new Error('boom'))
    expect(seen).toHaveLength(5_000)
    await hung.came(1)
    expect(await transport.close()).toMatchObject({ delivered: false })
    await hung.close()
  })

  it('gets its callback at once and exactly once, whatever is logged', () => {
    const transport = open()
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('trap')
        },
      },
    )
    const circular: Record<string, unknown> = { level: 'error', message: 'x' }
    circular['self'] = circular
    for (const info of [
      undefined,
      null,
      'text',
      hostile,
      circular,
      { message: Symbol('x') },
      Object.create(null),
    ]) {
      let calls = 0
      expect(() => transport.log(info, () => calls++)).not.toThrow()
      expect(transport.write(info)).toBe(true)
      expect(calls).toBe(1)
    }
  })

  it('finishes when everything is sent after logger.end()', async () => {
    const transport = open({ channels: { hook: { ...hook.options.channels['hook'], wait: '1m' } } })
    const logger = loggerOf(transport)
    logger.error('last words')
    logger.end()
    await once(logger, 'finish')
    expect(hook.posts).toHaveLength(1)
  })

  it('may share a transport with another and leave it, or come back to it', async () => {
    const transport = open()
    const one = loggerOf(transport)
    const two = loggerOf(transport)
    one.close()
    two.error('from two')
    await transport.flush()
    two.configure({ transports: [transport] })
    two.error('from two again')
    await transport.flush()
    expect(countDelivered(hook.posts)).toBe(2)
  })
})

describe('the worker', () => {
  it('is one for all transports of equal options, whatever the order of their keys', async () => {
    const [first, second] = [open(), open({ channels: hook.options.channels, service: hook.options.service })]
    loggerOf(first).error('one')
    loggerOf(second).error('two')
    await first.flush()
    expect(await first.stats()).toMatchObject({ lines: 2 })
    await first.close()
    loggerOf(second).error('three')
    await second.flush()
    expect(countDelivered(hook.posts)).toBe(3)
  })

  it('costs no listener and no warning, however many loggers are made, dropped, ended and closed', async () => {
    const warnings: Error[] = []
    const hear = (warning: Error) => warnings.push(warning)
    process.on('warning', hear)
    const count = () => process.listenerCount('exit') + process.listenerCount('beforeExit')
    open()
    const shared = open()
    loggerOf(shared).error('first')
    await shared.flush()
    const before = count()
    // One kind of error: more alerts than may wait for a channel would be a warning.
    for (let n = 0; n < 1_000; n++) {
      const own = new AlertTransport(hook.options as never)
      const logger = n % 20 === 0 ? loggerOf(own, shared) : loggerOf(own)
      logger.error('again')
      if (n % 3 === 0) logger.close()
      if (n % 3 === 1) logger.end()
    }
    await shared.flush()
    await new Promise(setImmediate)
    expect(livingWorkers()).toHaveLength(1)
    expect(count()).toBe(before)
    expect(warnings).toEqual([])
    process.off('warning', hear)
  })

  it('is started again when it dies, which an event says, and what is logged meanwhile is delivered', async () => {
    const transport = open()
    const errors: string[] = []
    transport.on('alert', (event) => event.type === 'error' && errors.push(event.code))
    const logger = loggerOf(transport)
    logger.error('before')
    await transport.flush()
    await livingWorkers()[0]!.terminate()
    logger.error('meanwhile')
    expect(await transport.flush()).toEqual({ delivered: true, pending: 0 })
    expect(hook.posts.map(({ subject }) => subject)).toEqual([
      expect.stringContaining('before'),
      expect.stringContaining('meanwhile'),
    ])
    expect(errors).toEqual(['ALERT_WORKER_LOST'])
  })

  it('takes a burst that is larger than its buffer, and counts it exactly', async () => {
    const transport = open({ channels: { hook: { ...hook.options.channels['hook'], wait: '1m' } } })
    const logger = loggerOf(transport)
    for (let n = 0; n < 10_000; n++)
      logger.error('disk full', { err: new Error('ENOSPC'), pad: 'x'.repeat(700) })
    await transport.close()
    expect(countDelivered(hook.posts)).toBe(10_000)
  })
})
