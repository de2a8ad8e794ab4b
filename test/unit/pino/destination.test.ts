// alertStream around the application's own destination: pino and the application see that destination.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { promisify } from 'node:util'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AlertStream, alertStream, type Destination } from '#pino/alert-stream.ts'
import { type Hook, openHook } from '../winston/hook.ts'

let hook: Hook
let folder: string
let streams: AlertStream[]
beforeEach(async () => {
  hook = await openHook()
  folder = mkdtempSync(join(tmpdir(), 'destination-'))
  streams = []
})
afterEach(async () => {
  await Promise.all(streams.map((stream) => stream.close()))
  await hook.close()
  rmSync(folder, { recursive: true })
})

function wrap<Wrapped extends Destination>(destination: Wrapped) {
  const stream = alertStream(hook.options as never, destination)
  streams.push(stream)
  return stream
}

const messagesIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).msg)

test('every line reaches the destination as it is, and an error is notified', async () => {
  const written: string[] = []
  const stream = wrap({ write: (line: string) => written.push(line) })
  const logger = pino({ base: null, timestamp: false }, stream)
  logger.info('one')
  logger.error('two')
  expect(written).toEqual(['{"level":30,"msg":"one"}\n', '{"level":50,"msg":"two"}\n'])
  await stream.flush()
  expect(JSON.stringify(hook.posts)).toContain('two')
})

test("flush calls back when a file's stream, whose `flush` is an option, has written", async () => {
  const path = join(folder, 'app.log')
  const logger = pino({}, wrap(createWriteStream(path)))
  logger.info('one')
  await new Promise<void>((resolve, reject) => logger.flush((error) => (error ? reject(error) : resolve())))
  expect(messagesIn(path)).toEqual(['one'])
  await new Promise<void>((resolve, reject) => logger.flush((error) => (error ? reject(error) : resolve())))
})

test('pino.destination: fd, file, reopen, flushSync and flush with its callback', async () => {
  const path = join(folder, 'app.log')
  const destination = pino.destination({ dest: path, sync: false, minLength: 4096 })
  const stream = wrap(destination)
  const logger = pino({}, stream)
  await once(stream as never, 'ready')
  expect((stream as never as { fd: number }).fd).toBe((destination as never as { fd: number }).fd)
  expect(stream).toBeInstanceOf(destination.constructor)
  logger.info('flushed by a callback')
  await new Promise<void>((resolve, reject) => {
    logger.flush((error) => (error ? reject(error) : resolve()))
  })
  expect(messagesIn(path)).toEqual(['flushed by a callback'])
  logger.info('flushed at once')
  stream.flushSync()
  expect(messagesIn(path)).toHaveLength(2)
  renameSync(path, join(folder, 'old.log'))
  stream.reopen()
  await once(stream as never, 'ready')
  logger.fatal('in the new file')
  expect(messagesIn(path)).toEqual(['in the new file'])
  stream.end()
  await once(destination, 'close')
})

test('the error of a destination reaches its listeners and the callback of flush', async () => {
  const destination = pino.destination({ dest: join(folder, 'app.log'), sync: false })
  await once(destination, 'ready')
  const stream = wrap(destination)
  const heard = once(stream as never, 'error')
  destination.emit('error', new Error('disk full'))
  expect((await heard)[0]).toMatchObject({ message: 'disk full' })
  destination.destroy()
  const error = await new Promise<Error | null | undefined>((resolve) => void stream.flush(resolve as never))
  expect(error).toMatchObject({ message: 'SonicBoom destroyed' })
})

test('back pressure: write returns what the destination returns, and drain is heard', async () => {
  const taken: (() => void)[] = []
  const slow = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void taken.push(done) })
  const stream = wrap(slow)
  expect(stream.write('{"level":30,"msg":"x"}\n')).toBe(false)
  expect(stream.writableNeedDrain).toBe(true)
  const drained = once(stream as never, 'drain')
  taken[0]!()
  await drained
  expect(stream.writableNeedDrain).toBe(false)
})

test('what a destination throws reaches the application, after the record has been taken', async () => {
  const stream = wrap({
    write() {
      throw new Error('no room')
    },
  })
  expect(() => pino({}, stream).error('payment failed')).toThrow('no room')
  await stream.flush()
  expect(JSON.stringify(hook.posts)).toContain('payment failed')
})

test('a destination that fails to flush at once still lets the fatal record be read', async () => {
  const stream = wrap({
    write() {},
    flushSync() {
      throw new Error('not now')
    },
  })
  expect(() => stream.flushSync()).toThrow('not now')
  pino({}, stream).fatal('the end')
  await stream.flush()
  expect(JSON.stringify(hook.posts)).toContain('the end')
})

test('listeners of alerts are ours, those of other events the destination’s', async () => {
  const slow = new Writable({ write: (_chunk, _encoding, done) => done() })
  const stream = wrap(slow)
  const seen: string[] = []
  const hear = () => seen.push('pipe')
  stream.on('alert', ({ type }) => seen.push(type)).once('alert', () => seen.push('once'))
  ;(stream as never as Writable).on('pipe', hear)
  slow.emit('pipe')
  ;(stream as never as Writable).off('pipe', hear)
  slow.emit('pipe')
  pino({}, stream).error('payment failed')
  await stream.flush()
  expect(seen.filter((type) => type === 'pipe')).toHaveLength(1)
  expect(seen.filter((type) => type === 'once')).toHaveLength(1)
  expect(seen).toContain('delivered')
})

test('the destination gets the names that the logger uses, and what pino says of each line', () => {
  const said: unknown[] = []
  const inner = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    lastObj: undefined as unknown,
    write() {
      said.push([this.lastLevel, this.lastObj])
    },
    emit: (event: string, message: { code: string }) => said.push([event, message.code]) > 0,
  }
  const stream = wrap(inner)
  pino({}, stream).info({ n: 1 }, 'one')
  expect(said).toEqual([
    ['message', 'PINO_CONFIG'],
    [30, { n: 1 }],
  ])
})

test('neither a logger nor what it logged stays on the stream', () => {
  const stream = wrap({ write() {} })
  pino({}, stream).info({ large: 'object' }, 'first')
  const { lastObj, lastMsg, lastLogger } = stream as never as Record<string, unknown>
  expect([lastObj, lastMsg, lastLogger]).toEqual([undefined, undefined, undefined])
})

test('without a destination lines go to process.stdout, but not as a part of a multistream', async () => {
  const run = promisify(execFile)
  const program = (destination: string) => `
    const { default: pino } = await import('pino')
    const { alertStream } = await import('pino-alert-transport')
    const stream = alertStream({ channels: { console: {} } })
    pino({ base: null, timestamp: false }, ${destination}).info('hello')
    stream.write('{"level":30,"msg":"of another logger"}\\n')
    await stream.close()
  `
  const stdoutOf = async (destination: string) => {
    const given = ['--input-type=module', '-e', program(destination)]
    return (await run(process.execPath, given, { cwd: import.meta.dirname })).stdout
  }
  const line = '{"level":30,"msg":"hello"}\n'
  expect(await stdoutOf('stream')).toBe(line)
  expect(await stdoutOf('pino.multistream([{ stream: process.stdout }, stream])')).toBe(line)
})

test('lines go to process.stdout as well where OpenTelemetry has put its own stream beside', async () => {
  const program = (destination: string) => `
    const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino')
    new PinoInstrumentation()
    const pino = require('pino')
    const { alertStream } = require('pino-alert-transport')
    const stream = alertStream({ channels: { console: {} } })
    const logger = pino({ base: null, timestamp: false }, ${destination})
    logger.info('hello')
    logger.child({ n: 1 }).info('hello')
    void stream.close()
  `
  const run = promisify(execFile)
  const linesOf = async (destination: string) =>
    (await run(process.execPath, ['-e', program(destination)], { cwd: import.meta.dirname })).stdout
  const lines = '{"level":30,"msg":"hello"}\n{"level":30,"n":1,"msg":"hello"}\n'
  expect(await linesOf('stream')).toBe(lines)
  expect(await linesOf('pino.multistream([stream])')).toBe('')
  expect(await linesOf('pino.multistream([{ stream: process.stdout }, stream])')).toBe(lines)
})
