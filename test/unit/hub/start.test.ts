import { expect, test, vi } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'

// The first formatter of a process takes ten milliseconds.
test('a hub opens and takes lines without a look at the time zone: the first message looks', async () => {
  const format = vi.spyOn(Intl, 'DateTimeFormat')
  const hub = createHub({ dryRun: true, channels: { ops: { type: 'console' } } }, { warn() {} })
  hub.write('{"level":50,"msg":"disk is full"}')
  hub.write('{"level":50,"msg":"disk is full again"}')
  expect(hub.stats().matched).toBe(2)
  expect(format).not.toHaveBeenCalled()
  await hub.close()
  expect(format).toHaveBeenCalled()
  format.mockRestore()
})
