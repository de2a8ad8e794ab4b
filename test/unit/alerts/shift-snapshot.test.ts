import { expect, test } from 'vitest'
import type { Absence } from '#core/alerts/absence.ts'
import type { ChannelTiming } from '#core/alerts/channel.ts'
import type { SavedDigest } from '#core/alerts/digest.ts'
import type { PastAlert } from '#core/alerts/history.ts'
import type { SavedKey } from '#core/alerts/key-state.ts'
import { type ChannelState, copyAlert, type LastNotified } from '#core/alerts/live-alert.ts'
import type { Pending } from '#core/alerts/pending.ts'
import { shiftSnapshot } from '#core/alerts/shift-snapshot.ts'
import { loadAlert, type SavedAlert, type TrackerSnapshot } from '#core/alerts/snapshot.ts'
import { hour, occurrence, recordAt, second } from './stage.ts'

/** All times that move are later than this, and all other numbers earlier: the records' times too. */
const epoch = Date.UTC(2026, 0, 1)
let times = 0
/** Another time that moves. */
const time = () => epoch + ++times * second

/** Each number of the value, by its path. */
function numbersIn(value: unknown, path = ''): Record<string, number> {
  if (typeof value === 'number') return { [path]: value }
  if (typeof value !== 'object' || value === null) return {}
  return Object.assign({}, ...Object.entries(value).map(([key, part]) => numbersIn(part, `${path}.${key}`)))
}

// `Required`: a field that is new in one of these types has to be added here.
const lastNotified = (): Required<LastNotified> => ({
  at: time(),
  rank: 2,
  worst: 3,
  recent: [time(), time()],
  repeats: 4,
  nextAt: time(),
})

const bareAlert: Omit<Required<SavedAlert>, 'channelStates'> = {
  id: 'a',
  rule: 'error',
  key: 'a',
  grouping: 'user',
  severity: 'error',
  rank: 2,
  code: 'E1',
  summary: 'it broke',
  runbook: 'https://runbook.example',
  labels: {},
  channels: ['chat'],
  resolveAfterMs: hour,
  count: 7,
  firstSeen: time(),
  lastSeen: time(),
  life: 700,
  first: recordAt(1000),
  latest: recordAt(2000),
  varied: { message: { head: ['it', '…'] } },
  context: [{ time: 900, level: 'info', text: 'before' }],
  startedAt: time(),
  lastAt: time(),
  escalatedAt: time(),
  endedAt: time(),
  endedBy: 'quiet',
  endRecord: recordAt(time()),
  formerEndedAt: time(),
  firstEverAt: time(),
  starts: [time(), time()],
  isFlapping: true,
  lasts: true,
  isAbsence: true,
  spike: { withinMs: 300_000, count: 40, usual: 12.5, threshold: 38 },
  acknowledged: { at: time(), by: 'ann', comment: 'on it' },
  template: { scope: 'error', words: ['it', 'broke'] },
  variants: { values: [['it', 5]], more: 1 },
  processes: [{ name: 'web-1', count: 7 }],
  processesTotal: 3,
  release: '1.4.1',
  releaseNote: { type: 'new', previous: '1.4.0' },
  impact: { userId: { values: 'AAAAAAAB' } },
  firedBy: { type: 'consecutive', threshold: 3, rowBefore: 1, lastSuccessAt: time() },
}

const channelState: Required<ChannelState> = {
  admitted: true,
  since: time(),
  notifiedCount: 6,
  notified: lastNotified(),
  past: lastNotified(),
  former: { alert: copyAlert(loadAlert({ ...bareAlert, channelStates: {} })), unsent: 5 },
  repeats: 4,
  nextAt: time(),
  sending: { life: time(), isOver: true },
  opened: time(),
  fellBackAt: time(),
  isUnknown: true,
  silenceEnded: { at: time(), by: 'ann', count: 3 },
  mute: { reason: 'silenced', untilMs: time() },
}

const timing: Required<ChannelTiming> = {
  name: 'chat',
  sentAt: time(),
  pausedUntil: time(),
  recent: [{ at: time(), alerts: 3 }],
  quota: [time(), time()],
  quotaReportedUntil: time(),
  quotaExhausted: 3,
  newKinds: { inRow: 2, at: time() },
}

const pending: Required<Pending> = {
  since: time(),
  firstAt: time(),
  lastAt: time(),
  count: 2,
  holdsUntil: time(),
  occurrence: occurrence('k', 4000),
  spike: { withinMs: 300_000, count: 40, usual: 12.5, threshold: 38 },
}

const key: Required<SavedKey> = {
  id: 'k',
  scope: 'rule',
  window: [time(), time()],
  distinct: { values: [['ada', time()]], times: [time()] },
  streak: { count: 3, unnotified: 1, firstAt: time(), resetAt: time() },
  spike: { times: [time(), time()], counts: [2, 1], slotMs: 1, restart: 1 },
  pending,
  processes: [['web-1', [time()]]],
  impact: { userId: [[17, time()]] },
}

const absence: Required<Absence> = {
  id: 'w',
  since: time(),
  seenAt: time(),
  dueAt: time(),
  occurrence: occurrence('w', 5000),
  isRedacted: true,
}

const past: Required<PastAlert> = {
  id: 'b',
  endedAt: time(),
  starts: [time()],
  notified: { chat: lastNotified() },
}

const digest: Required<SavedDigest> = {
  name: 'chat',
  since: time(),
  isFirst: true,
  notifications: 2,
  tallies: [['chat', { silenced: 3 }]],
  bases: [['a', 4]],
  ended: [],
  more: { fresh: 1, resolved: 2, records: 3 },
  lastAlertAt: time(),
}

const whole: Required<TrackerSnapshot> = {
  version: 1,
  alerts: [{ ...bareAlert, channelStates: { chat: channelState } }],
  ended: ['a'],
  channels: [timing],
  past: [past],
  overflowId: 'o',
  conditions: { keys: [key], absences: [absence] },
  spikesSince: [['error', time()]],
  digests: [digest],
  dropped: 8,
  releases: [{ name: '1.4.0', at: time() }],
  seen: [{ id: 'a', release: '1.4.1' }],
}

test.each([hour, -hour])('all times of the tracker move by %d ms, and nothing else does', (step) => {
  const before = numbersIn(whole)
  expect(Object.values(before).filter((number) => number > epoch).length).toBeGreaterThanOrEqual(times)
  const expected = Object.entries(before).map(([path, number]) => {
    // A mute is asked for again.
    if (path.endsWith('.mute.untilMs')) return [path, Number.NEGATIVE_INFINITY]
    // A digest is sent at a time of day.
    if (path.includes('.digests.')) return [path, number]
    return [path, number > epoch ? number + step : number]
  })
  expect(numbersIn(shiftSnapshot(whole, step))).toEqual(Object.fromEntries(expected))
})
