import { expect, test } from 'vitest'
import { openNoHost } from '#core/worker/hosts.ts'
import { createLink } from '#core/worker/link.ts'

const nap = new Int32Array(new SharedArrayBuffer(4))

test('a stuck worker is waited for once, and then not again for a while', () => {
  const waited: number[] = []
  let isStuck = false
  const host = {
    ...openNoHost(),
    flushSync(ms: number) {
      waited.push(ms)
      if (isStuck) Atomics.wait(nap, 0, 0, ms)
    },
  }
  const link = createLink({ options: {}, wire: {}, closeTimeoutMs: 100 }, [{ open: () => host }])
  link.write('{"level":60}\n')
  link.flushSync(60_000)
  link.flushSync(60_000)
  isStuck = true
  link.flushSync(500)
  link.flushSync(500)
  isStuck = false
  expect(waited.slice(0, 3)).toEqual([60_000, 60_000, 500])
  expect(waited.slice(3)).toEqual([0])
})
