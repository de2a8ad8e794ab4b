import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createConsole } from '#core/providers/console/console.ts'
import { aCard, aMessage, send } from './support.ts'

const print = async (message = aMessage(), coloured = false) => {
  let printed = ''
  const write = async (text: string) => {
    printed += text
  }
  const receipt = await send(createConsole({ write, isColoured: () => coloured }), {}, message)
  expect(receipt).toEqual({ status: 'delivered' })
  return printed
}

describe('a card on the terminal', () => {
  it('is readable without colours, in a frame of its own', async () => {
    expect(await print()).toBe(
      [
        '┌ [ERROR] payments prod: card gateway timeout ×37',
        '│ card gateway timeout after 3000 ms',
        '│',
        '│ since    14:05:00 +08:00',
        '│ traceId  4bf92f35  https://trace.example.com/4bf92f35',
        '│',
        '│ 14:04:58 info calling gateway',
        '│ 14:04:59 warn slow',
        '└ next reminder in 5 min',
        '',
      ].join('\n'),
    )
  })

  it('keeps its columns in Chinese, and several alerts apart', async () => {
    const cards = [
      aCard({
        text: '',
        context: [],
        facts: [
          { label: '时间', value: 'a' },
          { label: 'traceId', value: 'b' },
        ],
      }),
      aCard({
        title: '[ERROR] disk full',
        text: '',
        context: [],
        facts: [],
        runbook: 'https://wiki.example.com/disk',
      }),
    ]
    expect(await print(aMessage({ cards, closing: ['and 3 more', 'next'], locale: 'zh-CN' }))).toBe(
      [
        '┌ [ERROR] payments prod: card gateway timeout ×37',
        '│ [ERROR] card gateway timeout ×37',
        '│',
        '│ 时间     a',
        '│ traceId  b',
        '│',
        '│ [ERROR] disk full',
        '│',
        '│ 处理手册  https://wiki.example.com/disk',
        '│ and 3 more',
        '└ next',
        '',
      ].join('\n'),
    )
  })

  it('is coloured only where there is a terminal to show it', async () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9]+m`, 'g')
    const coloured = await print(aMessage(), true)
    expect(coloured).toMatch(escapes)
    expect(coloured.replace(escapes, '')).toBe(await print())
  })

  it('cannot be made to move the cursor or to set the title by data', async () => {
    const evil = '\u001b[2J\u001b]0;title\u0007\u009b31m\rpayments'
    const card = aCard({ title: evil, text: evil, context: [evil], facts: [{ label: evil, value: evil }] })
    const printed = await print(aMessage({ subject: evil, cards: [card], brief: [evil], closing: [evil] }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(printed).toContain('payments')
  })

  it('that cannot be written is a refusal, not an error', async () => {
    const write = () => Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    const broken = createConsole({ write, isColoured: () => false })
    expect(await send(broken, {})).toEqual({ status: 'failed', why: 'stderr cannot be written: EPIPE' })
  })
})

const built = fileURLToPath(new URL('../../../packages/alert-core/dist/index.js', import.meta.url))
const unbuilt = existsSync(built) ? '' : ' (skipped; run: npx -y pnpm@10 build)'

it.skipIf(unbuilt !== '')(`a worker prints while the main thread is on its way out${unbuilt}`, async () => {
  // As at process.exit() under a worker transport: the main thread waits for the worker without serving its
  // streams.
  const worker = `
    const { workerData } = require('node:worker_threads')
    import(workerData.built).then(async ({ createHub }) => {
      const hub = createHub({ channels: { console: {} } })
      hub.publish({ message: 'last words' })
      await hub.close()
      Atomics.store(workerData.done, 0, 1)
      Atomics.notify(workerData.done, 0)
    })`
  const main = `
    const { Worker } = require('node:worker_threads')
    const done = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(${JSON.stringify(worker)}, { eval: true, workerData: { built: ${JSON.stringify(`file://${built}`)}, done } })
    worker.once('online', () => {
      Atomics.wait(done, 0, 0, 20_000)
      process.exit(0)
    })`
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', main])
  expect(stderr).toContain('last words')
})
