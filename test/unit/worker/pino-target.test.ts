import { expect, test } from 'vitest'
import { createLineStream } from '#core/worker/pino-target.ts'

test('the stream takes everything and never asks to wait', () => {
  const lines: string[] = []
  const stream = createLineStream({
    write: (line) => lines.push(line),
    countFailure() {},
    flush: async () => {},
    end: async () => {},
  })
  const line = `{"level":50,"msg":"${'x'.repeat(500_000)}"}\n`
  for (let n = 0; n < 50; n++) expect(stream.write(line)).toBe(true)
  expect(stream.writableNeedDrain).toBe(false)
  expect(lines).toHaveLength(50)
})
