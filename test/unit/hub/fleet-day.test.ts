/**
 * What a fleet counts over a day, though another process takes the lead: hubs that share a directory, each as
 * if it were a process of its own, under one clock.
 */
import { describe, expect, it } from 'vitest'
import type { Hub, HubPorts } from '#core/hub/hub-types.ts'
import type { AlertOptions } from '#core/options.ts'
import { inSoak, soakTest } from '../../soak.ts'
import { createProcesses } from './processes-rig.ts'
import { aDirectory, hook, imageOf, ok } from './state-rig.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

interface Body {
  readonly id: string
  readonly reason: string
  readonly lead: string
  readonly subject: string
  readonly digest?: { readonly from: string; readonly to: string; readonly records: number }
  readonly alerts: readonly { readonly reason: string; readonly count: number; readonly rule: string }[]
}

function createFleet(directory: string, startMs: number, options: AlertOptions) {
  const bodies: (Body & { readonly sentAt: number })[] = []
  let answer: () => Response | Promise<Response> = ok
  const ports: HubPorts = {
    async fetch(_, init) {
      bodies.push({ ...(JSON.parse(String(init?.body)) as Body), sentAt: processes.now() })
      return answer()
    },
  }
  const service = { service: 'orders', ...options }
  const processes = createProcesses({ startMs, directory, options: service, ports })
  return {
    ...processes,
    bodies,
    answerWith(next: typeof answer) {
      answer = next
    },
  }
}

/** What the day is, the zone, the time of day, and when that is. */
const days: readonly (readonly [string, string, string, number])[] = [
  ['an ordinary day', 'Asia/Shanghai', '09:00', Date.UTC(2026, 10, 30, 1)],
  ['a day without that time', 'Europe/Berlin', '02:30', Date.UTC(2027, 2, 28, 1)],
  ['a day on which that time comes twice', 'Europe/Berlin', '02:30', Date.UTC(2026, 9, 25, 0, 30)],
]

describe('the digest of a fleet', () => {
  it.each(inSoak(days, days.slice(2)))(
    'is sent once on %s, though others take the lead and all start again',
    async (_, timeZone, at, due) => {
      const directory = aDirectory()
      const digest = { at, quiet: true, only: true } as const
      const options = { timeZone, channels: { ops: { ...hook('ops'), digest } } }
      const digests: (Body & { readonly sentAt: number })[] = []

      async function live(from: number, until: number): Promise<void> {
        const fleet = createFleet(directory, from, options)
        await fleet.startAll(3)
        expect(fleet.roles()).toEqual(['speaker', 'follower', 'follower'])
        for (const hub of fleet.hubs) fleet.log(hub, { msg: 'disk is full' })
        await fleet.passTo(from + 3 * second)
        await fleet.changeLead()
        await fleet.passTo((from + until) / 2 + 2 * second)
        await fleet.changeLead()
        await fleet.passTo(until)
        await fleet.closeAll()
        digests.push(...fleet.bodies.filter(({ reason }) => reason === 'digest'))
      }

      await live(due - 10 * second, due + 10 * second)
      expect(digests.map(({ digest }) => digest?.records)).toEqual([3])
      // The same time of day again when the clock was set back, and what may come instead of a missing one.
      for (const later of [30 * minute, hour])
        await live(due + later - 10 * second, due + later + 10 * second)
      expect(digests).toHaveLength(1)
      const next =
        due + 24 * hour + (timeZone === 'Asia/Shanghai' ? 0 : due > Date.UTC(2027, 0) ? -hour / 2 : hour)
      await live(next - 10 * second, next + 10 * second)
      expect(digests.map(({ digest }) => digest?.records)).toEqual([3, 9])
      expect(digests[1]?.digest?.from).toBe(digests[0]?.digest?.to)
      expect(digests.map(({ sentAt }) => sentAt - (sentAt % minute))).toEqual([due, next])
    },
  )
})

describe('the digest of a fleet whose speaker is killed', () => {
  const [, timeZone, at, due] = days[0]!
  const options = { timeZone, channels: { ops: { ...hook('ops'), digest: { at, quiet: true, only: true } } } }

  /** What is on the disk at that moment. */
  async function killedAt(moment: 'before' | 'sending' | 'after'): Promise<{ image: string; sent: Body[] }> {
    const directory = aDirectory()
    const fleet = createFleet(directory, due - 10 * second, options)
    let image = ''
    let answer = () => {}
    fleet.answerWith(() => {
      if (moment !== 'sending') return ok()
      image = imageOf(directory)
      return new Promise((resolve) => {
        answer = () => resolve(ok())
      })
    })
    await fleet.startAll(3)
    for (const hub of fleet.hubs) fleet.log(hub, { msg: 'disk is full' })
    await fleet.passTo(due - second)
    if (moment === 'before') image = imageOf(directory)
    await fleet.passTo(due + 2 * second)
    if (moment === 'after') image = imageOf(directory)
    answer()
    return { image, sent: fleet.bodies.filter(({ reason }) => reason === 'digest') }
  }

  it.each(['before', 'sending', 'after'] as const)('counts each record once: %s', async (moment) => {
    const { image, sent } = await killedAt(moment)
    expect(sent.map(({ digest }) => digest?.records)).toEqual([3])
    const fleet = createFleet(image, due + (moment === 'before' ? -second : 3 * second), options)
    await fleet.startAll(2)
    await fleet.passTo(due + 10 * second)
    const again = fleet.bodies.splice(0)
    expect(again.map(({ digest }) => digest?.records)).toEqual(moment === 'after' ? [] : [3])
    if (moment === 'sending') expect(again[0]?.id).toBe(sent[0]?.id)
    for (const hub of fleet.hubs) fleet.log(hub, { msg: 'disk is full' })
    await fleet.passTo(due + 13 * second)
    await fleet.closeAll()
    const next = createFleet(image, due + 24 * hour - 5 * second, options)
    await next.startAll(2)
    await next.passTo(due + 24 * hour + 5 * second)
    expect(next.bodies.map(({ digest }) => digest?.records)).toEqual([2])
  })
})

describe('a spike in a fleet', () => {
  const rules = [
    {
      name: 'logins',
      match: { event: 'login' },
      groupBy: ['event'],
      when: { spike: 3, within: '10s' as const, atLeast: 10 },
    },
  ]
  const options = {
    rules,
    channels: { ops: { ...hook('ops'), wait: 0, interval: 0 } },
  } satisfies AlertOptions

  async function usual() {
    const fleet = createFleet(aDirectory(), Date.UTC(2026, 10, 30), options)
    await fleet.startAll(3)
    // Each logs twice in ten seconds: six are usual.
    for (let turns = 0; turns < 15; turns++) {
      for (const hub of fleet.hubs) fleet.log(hub, { event: 'login', msg: 'login failed' })
      await fleet.passTo(fleet.now() + 5 * second)
    }
    expect(fleet.bodies).toEqual([])
    return fleet
  }

  async function surge(fleet: Awaited<ReturnType<typeof usual>>, hubs: readonly Hub[], times: number) {
    for (let n = 0; n < times; n++)
      for (const hub of hubs) fleet.log(hub, { event: 'login', msg: 'login failed' })
    await fleet.passTo(fleet.now() + 3 * second)
  }

  it('is met by the records of all, of which none has enough by itself', async () => {
    const fleet = await usual()
    await surge(fleet, fleet.hubs, 6)
    expect(fleet.bodies.map(({ alerts }) => alerts.map(({ rule, reason }) => `${rule} ${reason}`))).toEqual([
      ['logins first'],
    ])
    expect(fleet.bodies[0]?.subject).toContain('(spike)')
  })

  soakTest('is none if it would be one of a single process, and the others log as usual', async () => {
    const fleet = await usual()
    await surge(fleet, fleet.hubs.slice(1, 2), 9)
    expect(fleet.bodies).toEqual([])
  })

  soakTest('is compared with what all have logged, also after another one has taken the lead', async () => {
    const fleet = await usual()
    await fleet.changeLead()
    await surge(fleet, fleet.hubs, 10)
    expect(fleet.bodies.map(({ alerts }) => alerts.map(({ rule, reason }) => `${rule} ${reason}`))).toEqual([
      ['logins first'],
    ])
    expect(JSON.stringify(fleet.bodies[0])).toMatch(/usually 6\b/)
  })
})
