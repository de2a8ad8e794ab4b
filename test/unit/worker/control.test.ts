import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertEvent } from '#core/model.ts'
import { createControl, serveControl } from '#core/worker/control.ts'

test('a listener that throws harms neither the application nor other listeners; one that was taken off hears nothing', async () => {
  const name = `control:${randomUUID()}`
  const hub = createHub({ dryRun: true, channels: { ops: { type: 'console', wait: 0 } } })
  const control = createControl(name)
  const stop = serveControl(name, hub, async () => {})
  onTestFinished(async () => {
    stop()
    await hub.close()
  })
  const heard: string[] = []
  const off = (event: AlertEvent) => heard.push(`off: ${event.type}`)
  control.on('alert', () => {
    throw new Error('the listener’s own')
  })
  control.on('alert', off).off('alert', off)
  const notified = new Promise<void>((resolve) => {
    control.on('alert', (event) => {
      heard.push(event.type)
      if (event.type === 'delivered') resolve()
    })
  })
  hub.write('{"level":50,"msg":"disk is full"}')
  expect(await control.flush()).toEqual({ delivered: true, pending: 0 })
  await notified
  expect(heard).toEqual(['fired', 'delivered'])
})
