import { BroadcastChannel, getEnvironmentData } from 'node:worker_threads'
import { it, onTestFinished } from 'vitest'
import { type FromThread, type ParentData, parentKey, type ToThread } from '#core/worker/parent.ts'
import { serveThreads } from '#core/worker/serve-threads.ts'

const setup = {
  options: { dryRun: true, runIn: 'inline', service: 'threads', channels: { ops: { type: 'console' } } },
  wire: {},
  closeTimeoutMs: 3_000,
} as const

it('of more threads than are served, the one that was silent for the longest time is forgotten', async () => {
  serveThreads()
  const { name } = getEnvironmentData(parentKey) as unknown as ParentData
  const up = new BroadcastChannel(name)
  onTestFinished(() => up.close())
  const post = (message: FromThread) => up.postMessage(message)
  let id = 0

  /** Resolves when the main thread has answered; the first one and the last one are never forgotten. */
  async function ask(host: string): Promise<void> {
    const answers = new BroadcastChannel(host)
    const answered = new Promise<void>((resolve) => {
      answers.onmessage = (event: unknown) => {
        if ('answer' in (event as { data: ToThread }).data) resolve()
      }
    })
    post({ host, thread: 0, request: { request: 'stats', id: ++id } })
    await answered
    answers.close()
  }

  const host = (n: number) => `host-${n}`
  for (let n = 0; n < 1_000; n++) post({ host: host(n), thread: 0, setup })
  await ask(host(0))
  post({ host: host(1_000), thread: 0, setup })
  await ask(host(1_000))
  await ask(host(0))
})
