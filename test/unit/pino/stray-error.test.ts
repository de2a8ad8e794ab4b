import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertEvent } from 'alert-core'
import { expect, onTestFinished, test } from 'vitest'
import { alertStream } from '#pino/alert-stream.ts'
import { openHook } from '../winston/hook.ts'

/** A channel's own module that leaves a rejection behind, which says the address of another channel. */
const source = (said: string) => `
  const safeParse = (data) => ({ success: true, data })
  const send = async () => {
    Promise.reject(new Error(${JSON.stringify(said)}))
    return { status: 'delivered' }
  }
  export default { options: { safeParse }, limits: {}, open: () => ({ send }) }
`

test.each(['worker', 'process'] as const)(
  "an error that a channel's module leaves uncaught in the %s is counted and reported without secrets, and alerting continues",
  async (runIn) => {
    const hook = await openHook()
    const directory = await mkdtemp(join(tmpdir(), 'alert-stray-'))
    const { url } = hook.options.channels['hook'] as { url: string }
    const secret = 'inbox-token-0001'
    const module = join(directory, 'channel.mjs')
    await writeFile(module, source(`cannot reach ${url}${secret}`))
    const stream = alertStream({
      ...hook.options,
      runIn,
      channels: {
        hook: { type: 'webhook', url: `${url}${secret}`, wait: 0, interval: 0 },
        own: { type: 'module', module, wait: 0, interval: 0 },
      },
    } as never)
    onTestFinished(async () => {
      await stream.close()
      await hook.close()
      await rm(directory, { recursive: true })
    })
    const stray = new Promise<AlertEvent>((resolve) => {
      stream.on('alert', (event) => event.type === 'error' && resolve(event))
    })
    stream.write('{"level":50,"time":1,"msg":"first problem"}\n')
    await stream.flush()
    const event = await stray
    expect(event).toMatchObject({
      code: 'ALERT_UNCAUGHT_ERROR',
      message: expect.stringContaining('cannot reach'),
    })
    expect(JSON.stringify(event)).not.toContain(secret)
    expect((await stream.stats()).failures).toMatchObject({ ALERT_UNCAUGHT_ERROR: 1 })
    stream.write('{"level":50,"time":1,"msg":"second problem"}\n')
    await stream.flush()
    expect(hook.posts.map(({ subject }) => subject).join()).toContain('second problem')
  },
)
