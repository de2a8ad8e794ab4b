import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { createLineOutbox } from '#core/worker/line-outbox.ts'
import { createRing, createRingWriter } from '#core/worker/ring.ts'
import { createState } from '#core/worker/thread-wire.ts'

test('what one turn logs crosses as one text, and in pieces if it is much', async () => {
  const { port1: port, port2: thread } = new MessageChannel()
  const texts: string[] = []
  thread.on('message', (text: string) => texts.push(text))
  const outbox = createLineOutbox({
    port,
    state: createState(),
    ring: createRingWriter(createRing()),
    onPost() {},
  })
  const line = `{"level":50,"msg":"${'x'.repeat(700)}"}\n`
  for (let n = 0; n < 10; n++) outbox.write(line)
  await once(thread, 'message')
  expect(texts).toEqual([line.repeat(10)])

  texts.length = 0
  for (let n = 0; n < 1_000; n++) outbox.write(line)
  while (texts.join('').length < 1_000 * line.length) await once(thread, 'message')
  expect(texts.join('')).toBe(line.repeat(1_000))
  for (const text of texts) expect(text.length).toBeLessThan(32 * 1024 + line.length)
  port.close()
})
