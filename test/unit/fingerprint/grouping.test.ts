import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createTracker } from '#core/alerts/tracker.ts'
import { parameterize } from '#core/fingerprint/parameterize.ts'
import { groupingAccuracy, mergedKeys } from '../../../benchmarks/grouping/accuracy.mjs'
import { errorRates, libraryMessages, libraryRuns } from '../../../benchmarks/grouping/library-messages.mjs'
import { importSource } from '../../../benchmarks/lib/source.mjs'
import { sharedData } from '../../shared-data.ts'

type Rows = readonly (readonly [message: string, event: string])[]

const root = fileURLToPath(new URL('../../../', import.meta.url))
const data = sharedData('loghub')
const sets = data.exists ? readdirSync(data.path).filter((name) => name.endsWith('.json')) : []
const load = (name: string): Rows => JSON.parse(readFileSync(join(data.path, name), 'utf8'))

describe.skipIf(!data.exists)(`logs of eight systems${data.unlessSkipped}`, () => {
  const mean = (accuracyOf: (rows: Rows) => number) => {
    expect(sets).toHaveLength(8)
    return sets.reduce((sum, name) => sum + accuracyOf(load(name)), 0) / sets.length
  }

  test('one setting groups at least 92 % of the messages as people did', () => {
    expect(mean((rows) => groupingAccuracy(rows, parameterize).accuracy)).toBeGreaterThanOrEqual(0.92)
  })

  test('with similar alerts merged it is at least 93 %', () => {
    const accuracyOf = (rows: Rows) => {
      const messages = rows.map(([message]) => message)
      const keys = mergedKeys(messages, parameterize, createTracker)
      const keyOf = new Map(messages.map((message, index) => [message, keys[index]!]))
      return groupingAccuracy(rows, (message) => keyOf.get(message)!).accuracy
    }
    expect(mean(accuracyOf)).toBeGreaterThanOrEqual(0.93)
  })

  test('every key is the same in whatever order the messages come', () => {
    for (const name of sets) {
      const messages = load(name).map(([message]) => message)
      const keys = new Map(messages.map((message) => [message, parameterize(message)]))
      for (const message of shuffled(messages)) expect(parameterize(message)).toBe(keys.get(message))
    }
  })

  test('a second pass changes no key', () => {
    for (const [message] of sets.flatMap(load)) {
      const key = parameterize(message)
      expect(parameterize(key)).toBe(key)
    }
  })
})

describe('messages of libraries', () => {
  const formats = libraryMessages()

  test('written from their behaviour, none is merged with another problem, and none split', () => {
    expect(formats.length).toBeGreaterThan(300)
    expect(errorRates(formats, parameterize)).toMatchObject({ shared: [], splits: [] })
  })

  test('as they were run, none is merged with another problem, and fewer than one in a hundred split', () => {
    const runs = libraryRuns()
    expect(runs.length).toBeGreaterThan(300)
    expect(new Set(runs.map(({ library }) => library)).size).toBeGreaterThanOrEqual(40)
    const { shared, split } = errorRates(runs, parameterize)
    expect(shared).toEqual([])
    expect(split).toBeLessThan(0.01)
  })

  test('alerts of different problems are not merged because one word differs', () => {
    for (const problems of [formats, libraryRuns()]) {
      const messages = problems.flatMap((format) => format.messages)
      const keys = mergedKeys(messages, parameterize, createTracker)
      const keyOf = new Map(messages.map((message, index) => [message, keys[index]!]))
      expect(errorRates(problems, (message) => keyOf.get(message)!).shared).toEqual([])
    }
  })

  test('the error rates count each format that shares a key, and each with several', () => {
    const format = (text: string, ...messages: string[]) => ({ library: 'x', format: text, messages })
    const list = [format('a', 'a 1', 'a 2'), format('b', 'b'), format('c', 'b'), format('d', 'd')]
    const { merged, split } = errorRates(list, (message) => message)
    expect({ merged, split }).toEqual({ merged: 0.5, split: 0.25 })
  })
})

describe('benchmarks/grouping', () => {
  const benchmark = join(root, 'benchmarks/grouping')
  const run = (script: string, shared: string) =>
    spawnSync(process.execPath, [script], { env: { ...process.env, ALERT_SHARED: shared }, encoding: 'utf8' })

  function someLogs(): string {
    const shared = mkdtempSync(join(tmpdir(), 'grouping-'))
    onTestFinished(() => rmSync(shared, { recursive: true, force: true }))
    mkdirSync(join(shared, 'loghub'))
    const rows = [1, 2, 3].map((n) => [`job ${n} failed`, 'E1'])
    writeFileSync(join(shared, 'loghub', 'Jobs.json'), JSON.stringify(rows))
    return shared
  }

  test('measures the sources as they are', () => {
    const { stdout, status } = run(join(benchmark, 'main.mjs'), someLogs())
    expect(stdout).toMatch(/^Jobs +3 +1 +1 +1\.000/m)
    expect(status).toBe(0)
  })

  test('fails if what it measures does not exist', async () => {
    await expect(importSource('alert-core/src/no-such-file.ts')).rejects.toThrow('no-such-file.ts')
  })
})

function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items]
  for (let index = copy.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1))
    ;[copy[index], copy[other]] = [copy[other]!, copy[index]!]
  }
  return copy
}
