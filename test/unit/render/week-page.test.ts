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
const { replayWeek, rowsOf, weekPage } = (await import(new URL('docs/week.mjs', root).href)) as {
  replayWeek(core: object, channel?: object): Promise<Week>
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

test('no end of a week is reported while the failure lasts', { timeout: longMs }, async () => {
  const week = await replayWeek(core, { sendResolved: true })
  expect(week.messages.some(({ message }) => message.reason === 'resolved')).toBe(true)
  expect(week.falseOnes.map(({ message }) => message.subject)).toEqual([])
})
