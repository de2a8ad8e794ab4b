// One problem at several levels, with other labels, and by `hub.publish`.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createHub } from '#core/index.ts'
import { type Hook, openHook } from '../winston/hook.ts'

let hook: Hook
beforeEach(async () => {
  hook = await openHook()
})
afterEach(() => hook.close())

const open = (options: object = {}) => createHub({ ...hook.options, ...options } as never)
const line = (level: number, msg: string, fields: object = {}) =>
  `${JSON.stringify({ level, time: Date.now(), msg, ...fields })}\n`
const sent = () =>
  hook.posts.map(({ reason, severity, alerts }) => ({
    reason,
    severity,
    ids: alerts.map(({ id }) => id),
    headlines: alerts.map(({ headline }) => headline),
  }))

it('an error that is logged again as fatal escalates its alert', async () => {
  const hub = open()
  hub.write(line(50, 'disk full'))
  await hook.came(1)
  hub.write(line(60, 'disk full'))
  await hub.close()
  const [first, second, ...more] = sent()
  expect(more).toEqual([])
  expect(first).toMatchObject({ reason: 'first', severity: 'error', headlines: ['disk full'] })
  expect(second).toMatchObject({ reason: 'escalated', severity: 'critical', ids: first!.ids })
})

it("level: 'warn' raises alerts of severity warning, which a channel takes by default", async () => {
  const hub = open({ level: 'warn' })
  hub.write(line(30, 'all is well'))
  hub.write(line(40, 'disk nearly full'))
  await hub.close()
  expect(sent()).toMatchObject([{ reason: 'first', severity: 'warning', headlines: ['disk nearly full'] }])
})

it('hub.publish({ msg, err }) keeps both', async () => {
  const hub = open()
  await hub.publish({ msg: 'charge failed', err: new TypeError('card declined') } as never)
  await hub.close()
  expect(sent()).toMatchObject([{ headlines: ['charge failed'] }])
  expect(hook.posts[0]!.alerts[0]).toMatchObject({ error: { type: 'TypeError', message: 'card declined' } })
})

it('a label that changes with every deploy changes no alert', async () => {
  const ids: unknown[] = []
  for (const labels of [{ version: '1.4.1', pod: 'web-7f9c' }, { version: '1.4.2', pod: 'web-x2x9' }, {}]) {
    const hub = open({ labels })
    hub.write(line(50, 'disk full'))
    await hub.close()
    ids.push(sent().at(-1)!.ids[0])
  }
  expect(ids).toHaveLength(3)
  expect(new Set(ids).size).toBe(1)
})
