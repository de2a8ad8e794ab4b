/**
 * docs/week.md shows what the product sends in a generated week: less than simple ways, and nothing false.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { Message } from '#core/provider/provider.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

interface Week {
  readonly records: readonly { readonly at: number; readonly kind: string; readonly incident?: string }[]
  readonly messages: readonly { readonly at: number; readonly message: Message }[]
  readonly falseOnes: readonly { readonly at: number; readonly message: Message }[]
}

type Row = readonly [group: string, each: number, limited: number, ours: number]

const root = new URL('../../../', import.meta.url)
const { falseOnesOf, replayWeek, rowsOf, weekPage } = (await import(new URL('docs/week.mjs', root).href)) as {
  falseOnesOf(messages: Week['messages'], records: Week['records']): Week['messages']
  replayWeek(core: object, channel?: object, answerAt?: readonly number[]): Promise<Week>
  rowsOf(week: Week): readonly Row[]
  weekPage(week: Week): string
}
const core = { createHub, createVirtualClock }
const longMs = 120_000

describe('a week of a service', () => {
  let week: Week
  beforeAll(async () => {
    week = await replayWeek(core)
  }, longMs)

  test('is on its page as it was replayed', () => {
    const committed = readFileSync(new URL('docs/week.md', root), 'utf8')
    expect(committed === weekPage(week), 'it is stale: npx -y pnpm@10 run docs writes it anew').toBe(true)
  })

  test('makes fewer messages than one per kind and five minutes, and none for wrong requests', () => {
    const rows = rowsOf(week)
    const [, , limited, ours] = rows.find(([group]) => group.includes('All but'))!
    expect(ours).toBeLessThan(limited)
    expect(rows.find(([group]) => group.includes('404'))).toMatchObject({ 3: 0 })
  })

  test('makes no false message', () => {
    expect(week.falseOnes.map(({ message }) => message.subject)).toEqual([])
  })

  test('reports each incident within a minute of its first record', () => {
    const started = new Map<string, number>()
    for (const { at, incident } of week.records)
      if (incident !== undefined && !started.has(incident)) started.set(incident, at)
    const lateOnes = [...started].filter(
      ([, at]) => !week.messages.some((sent) => sent.at >= at && sent.at - at <= 60_000),
    )
    expect(started.size).toBe(6)
    expect(lateOnes).toEqual([])
  })
})

const weekStart = Date.UTC(2026, 10, 23)
const hour = 3_600_000
/** While each of the two outages lasts. */
const outages = [24 * hour + 10.4 * hour, 4 * 24 * hour + 4 * hour].map((ms) => weekStart + ms)

/** What a person could not believe of each sort of message: all of them are found. */
const lies: Readonly<Record<string, (message: Message) => Message | undefined>> = {
  'an end while it lasts': (message) =>
    changed(message, ({ reason }) => reason !== 'resolved', { reason: 'resolved', state: 'resolved' }),
  'a reminder without a record': (message) =>
    changed(message, ({ reason }) => reason === 'repeat', { newCount: 0 }),
  'a line that no record caused': (message) => ({ ...message, brief: ['[ERROR] shop: the moon is down'] }),
  'a line about the end of what lasts': (message) => ({
    ...message,
    brief: ['[RESOLVED] shop: cache does not answer'],
  }),
  'a storm of more kinds than there are': (message) => ({
    ...message,
    storm: { kinds: 90, records: 90, span: '30 s' },
  }),
  'a digest of other counts': ({ digest, ...rest }) =>
    digest && { ...rest, digest: { ...digest, records: Number(digest['records']) + 1 } },
}

function changed(
  message: Message,
  isMeant: (data: Message['cards'][number]['data']) => boolean,
  more: object,
): Message | undefined {
  const [card] = message.cards
  if (card === undefined || !isMeant(card.data)) return undefined
  return { ...message, cards: [{ ...card, data: { ...card.data, ...more } }] }
}

describe('a week with all sorts of messages', () => {
  let week: Week
  beforeAll(async () => {
    const room = {
      type: 'googlechat',
      url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t',
      threads: true,
    }
    const channel = { ...room, sendResolved: true, max: 1, wait: '1m', digest: { at: '09:00' } }
    week = await replayWeek(core, channel, outages)
  }, longMs)

  test('has ends, digests, lines without a card and notices, and none of them is false', () => {
    const messages = week.messages.map(({ message }) => message)
    expect(messages.some(({ reason }) => reason === 'resolved')).toBe(true)
    expect(messages.some(({ digest }) => digest !== undefined)).toBe(true)
    expect(messages.some(({ brief, digest }) => digest === undefined && brief.length > 0)).toBe(true)
    expect(messages.some(({ answered }) => answered !== undefined)).toBe(true)
    expect(week.falseOnes.map(({ message }) => message.subject)).toEqual([])
  })

  test.each(Object.entries(lies))('of which %s would be found', (_, lie) => {
    // In the middle of an outage, or of the hours in which the cache flaps.
    const found = week.messages.flatMap(({ at, message }) => {
      const said = lie(message)
      const isRecent = week.records.some((one) => one.kind !== '404' && one.at <= at && at - one.at < 60_000)
      return said !== undefined && (isRecent || said.digest !== undefined) ? [{ at, message: said }] : []
    })
    expect(found.length).toBeGreaterThan(0)
    expect(falseOnesOf(found, week.records).length).toBeGreaterThan(0)
  })
})
