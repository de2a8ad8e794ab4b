import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createTracker } from '#core/alerts/tracker.ts'
import { createSolo } from '#core/fleet/solo.ts'
import { createJournal } from '#core/journal/journal.ts'
import type { Occurrence } from '#core/model.ts'
import { createState } from '#core/state/state.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { eager, occurrence, recordAt } from '../alerts/stage.ts'

const start = Date.UTC(2026, 0, 1)
const second = 1000

/** A state whose journal has a size limit, and the ids of the alerts in it. */
function openState(maxBytes: number) {
  const directory = mkdtempSync(join(tmpdir(), 'alert-size-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const clock = createVirtualClock(start)
  const tracker = createTracker({
    channels: [eager({ sendResolved: 'never' })],
    now: start,

    newId: () => 'n',
  })
  const errors: string[] = []
  const lives = { takeChanged: () => new Map(), all: () => new Map(), adopt() {}, clear() {} }
  const state = createState({
    lives,
    tracker,
    fleet: createSolo(),
    clock,
    redact: { paths: [], patterns: [] },
    maxAlerts: 1000,
    silences: () => [],
    openJournal: (entries) =>
      createJournal({
        directory,
        clock,
        entries,
        maxBytes,
        onError: ({ message }) => errors.push(message),
      }),
    onError: () => {},
  })
  onTestFinished(() => state.close())

  function occur(id: string, action: Occurrence['action']): void {
    const record = recordAt(clock.now(), 'x'.repeat(900))
    tracker.push(occurrence(id, clock.now(), { action, record, resolveAfterMs: false }), clock.now())
    tracker.tick(clock.now())
    state.saveAlert(id, false)
  }

  const written = () => {
    const [name] = readdirSync(directory).filter((file) => file.endsWith('.journal'))
    return [...readFileSync(join(directory, name!), 'utf8').matchAll(/\["(?:alert|past)\/(\w+)",\{/g)].map(
      ([, id]) => id!,
    )
  }
  return { state, tracker, clock, occur, written, errors }
}

test('if the journal may not grow, the alerts that ended longest ago are left out, and no firing one', async () => {
  const { state, clock, occur, written, errors } = openState(52_000)
  for (let n = 0; n < 10; n++) occur(`firing${n}`, 'fire')
  for (let n = 0; n < 40; n++) occur(`ended${n}`, 'fire')
  for (let n = 0; n < 40; n++) {
    await clock.advance(second)
    occur(`ended${n}`, 'resolve')
  }
  // Each of them is written again and again, until the file is rewritten.
  for (let n = 0; n < 20; n++) {
    for (let m = 0; m < 10; m++) occur(`firing${m}`, 'fire')
    await clock.advance(second)
  }
  state.setRedact({ paths: [], patterns: ['nothing'] })
  const left = new Set(written())
  for (let n = 0; n < 10; n++) expect(left).toContain(`firing${n}`)
  const ended = [...left].filter((id) => id.startsWith('ended')).map((id) => Number(id.slice(5)))
  expect(ended.length).toBeGreaterThan(0)
  expect(ended.length).toBeLessThan(40)
  expect(Math.min(...ended)).toBe(40 - ended.length)
  expect(state.stats().bytes).toBeLessThan(52_000)
  expect(errors).toEqual([expect.stringMatching(/largest size/)])
})
