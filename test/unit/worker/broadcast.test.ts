import { expect, onTestFinished, test } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertEvent } from '#core/model.ts'
import { createBroadcastConnection, createControl, serveBroadcast } from '#core/worker/broadcast.ts'
import { createAdapter } from '#core/worker/create-adapter.ts'
import { createListeners } from '#core/worker/listeners.ts'

const isGiven = () => undefined

test('a listener that throws harms neither the application nor other listeners, and a removed one receives nothing', async () => {
  const control = createControl()
  const hub = createHub({ dryRun: true, channels: { ops: { type: 'console', wait: 0 } } })
  const listeners = createListeners<AlertEvent>()
  const adapter = createAdapter(createBroadcastConnection(control, isGiven, listeners.emit), listeners)
  const stop = serveBroadcast(control, hub, async () => {})
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

const nothing = { delivered: true, pending: 0 }

test('a transport that was given to no logger has nothing to send, and says so to requests', async () => {
  const connection = createBroadcastConnection(
    createControl(),
    () => 'no logger has it',
    () => {},
  )
  expect(await connection.flush()).toEqual(nothing)
  expect(await connection.stats()).toBeUndefined()
  await expect(connection.request('explain', {})).rejects.toMatchObject({
    code: 'ALERT_WORKER_UNREACHABLE',
    message: 'no logger has it',
  })
  expect(await connection.close()).toEqual(nothing)
})

test('a hub that ends answers no request, and nothing waits for it: before, during and after', async () => {
  const control = createControl()
  const hub = createHub({ dryRun: true, channels: { ops: { type: 'console' } } })
  onTestFinished(() => void hub.close())
  const connection = createBroadcastConnection(control, isGiven, () => {})
  const stop = serveBroadcast(control, hub, () => new Promise(() => {}))
  const asked = connection.flush()
  setImmediate(() => setImmediate(() => setImmediate(stop)))
  const unanswered = { delivered: false, pending: 0 }
  expect(await asked).toEqual(unanswered)
  expect(await connection.flush()).toEqual(unanswered)
  await expect(connection.request('unsilence', 'x')).rejects.toMatchObject({
    code: 'ALERT_WORKER_UNREACHABLE',
  })
})
