// A platform of functions freezes the process between two invocations, also while a message is under way.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { unhurried, type WebhookBody } from '../../e2e/app.ts'

interface Post {
  readonly body: WebhookBody
  readonly response: ServerResponse
}

let server: Server
let url: string
let posts: Post[]
let onPost: () => void
beforeEach(async () => {
  posts = []
  onPost = () => {}
  server = createServer(async (request, response) => {
    const chunks = await request.setEncoding('utf8').toArray()
    posts.push({ body: JSON.parse(chunks.join('')), response })
    onPost()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const nextPost = () =>
  new Promise<void>((resolve) => {
    onPost = resolve
  })

/** A function: each line of its input is an invocation, which returns without waiting for its alerts. */
async function startFunction(options: object) {
  const file = join(inject('app'), `function-${Math.random().toString(36).slice(2)}.mjs`)
  const source = `
    import { createInterface } from 'node:readline'
    import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    const alerts = alertStream(${JSON.stringify(options)}, { write() {} })
    const logger = pino({}, alerts)
    for await (const order of createInterface(process.stdin)) {
      logger.error(new Error('card gateway timeout for order ' + order))
      void alerts.flush().then(() => console.log('flushed ' + order))
    }`
  await writeFile(file, source)
  const child = spawn(process.execPath, [file], {
    cwd: inject('app'),
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said: string[] = []
  const lines = createInterface(child.stdout).on('line', (line) => said.push(line))
  return {
    child,
    said,
    invoke: (order: number) => child.stdin.write(`${order}\n`),
    nextLine: () => once(lines, 'line'),
  }
}

describe.each(['inline', 'worker'])('with runIn: %s', (runIn) => {
  it.each([
    ['was answered', ({ response }: Post) => response.end('ok'), 1],
    ['lost its connection', ({ response }: Post) => response.socket?.destroy(), 2],
  ] as const)(
    'a message that %s while the process was frozen is delivered once',
    async (_what, answer, attempts) => {
      const channels = { hook: { type: 'webhook', url, wait: 0, retry: { first: '10ms' } } }
      const { child, said, invoke, nextLine } = await startFunction(unhurried({ runIn, channels }))
      const first = nextPost()
      invoke(1001)
      await first
      child.kill('SIGSTOP')
      answer(posts[0]!)
      const again = attempts === 2 ? nextPost() : undefined
      const flushed = nextLine()
      child.kill('SIGCONT')
      await again
      posts[1]?.response.end('ok')
      await flushed
      expect(said).toEqual(['flushed 1001'])
      // The next invocation counts for the same alert, which is not due again.
      const second = nextLine()
      invoke(1002)
      await second
      // The platform ends it without a word.
      child.kill('SIGKILL')
      await once(child, 'close')
      expect(posts).toHaveLength(attempts)
      expect(posts.map(({ body }) => body.reason)).toEqual(Array(attempts).fill('first'))
    },
  )
})
