/**
 * Random lives of a service with a whole hub under the virtual clock: providers that are down, busy, slow or
 * refuse, filters, quotas, fallbacks, flapping, digests, people who acknowledge, reloads, and kills with a
 * restart from the state directory.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { createHub } from '#core/hub/create-hub.ts'
import type { Hub } from '#core/hub/hub-types.ts'
import type { Stats } from '#core/hub/stats.ts'
import type { AlertEvent, Severity } from '#core/model.ts'
import type { AlertOptions, ChannelOptions } from '#core/options.ts'
import type { Message, Sender } from '#core/provider/provider.ts'
import { createVirtualClock, type VirtualClock } from '#core/time/virtual-clock.ts'

const second = 1000
const minute = 60 * second
export const start = Date.UTC(2026, 0, 1)

/** `lost`: accepted, but the answer does not arrive. */
const moods = ['ok', 'down', 'busy', 'slow', 'refuses', 'lost'] as const
type Mood = (typeof moods)[number]

const chat = {
  type: 'console',
  repeat: '5m',
  limit: [{ count: 60, per: '1h' }],
  digest: { at: '00:20' },
  timeZone: 'UTC',
} satisfies ChannelOptions
const prompt = { type: 'console', wait: 0, interval: 0, sendResolved: true } satisfies ChannelOptions
const pager = {
  ...prompt,
  minSeverity: 'critical',
  fallback: 'phone',
  retryFor: '2m',
} satisfies ChannelOptions
const channels = {
  chat,
  hook: prompt,
  pager,
  phone: { ...prompt, minSeverity: 'critical', limit: [{ count: 5, per: '1h' }] },
  pay: {
    ...prompt,
    minSeverity: 'error',
    match: { area: 'pay' },
    interval: '10s',
    retryFor: '1m',
    limit: [{ count: 4, per: '10m' }],
    fallback: 'chat',
  },
} satisfies Record<string, ChannelOptions>
type ChannelName = keyof typeof channels
const channelNames = Object.keys(channels) as ChannelName[]

/** What a reload may put in force; the first is what the hub starts with. */
const variants: readonly Record<string, ChannelOptions>[] = [
  channels,
  { ...channels, hook: { ...prompt, minSeverity: 'error' } },
  { ...channels, chat: { ...chat, interval: 0 } },
  (({ hook: _, ...rest }) => rest)(channels),
  (({ phone: _, pager: { fallback: __, ...alone }, ...rest }) => ({ ...rest, pager: alone }))(channels),
]

const rules: NonNullable<AlertOptions['rules']> = [
  {
    name: 'state',
    match: { area: 'state' },
    groupBy: ['k'],
    resolve: { area: 'state-ok' },
    resolveAfter: false,
  },
]

export type Step = { readonly afterMs: number } & (
  | { readonly does: 'log'; readonly key: number; readonly level: number }
  | { readonly does: 'end'; readonly key: number }
  | { readonly does: 'flap'; readonly key: number; readonly level: number; readonly everyMs: number }
  | { readonly does: 'mood'; readonly channel: ChannelName; readonly mood: Mood }
  | { readonly does: 'reload'; readonly variant: number }
  | { readonly does: 'kill'; readonly downMs: number }
  /** Somebody takes on one of the alerts that fire, or takes that back. */
  | { readonly does: 'acknowledge'; readonly which: number; readonly undo: boolean }
)

/** Keys 0 and 1 are of the area that one channel takes; 4 and 5 end by a record only. */
const keys = 6
const levels = [40, 50, 50, 60, 60]
const severityOf = (level: number): Severity => (level >= 60 ? 'critical' : level >= 50 ? 'error' : 'warning')

/** A kill needs a directory, which is slow: few traces have one. */
export const traces: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.boolean(), fc.boolean(), fc.boolean())
  .chain(([one, two, three]) => fc.array(stepOf(one && two && three), { maxLength: 20, size: 'max' }))

function stepOf(mayKill: boolean): fc.Arbitrary<Step> {
  const afterMs = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(0, 1, 2 * second, 20 * second) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 5 * minute }) },
    { weight: 1, arbitrary: fc.constantFrom(20 * minute, 60 * minute) },
  )
  const key = fc.nat(keys - 1)
  const level = fc.constantFrom(...levels)
  const one = <Does extends Step['does']>(does: Does) => fc.constant(does)
  return fc.oneof(
    { weight: 12, arbitrary: fc.record({ afterMs, does: one('log'), key, level }) },
    { weight: 5, arbitrary: fc.record({ afterMs, does: one('end'), key }) },
    {
      weight: 1,
      arbitrary: fc.record({ afterMs, does: one('flap'), key, level, everyMs: fc.nat(10 * minute) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        afterMs,
        does: one('mood'),
        channel: fc.constantFrom(...channelNames),
        mood: fc.constantFrom(...moods),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ afterMs, does: one('reload'), variant: fc.nat(variants.length - 1) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ afterMs, does: one('acknowledge'), which: fc.nat(keys), undo: fc.boolean() }),
    },
    ...(mayKill
      ? [{ weight: 2, arbitrary: fc.record({ afterMs, does: one('kill'), downMs: fc.nat(5 * minute) }) }]
      : []),
  )
}

export interface Logged {
  readonly at: number
  readonly key: number
  readonly severity: Severity
}

/** One attempt; `acceptedAt` is missing if the provider did not accept it. */
export interface Attempt {
  readonly at: number
  readonly channel: ChannelName
  readonly message: Message
  acceptedAt?: number
}

export interface Life {
  /** By the text of the record, times since the start, ms. */
  readonly records: ReadonlyMap<string, Logged>
  readonly attempts: readonly Attempt[]
  readonly events: readonly AlertEvent[]
  /** Moments at which something of the channel changed: its provider or its options; ms. */
  readonly disturbances: readonly { readonly at: number; readonly channel?: string; readonly isOver?: true }[]
  /** When somebody took an alert on; ms. */
  readonly acknowledgedAt: readonly number[]
  /** In the midst of it, and once everything had time to be sent. */
  readonly stats: readonly Stats[]
  /** Ids of the alerts that fire at its end. */
  readonly firing: readonly string[]
  /** The channels that were removed for a while. */
  readonly removed: ReadonlySet<string>
  readonly wasKilled: boolean
  readonly hadLosses: boolean
}

/** Plays a trace; at its end all providers accept, and everything has time to be sent. */
export async function live(steps: readonly Step[]): Promise<Life> {
  const mood = new Map<string, Mood>()
  const records = new Map<string, Logged>()
  const attempts: Attempt[] = []
  const events: AlertEvent[] = []
  const disturbances: { at: number; channel?: string; isOver?: true }[] = []
  const acknowledgedAt: number[] = []
  const stats: Stats[] = []
  const firing: string[] = []
  const hasState = steps.some(({ does }) => does === 'kill')
  const dirs: string[] = []
  let options: AlertOptions = { rules, channels }
  let clock: VirtualClock
  let hub: Hub
  const now = () => clock.now() - start

  const senderOf = (channel: string): Sender => ({
    async send(message) {
      const attempt: Attempt = { at: now(), channel: channel as ChannelName, message }
      attempts.push(attempt)
      switch (mood.get(channel) ?? 'ok') {
        case 'down':
          return { status: 'retry', why: 'it is down', httpStatus: 503 }
        case 'busy':
          return { status: 'retry', why: 'it is busy', httpStatus: 429, delayMs: 45 * second }
        case 'refuses':
          return { status: 'failed', why: 'it refuses', httpStatus: 400 }
        case 'slow':
          await new Promise<void>((resolve) => clock.after(4 * second, resolve))
          break
        case 'lost':
          attempt.acceptedAt = now()
          return { status: 'retry', why: 'no answer', uncertain: true }
        case 'ok':
          break
      }
      attempt.acceptedAt = now()
      return { status: 'delivered' }
    },
  })

  async function open(at: number, from?: string): Promise<void> {
    clock = createVirtualClock(at)
    let state: AlertOptions['state'] | undefined
    if (hasState) {
      const dir = mkdtempSync(join(tmpdir(), 'alert-traces-'))
      dirs.push(dir)
      for (const name of from === undefined ? [] : readdirSync(from))
        if (!name.endsWith('.lock')) cpSync(join(from!, name), join(dir, name))
      state = { dir }
    }
    hub = createHub({ ...options, ...(state && { state }) }, { clock, env: {}, warn() {}, sender: senderOf })
    hub.subscribe((event) => events.push(event))
    while (hub.stats().state?.ready === false) await new Promise(setImmediate)
    await clock.advance(0)
  }

  function write(key: number, level: number, ends: boolean): void {
    const isState = key >= 4
    const msg = `record ${records.size} of ${key}`
    const area = isState ? (ends ? 'state-ok' : 'state') : key < 2 ? 'pay' : 'web'
    if (!ends)
      records.set(msg, { at: now(), key, severity: isState && level < 60 ? 'error' : severityOf(level) })
    const said = ends ? { resolve: true } : { severity: severityOf(level) }
    const alert = isState ? {} : { alert: { key: `k${key}`, ...said } }
    hub.write(JSON.stringify({ level: ends ? 30 : level, time: clock.now(), msg, area, k: key, ...alert }))
  }

  async function act(step: Step): Promise<void> {
    switch (step.does) {
      case 'log':
        write(step.key, step.level, false)
        break
      case 'end':
        write(step.key, 30, true)
        break
      case 'flap':
        for (let n = 0; n < 5; n++) {
          write(step.key, step.level, false)
          await clock.advance(step.everyMs)
          write(step.key, 30, true)
          await clock.advance(step.everyMs)
        }
        break
      case 'mood':
        mood.set(step.channel, step.mood)
        disturbances.push({
          at: now(),
          channel: step.channel,
          ...(step.mood === 'ok' ? { isOver: true as const } : {}),
        })
        break
      case 'reload':
        options = { ...options, channels: variants[step.variant] ?? {} }
        if (hub.reload(options).length > 0) throw new Error('a reload was refused')
        disturbances.push({ at: now() })
        break
      case 'acknowledge': {
        const { alerts } = hub.status()
        const alert = alerts[step.which % alerts.length]
        if (alert === undefined) break
        hub.acknowledge(alert.id, { by: 'ann', undo: step.undo })
        acknowledgedAt.push(now())
        break
      }
      case 'kill': {
        const killed = clock.now()
        const old = hub
        await open(killed + step.downMs, dirs.at(-1))
        old.closeSync()
        disturbances.push({ at: killed - start }, { at: now() })
        break
      }
    }
  }

  try {
    await open(start)
    for (const step of steps) {
      await clock!.advance(step.afterMs)
      await act(step)
    }
    stats.push(hub!.stats())
    mood.clear()
    await clock!.advance(30 * minute)
    stats.push(hub!.stats())
    // The end of an alert that flaps is sent once it lasted for hours.
    await clock!.advance(12 * 60 * minute)
    firing.push(...hub!.status().alerts.map(({ id }) => id))
    const closed = hub!.close()
    await clock!.advance(10 * second)
    await closed
  } finally {
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
  }
  return {
    records,
    attempts,
    events,
    disturbances,
    acknowledgedAt,
    stats,
    firing,
    removed: new Set(
      steps.flatMap((step) => {
        const left = step.does === 'reload' ? variants[step.variant] : undefined
        return left === undefined ? [] : channelNames.filter((name) => left[name] === undefined)
      }),
    ),
    wasKilled: hasState,
    hadLosses: steps.some((step) => step.does === 'mood' && step.mood === 'lost'),
  }
}
