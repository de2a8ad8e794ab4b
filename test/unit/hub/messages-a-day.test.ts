/**
 * How many messages a day of problems costs each kind of channel by the defaults: the table in docs/rules.md.
 * Beside it what Prometheus Alertmanager sends by its own defaults, from a model of its one group.
 */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { inSoak } from '../../soak.ts'
import { alertmanagerDay } from './alertmanager-model.ts'
import { hour, minute, openStory, second } from './story.ts'

const day = 24 * hour
const kinds = ['chat', 'mail', 'webhook', 'pager', 'sms'] as const

/** Nothing but the defaults: pagers and SMS take only critical alerts. */
const options: AlertOptions = {
  channels: {
    chat: { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' },
    mail: {
      type: 'email',
      url: 'smtps://u:p@mail.example.com:465',
      from: 'a@example.com',
      to: ['b@example.com'],
    },
    webhook: { type: 'webhook', url: 'https://example.com/hook' },
    pager: { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef' },
    sms: {
      type: 'twilio',
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'x'.repeat(32),
      from: '+15005550006',
      to: ['+15005550001'],
    },
  },
  rules: [{ name: 'db', match: { ev: 'down' }, resolve: { ev: 'up' } }],
}

interface Signal {
  readonly at: number
  readonly name: string
  readonly isEnd?: boolean
  readonly isError?: boolean
}

function* every(ms: number, untilMs: number): Generator<Signal> {
  for (let at = 0; at < untilMs; at += ms) yield { at, name: 'the database is down' }
}

/** Down for so long, up for so long. */
function* comingAndGoing(ms: number): Generator<Signal> {
  for (let n = 0; n * ms < day; n++)
    yield { at: n * ms, name: 'the database is down', ...(n % 2 === 0 ? {} : { isEnd: true }) }
}

/** No two differ in one word only: those would become one alert. */
function wordsOf(n: number): string {
  const word = (salt: number) =>
    [...((n * salt) % 46_656).toString(36).padStart(3, '0')]
      .map((digit) => 'bcdfghjklmnpqrstvwxzaeiouybcdfghjklm'[Number.parseInt(digit, 36)])
      .join('')
  return `cannot ${word(7)}a the ${word(11)}e of ${word(13)}i`
}

function* different(perHour: number, untilMs: number): Generator<Signal> {
  for (let n = 0; n * hour < untilMs * perHour; n++) {
    const at = Math.floor((n * hour) / perHour)
    const isCritical = n % (2 * perHour) === perHour / 2
    yield { at, name: wordsOf(n), ...(isCritical ? {} : { isError: true }) }
  }
}

interface Case {
  readonly what: string
  readonly signals: () => Iterable<Signal>
  /** The first day, unless another one is meant. */
  readonly from?: number
  /** Each critical record is to be sent within a minute, whatever else comes. */
  readonly isAmongErrors?: true
  /** Its row is of a whole day, which only the soak tests spend on it. */
  readonly untilMs?: number
}

/** With two critical records. */
const someHours = inSoak(day, 3 * hour)

const cases: readonly Case[] = [
  { what: 'an error a second', signals: () => every(second, day) },
  { what: 'an error a minute', signals: () => every(minute, day) },
  { what: 'an error a minute, on the second day', signals: () => every(minute, 2 * day), from: day },
  { what: 'an error each 20 minutes', signals: () => every(20 * minute, day) },
  { what: 'error and ok in turn, each minute', signals: () => comingAndGoing(minute) },
  ...[2, 10, 20, 60, 120].map((minutes) => ({
    what: `coming and going each ${minutes} minutes`,
    signals: () => comingAndGoing(minutes * minute),
  })),
  {
    what: '500 different errors an hour, a critical one among them each two hours',
    signals: () => different(500, someHours),
    isAmongErrors: true,
    untilMs: someHours,
  },
]

/** The messages of a day by kind of channel, and the longest that a critical record among errors waited. */
async function live({ signals, from = 0, untilMs = day, isAmongErrors }: Case) {
  const story = openStory(options, { warn: () => {} })
  const waits = new Map<string, { readonly at: number; readonly kinds: Set<string> }>()
  let longest = 0
  let seen = 0
  const noteSent = () => {
    for (const { at, channel, message } of story.messages.slice(seen)) {
      const text = JSON.stringify(message)
      for (const [name, wait] of waits) {
        if (!text.includes(name)) continue
        longest = Math.max(longest, at - wait.at)
        if (wait.kinds.add(channel).size === kinds.length) waits.delete(name)
      }
    }
    seen = story.messages.length
  }
  for (const { at, name, isEnd, isError } of signals()) {
    const level = isEnd ? 30 : isError ? 50 : 60
    if (level === 60 && isAmongErrors) waits.set(name, { at, kinds: new Set() })
    await story.log(at, { level, msg: name, ev: isEnd ? 'up' : 'down' })
    if (waits.size > 0) noteSent()
  }
  await story.until(from + untilMs)
  noteSent()
  const ofDay = story.messages.filter(({ at }) => at >= from)
  const counts = kinds.map((kind) => ofDay.filter(({ channel }) => channel === kind).length)
  return { counts, longestWaitMs: waits.size > 0 ? Number.POSITIVE_INFINITY : longest }
}

function alertmanagerMessages({ signals, from = 0, untilMs = day }: Case): number {
  return alertmanagerDay(signals(), from + untilMs) - (from === 0 ? 0 : alertmanagerDay(signals(), from))
}

const page = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8')
const rowsOfPage = page.split('<!-- messages a day -->')[1]?.trim().split('\n').slice(2) ?? []

describe('the table of messages a day in docs/rules.md', () => {
  it.each(cases)(
    '$what: as measured, and few',
    async (each) => {
      const { counts, longestWaitMs } = await live(each)
      const theirs = alertmanagerMessages(each)
      const row = `| ${[each.what, ...counts, theirs].join(' | ')} |`
      if (each.untilMs === undefined || each.untilMs === day) expect(rowsOfPage, row).toContain(row)
      // A lasting alert has its early reminders on the first day: after 5, 15, 35 minutes, and so on.
      const most = theirs === 6 && each.from === undefined ? 11 : theirs
      expect(Math.max(...counts)).toBeLessThanOrEqual(most)
      expect(longestWaitMs).toBeLessThanOrEqual(minute)
    },
    120_000,
  )

  it('has a row for each of them', () => {
    expect(rowsOfPage).toHaveLength(cases.length)
  })
})
