import { expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { aDirectory, imageOf, line, minute, openHub, type Post, second, start, started } from './state-rig.ts'

const ops = { type: 'console' } as const
const pages = {
  type: 'pagerduty',
  routingKey: '0123456789abcdef0123456789abcdef',
  wait: 0,
  interval: 0,
} as const
const rules = ['db', 'disk'].map((name) => ({
  name,
  match: { ev: name },
  severity: 'critical' as const,
})) satisfies AlertOptions['rules']
const both = { rules, channels: { ops, pages } }
const without = { rules, channels: { ops } }

const actions = (posts: readonly Post[]) =>
  posts.filter(({ url }) => url.includes('pagerduty')).map(({ body }) => Object(body).event_action)
const down = (ev: string) => line({ msg: `${ev} is gone`, ev })

/** A hub whose pages are answered by 202, or 503 while it is down. */
function openPaged(options: AlertOptions, at = start) {
  const warnings: string[] = []
  const provider = { isDown: false }
  const answer = () =>
    provider.isDown
      ? new Response('down', { status: 503 })
      : new Response('{"status":"success"}', { status: 202 })
  const warn = (message: string, code: string) => void warnings.push(`${code} ${message}`)
  const rig = openHub(options, { at, answer, ports: { warn } })
  return { ...rig, provider, warnings }
}

/** Two incidents are open, the provider is gone, and a reload removes the channel. */
async function openRemoved(options: AlertOptions) {
  const rig = openPaged({ ...both, ...options })
  await started(rig)
  for (const ev of ['db', 'disk']) rig.hub.write(down(ev))
  await rig.clock.advance(second)
  expect(actions(rig.posts)).toEqual(['trigger', 'trigger'])
  rig.provider.isDown = true
  expect(rig.hub.reload({ ...without, ...options })).toEqual([])
  await rig.clock.advance(minute)
  return rig
}

it('a channel that is down while it is removed: what stays open there is named, and counted as waiting', async () => {
  const { hub, warnings, events } = await openRemoved({})
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/^ALERT_ENDS_UNSENT Channel pages was removed .* that 2 alerts are over: /)
  expect(warnings[0]).toMatch(/: (?:db|disk) \([\da-f]{6}\), (?:db|disk) \([\da-f]{6}\)\. .*503/)
  expect(events).toContainEqual(expect.objectContaining({ type: 'error', code: 'ALERT_ENDS_UNSENT' }))
  expect(hub.stats().channels['pages']).toMatchObject({ waiting: 1 })
  expect(hub.stats().failures).toMatchObject({ ALERT_ENDS_UNSENT: 1 })
})

it('its ends are sent once a reload brings it back, each once', async () => {
  const { hub, clock, posts, provider } = await openRemoved({})
  provider.isDown = false
  posts.length = 0
  await clock.advance(10 * minute)
  expect(posts).toEqual([])
  expect(hub.reload(both)).toEqual([])
  await clock.advance(minute)
  expect(actions(posts)).toEqual(['resolve', 'resolve'])
  expect(hub.stats().channels['pages']).toMatchObject({ waiting: 0 })
  expect(hub.reload(without)).toEqual([])
  expect(hub.reload(both)).toEqual([])
  await clock.advance(10 * minute)
  expect(actions(posts)).toEqual(['resolve', 'resolve'])
})

it('its ends are sent by the next start that has the channel again, also after a kill', async () => {
  const dir = aDirectory()
  await openRemoved({ state: { dir } })
  const next = openPaged({ ...both, state: { dir: imageOf(dir) } }, start + 10 * minute)
  await started(next)
  await next.clock.advance(minute)
  expect(actions(next.posts)).toEqual(['resolve', 'resolve'])
})

it('without a state directory the end of the process says that they are lost', async () => {
  const { hub, clock, warnings } = await openRemoved({})
  const closed = hub.close()
  await clock.advance(minute)
  expect(await closed).toEqual({ delivered: false, pending: 1 })
  expect(warnings.at(-1)).toMatch(/^ALERT_UNDELIVERED 1 notification was not delivered/)
})

it('what its provider never accepted is not closed: it fails, and nothing is kept', async () => {
  const rig = openPaged(both)
  rig.provider.isDown = true
  rig.hub.write(down('db'))
  await rig.clock.advance(second)
  expect(rig.hub.reload(without)).toEqual([])
  await rig.clock.advance(minute)
  expect(rig.warnings.filter((text) => text.includes('ALERT_ENDS_UNSENT'))).toEqual([])
  expect(rig.events).toContainEqual(
    expect.objectContaining({ type: 'failed', channel: 'pages', reason: 'closed' }),
  )
  rig.provider.isDown = false
  rig.posts.length = 0
  expect(rig.hub.reload(both)).toEqual([])
  await rig.clock.advance(minute)
  expect(actions(rig.posts)).not.toContain('resolve')
})

it('an end is kept that waits together with a start that is not', async () => {
  const rig = openPaged(both)
  rig.hub.write(down('db'))
  await rig.clock.advance(second)
  rig.provider.isDown = true
  rig.hub.write(down('disk'))
  await rig.clock.advance(second)
  expect(rig.hub.reload(without)).toEqual([])
  await rig.clock.advance(minute)
  const [warning] = rig.warnings.filter((text) => text.startsWith('ALERT_ENDS_UNSENT'))
  expect(warning).toMatch(/that 1 alert is over: db \(/)
  rig.provider.isDown = false
  rig.posts.length = 0
  expect(rig.hub.reload(both)).toEqual([])
  await rig.clock.advance(minute)
  expect(actions(rig.posts).filter((action) => action === 'resolve')).toHaveLength(1)
})
