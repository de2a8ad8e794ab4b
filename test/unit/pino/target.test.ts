import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { countDelivered, type Hook, openHook } from '../winston/hook.ts'

let hook: Hook
beforeEach(async () => {
  hook = await openHook()
})
afterEach(() => hook.close())

const target = 'pino-alert-transport'
const subjects = () => hook.posts.map(({ subject }) => subject)

function open(options: object = {}) {
  const stream = pino.transport({ target, options: { ...hook.options, ...options } })
  onTestFinished(async () => {
    stream.end()
    await once(stream, 'close')
  })
  return stream
}

/** A file that a sibling target writes to. */
async function siblingFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'alert-sibling-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return join(directory, 'log')
}

describe('a plain target', () => {
  it('delivers without the configuration that pino did not send', async () => {
    open().write('{"level":50,"time":1,"msg":"no configuration"}\n')
    await hook.came(1)
    expect(subjects()).toEqual([expect.stringContaining('no configuration')])
  })

  it('delivers each record once if the configuration comes late, and harms no sibling that waits for it', async () => {
    const file = await siblingFile()
    const source = `${file}.mjs`
    const abstract = import.meta.resolve('pino-abstract-transport')
    await writeFile(
      source,
      `import { appendFileSync } from 'node:fs'
       import build from ${JSON.stringify(abstract)}
       export default ({ file }) => build(async (source) => {
         for await (const { msg } of source) appendFileSync(file, msg + ' ' + source.levels.values.audit + '\\n')
       }, { expectPinoConfig: true })`,
    )
    const transport = pino.transport({
      targets: [
        { target, options: { ...hook.options } },
        { target: source, options: { file } },
      ],
    })
    transport.write('{"level":50,"time":1,"msg":"before"}\n')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const logger = pino({ customLevels: { audit: 35 } }, transport)
    logger.error('after')
    // Before the end: that parks this thread, where the provider is.
    while (countDelivered(hook.posts) < 2) await hook.came(hook.posts.length + 1)
    transport.end()
    await once(transport, 'close')
    expect(countDelivered(hook.posts)).toBe(2)
    expect(await readFile(file, 'utf8')).toBe('before 35\nafter 35\n')
  })

  it('answers a flush that is requested before its worker is up', async () => {
    const logger = pino(open())
    logger.error('early')
    await new Promise<void>((resolve, reject) => logger.flush((error) => (error ? reject(error) : resolve())))
    await hook.came(1)
    expect(subjects()).toEqual([expect.stringContaining('early')])
  })

  it('counts the lines below its threshold', async () => {
    const transport = alertTransport(hook.options as never)
    const logger = pino({ transport })
    for (let n = 0; n < 10; n++) logger.info('all is well')
    logger.error('one problem')
    await transport.flush()
    expect(await transport.stats()).toMatchObject({ lines: 11, matched: 1 })
    await transport.close()
  })

  it('does not stall a sibling with a burst while its channel hangs, and ends within closeTimeout', {
    retry: 2,
  }, async () => {
    const hung = await openHook({ hangs: true })
    const file = await siblingFile()
    const transport = pino.transport({
      targets: [
        { target, options: { ...hung.options, closeTimeout: '1s' } },
        { target: 'pino/file', options: { destination: file } },
      ],
    })
    const logger = pino(transport)
    for (let n = 0; n < 5_000; n++) logger.error({ pad: 'x'.repeat(500) }, `order ${n} could not be saved`)
    const startedAt = performance.now()
    transport.end()
    await once(transport, 'close')
    // Without a bound of its own it would be 10 s.
    expect(performance.now() - startedAt).toBeLessThan(9_000)
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(5_000)
    await hung.close()
  })

  it('starts with bad options, and harms no sibling', async () => {
    const file = await siblingFile()
    const transport = pino.transport({
      targets: [
        { target, options: { channels: { hook: { type: 'no-such-type' } } } },
        { target: 'pino/file', options: { destination: file } },
      ],
    })
    pino(transport).error('for the file')
    transport.end()
    await once(transport, 'close')
    expect(await readFile(file, 'utf8')).toContain('for the file')
  })
})
