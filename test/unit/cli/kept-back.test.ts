import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertOptions } from 'alert-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSource } from '#cli/replay/log-source.ts'
import { replay } from '#cli/replay/replay.ts'

const start = Date.UTC(2026, 8, 21, 8)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-kept-back-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `times` are minutes since the start. */
async function keptBack(rule: object, times: readonly (number | readonly [number, object])[]) {
  const lines = times.map((each) => {
    const [minute, fields] = typeof each === 'number' ? [each, {}] : each
    return JSON.stringify({ level: 50, time: start + minute * 60_000, msg: 'slow', ...fields })
  })
  const file = join(folder, 'app.log')
  writeFileSync(file, lines.join('\n'))
  const options = {
    channels: { ops: { type: 'console' }, phone: { type: 'console', minSeverity: 'critical' } },
    rules: [{ name: 'slow', match: { msg: 'slow' }, ...rule }],
  } as AlertOptions
  const { keptBack, stats } = await replay(options, [openSource(file)])
  expect(keptBack.reduce((sum, { records }) => sum + records, 0)).toBe(stats.unmet)
  return keptBack
}

describe('what conditions kept back', () => {
  it('is counted, with how near it came and when', async () => {
    const rule = { when: { count: 4, within: '1m' } }
    expect(await keptBack(rule, [0, 5, 5.1, 5.2, 30, 30.1])).toEqual([
      {
        rule: 'slow',
        condition: 'count 4, within 1m',
        matched: 6,
        records: 6,
        closest: { count: 3, of: 4, at: start + 5.2 * 60_000 },
      },
    ])
  })

  it('is not what the alert that fired counts, before and after', async () => {
    const rule = { when: { count: 3, within: '1m' } }
    const [only] = await keptBack(rule, [0, 10, 10.1, 10.2, 10.3, 11, 50])
    expect(only).toMatchObject({ matched: 7, records: 2, closest: { count: 2, of: 3 } })
  })

  it.each([
    [
      'a `for` that is met by the time alone',
      { for: '2m', resolve: { ok: true }, resolveAfter: '1h' },
      [0, 1, 10],
      0,
    ],
    [
      'a `for` that is not met',
      { for: '2m', resolve: { msg: 'fine' } },
      [0, [1, { msg: 'fine' }], 5, [6, { msg: 'fine' }]],
      2,
    ],
    [
      'different values',
      { when: { count: 3, within: '5m', distinct: 'user' } },
      [
        [0, { user: 'a' }],
        [1, { user: 'b' }],
        [2, { user: 'b' }],
      ],
      3,
    ],
    [
      'a row that was ended',
      { when: { consecutive: 3, reset: { msg: 'fine' } } },
      [0, 1, [2, { msg: 'fine' }], 3],
      3,
    ],
    ['a spike', { when: { spike: 3, within: '1m', atLeast: 5 } }, [0, 1, 2, 3, 4, 5, 6, 7, 8], 9],
    [
      'groups',
      { groupBy: ['user'], when: { count: 2, within: '1h' } },
      [
        [0, { user: 'a' }],
        [1, { user: 'b' }],
      ],
      2,
    ],
  ] as const)('holds for %s', async (_, rule, times, records) => {
    expect((await keptBack(rule, times))[0]).toMatchObject({ records })
  })

  it('is nothing for a rule without a condition', async () => {
    expect(await keptBack({}, [0])).toEqual([])
  })
})
