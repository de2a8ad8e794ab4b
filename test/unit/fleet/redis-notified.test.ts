import { expect, it } from 'vitest'
import { alertsNotified, asEnded } from '#core/fleet/redis-notified.ts'
import { isEntry } from '#core/state/entry-schemas.ts'

const mark = { at: 1_000, rank: 2 }

it('what people were notified of is taken over by channel, as an alert that ended', () => {
  const changes = alertsNotified(
    new Map<string, unknown>([
      ['alert/a', { channelStates: { ops: { notified: mark, repeats: 3, nextAt: 9_000 }, mail: {} } }],
      ['past/b', { notified: { ops: mark } }],
    ]),
    0,
  )
  const given = changes.map(([id, json]) => [id, json ?? ''] as const)
  const entries = asEnded(given, 5_000, 0)
  expect([...entries]).toEqual([
    ['past/a', { id: 'a', endedAt: 5_000, notified: { ops: { ...mark, repeats: 3, nextAt: 9_000 } } }],
    ['past/b', { id: 'b', endedAt: 5_000, notified: { ops: mark } }],
  ])
  for (const entry of entries.values()) expect(isEntry('past', entry)).toBe(true)
})

it.each([
  ['no JSON', '{"ops":'],
  ['no object', '[1]'],
  ['null', 'null'],
  ['a mark without a time', '{"ops":{"rank":1}}'],
  ['a time that is a text', '{"ops":{"at":"now","rank":1}}'],
])('what another program wrote is left out: %s', (_, json) => {
  expect([...asEnded([['a', json]], 5_000, 0)]).toEqual([])
})

it('of the channels of one alert those are kept that can be read', () => {
  const json = JSON.stringify({ ops: mark, mail: { at: 'now' }, __proto__: mark })
  const [entry] = asEnded([['a', json]], 5_000, 0).values()
  expect(entry).toEqual({ id: 'a', endedAt: 5_000, notified: { ops: mark } })
})
