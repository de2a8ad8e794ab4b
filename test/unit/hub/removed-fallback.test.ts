import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import {
  aDirectory,
  hook,
  hour,
  imageOf,
  line,
  minute,
  ok,
  openHub,
  type Post,
  second,
  start,
  started,
} from './state-rig.ts'

const immediate = (name: string) => ({ ...hook(name), wait: 0, interval: 0, sendResolved: true })
const chat = { ...immediate('/chat'), fallback: 'phone' }
const phone = { ...immediate('/phone'), minSeverity: 'critical' as const, match: { rule: 'never' } }
const desk = immediate('/desk')
const rules = [
  { name: 'db', match: { ev: 'down' }, resolve: { ev: 'up' }, resolveAfter: false },
] as const satisfies AlertOptions['rules']
const down = line({ msg: 'the database is gone', ev: 'down' })
const up = line({ level: 30, msg: 'it is back', ev: 'up' })

const to = (posts: readonly Post[], name: string) => posts.filter(({ url }) => url.endsWith(name))
const said = (posts: readonly Post[], name: string) =>
  to(posts, name).flatMap(({ at, body }) =>
    body.alerts.flatMap(({ rule, reason, newCount }) =>
      rule === 'db' ? `${at / minute} ${reason} ${newCount}` : [],
    ),
  )

/** `chat` refuses until it is well; what it could not send was accepted by `phone`. */
async function openFallen(options: Partial<AlertOptions> = {}) {
  const provider = { isWell: false }
  const answer = (url: string) =>
    url.endsWith('/chat') && !provider.isWell ? new Response('no', { status: 400 }) : ok()
  const given = { rules: [...rules], channels: { chat, phone }, ...options }
  const rig = openHub(given, { answer })
  await started(rig)
  rig.hub.write(down)
  await rig.clock.advance(second)
  expect(said(rig.posts, '/phone')).toEqual(['0 first 1'])
  provider.isWell = true
  const reload = (channels: AlertOptions['channels']) =>
    expect(rig.hub.reload({ ...given, channels })).toEqual([])
  return { ...rig, provider, reload }
}

describe('an alert that is open only on a fallback channel that a reload removes', () => {
  it('goes with its next due reminder to the channel that could not send it, and so does its end', async () => {
    const { hub, clock, posts, reload } = await openFallen()
    const { fallback: _, ...alone } = chat
    reload({ chat: alone })
    await clock.advance(hour)
    expect(said(posts, '/phone')).toEqual(['0 first 1', expect.stringMatching(/resolved 0$/)])
    // The first attempt failed at 0; its reminder was due five minutes later.
    expect(said(posts, '/chat')).toEqual(['0 first 1', '5 first 0'])
    hub.write(up)
    await clock.advance(minute)
    expect(said(posts, '/chat').at(-1)).toMatch(/resolved 0$/)
    await clock.advance(24 * hour)
    expect(to(posts, '/chat')).toHaveLength(3)
  })

  it('is sent with the records that came since, at the same time', async () => {
    const { hub, clock, posts, reload } = await openFallen()
    const { fallback: _, ...alone } = chat
    reload({ chat: alone })
    for (let n = 0; n < 3; n++) hub.write(down)
    await clock.advance(hour)
    expect(said(posts, '/chat')).toEqual(['0 first 1', '5 first 3'])
  })

  it('falls back to the channel that takes the place of the removed one if it fails again', async () => {
    const { clock, posts, reload, provider } = await openFallen()
    provider.isWell = false
    reload({ chat: { ...chat, fallback: 'desk' }, desk: { ...desk, match: { rule: 'never' } } })
    await clock.advance(hour)
    expect(said(posts, '/desk')).toEqual(['5 first 0'])
    await clock.advance(24 * hour)
    expect(said(posts, '/desk')).toHaveLength(1)
  })

  it('goes to the channel that takes it now, once, if both are removed', async () => {
    const { clock, posts, reload } = await openFallen()
    reload({ desk })
    await clock.advance(hour)
    expect(said(posts, '/desk')).toHaveLength(1)
    expect(said(posts, '/desk')[0]).toMatch(/first 1$/)
    expect(to(posts, '/chat')).toHaveLength(1)
  })

  it('goes to a channel whose filter takes it only now', async () => {
    const refusing = { ...desk, minSeverity: 'critical' as const }
    const { clock, posts, reload } = await openFallen({ channels: { chat, phone, desk: refusing } })
    expect(to(posts, '/desk')).toEqual([])
    reload({ desk })
    await clock.advance(hour)
    expect(said(posts, '/desk')).toHaveLength(1)
  })

  it('is not sent where the filter refuses it now', async () => {
    const { clock, posts, reload } = await openFallen()
    const { fallback: _, ...alone } = chat
    reload({ chat: { ...alone, minSeverity: 'critical' } })
    await clock.advance(hour)
    expect(to(posts, '/chat')).toHaveLength(1)
  })

  it('is sent nothing of once it is over', async () => {
    const { hub, clock, posts, reload } = await openFallen()
    const { fallback: _, ...alone } = chat
    reload({ chat: alone })
    hub.write(up)
    await clock.advance(hour)
    expect(to(posts, '/chat')).toHaveLength(1)
  })

  it('is not sent again where another channel knows it', async () => {
    const { clock, posts, reload } = await openFallen({ channels: { chat, phone, desk } })
    expect(said(posts, '/desk')).toEqual(['0 first 1'])
    const { fallback: _, ...alone } = chat
    reload({ chat: alone, desk })
    await clock.advance(hour)
    expect(to(posts, '/chat')).toHaveLength(1)
    expect(said(posts, '/desk')).toHaveLength(1)
  })

  it('is sent also on a channel without reminders, and after a restart', async () => {
    const dir = aDirectory()
    await openFallen({ channels: { chat: { ...chat, repeat: false }, phone }, state: { dir } })
    const { fallback: _, ...alone } = chat
    const options = { rules: [...rules], channels: { chat: { ...alone, repeat: false as const } } }
    const next = openHub({ ...options, state: { dir: imageOf(dir) } }, { at: start + hour })
    await started(next)
    await next.clock.advance(hour)
    expect(said(next.posts, '/chat')).toEqual(['60 first 0'])
  })

  it('keeps to what is silenced', async () => {
    const { hub, clock, posts, reload } = await openFallen()
    const { fallback: _, ...alone } = chat
    await hub.silence({ match: { rule: 'db' }, until: new Date(start + 30 * minute).toISOString() })
    reload({ chat: alone })
    await clock.advance(29 * minute)
    expect(to(posts, '/chat')).toHaveLength(1)
    await clock.advance(hour)
    expect(said(posts, '/chat').slice(1)).toEqual(['30 first 0'])
  })
})
