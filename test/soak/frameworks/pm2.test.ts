// The example under a real PM2: two instances in cluster mode, reloaded and stopped.
import { expect, it } from 'vitest'
import { runExample } from './run-example.ts'

it('two instances of PM2 send one message, over a reload and the stop', async () => {
  const { code, stderr, messages } = await runExample('pm2')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(messages).toHaveLength(1)
  const [message] = messages
  expect(message).toMatch(/^\[ERROR\] shop: card gateway timeout for order …/)
  expect(message).toMatch(/^Location: .*service\.mjs:\d+\)$/m)
  expect(message).toMatch(/^Request: GET \/orders\/…\/pay → 500$/m)
  expect(message).toMatch(/^requestId: \d+$/m)
  expect(message).toMatch(/^Process: (?:all 2 processes|.*\(instance \d\))/m)
  expect(message).not.toContain('no such order')
})
