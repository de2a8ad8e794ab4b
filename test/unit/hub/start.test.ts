import { expect, test, vi } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'

// The first formatter of a process takes ten milliseconds.
test('a hub opens, takes lines and writes messages in the zone of the machine without Intl', async () => {
  const format = vi.spyOn(Intl, 'DateTimeFormat')
  const hub = createHub({ dryRun: true, channels: { ops: { type: 'console' } } }, { warn() {} })
  hub.write('{"level":50,"msg":"disk is full"}')
  hub.write('{"level":50,"msg":"disk is full again"}')
  expect(hub.stats().matched).toBe(2)
  expect(format).not.toHaveBeenCalled()
  const delivered = vi.fn()
  hub.subscribe(delivered, ({ type }) => type === 'delivered')
  await hub.close()
  expect(delivered).toHaveBeenCalled()
  expect(format).not.toHaveBeenCalled()
  format.mockRestore()
})
