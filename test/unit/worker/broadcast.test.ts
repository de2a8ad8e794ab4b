import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertEvent } from '#core/model.ts'
import { createBroadcastConnection, serveBroadcast } from '#core/worker/broadcast.ts'
import { createAdapter } from '#core/worker/create-adapter.ts'
import { createListeners } from '#core/worker/listeners.ts'

test('a listener that throws harms neither the application nor other listeners, and a removed one receives nothing', async () => {
  const name = `broadcast:${randomUUID()}`
  const hub = createHub({ dryRun: true, channels: { ops: { type: 'console', wait: 0 } } })
  const listeners = createListeners<AlertEvent>()
  const adapter = createAdapter(createBroadcastConnection(name, listeners.emit), listeners)
  const stop = serveBroadcast(name, hub, async () => {})
  onTestFinished(async () => {
    stop()
    await hub.close()
  })
  const heard: string[] = []
  const off = (event: AlertEvent) => heard.push(`off: ${event.type}`)
  adapter.on('alert', () => {
    throw new Error('the listener’s own')
  })
  adapter.on('alert', off).off('alert', off)
  const notified = new Promise<void>((resolve) => {
    adapter.on('alert', (event) => {
      heard.push(event.type)
      if (event.type === 'delivered') resolve()
    })
  })
  hub.write('{"level":50,"msg":"disk is full"}')
  expect(await adapter.flush()).toEqual({ delivered: true, pending: 0 })
  await notified
  expect(heard).toEqual(['fired', 'delivered'])
})
