/**
 * Which keys the state has in the journal, and how a former process's entries become state again. An entry
 * that does not fit its schema is skipped and counted; the others are used.
 */
import { ownEntries } from '../alerts/history.ts'
import type { SavedAlert, SavedKey, TrackerSnapshot } from '../alerts/tracker.ts'
import type { JournalEntries } from '../journal/journal-types.ts'
import type { Notification } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import { isObject } from '../text/get-path.ts'
import { type Entries, isEntry, type SavedDelta, type SavedLife, type SavedMember } from './entry-schemas.ts'

/** How keys begin; the id or the name follows. */
export const keys = {
  delivery: 'delivery/',
  alert: 'alert/',
  /** What changed of an alert after it was written whole. */
  since: 'since/',
  /** The values of fields that an alert counts. */
  impact: 'impact/',
  /** When alerts of the last day started and ended. */
  life: 'life/',
  /** In which release an alert was last seen. */
  seen: 'seen/',
  past: 'past/',
  channel: 'channel/',
  condition: 'condition/',
  absence: 'absence/',
  silence: 'silence/',
  digest: 'digest/',
  /** How far a process of the fleet was counted. */
  member: 'member/',
  /** What a process of the fleet could not submit. */
  delta: 'delta/',
  tracker: 'tracker',
} as const

/** What one former process left. */
export interface FormerState {
  readonly snapshot: TrackerSnapshot
  readonly deliveries: readonly Notification[]
  /** The ids of deliveries that are too old to be sent. */
  readonly expired: readonly string[]
  /** Silences made at run time that have not ended. */
  readonly silences: readonly RuntimeSilence[]
  readonly members: readonly SavedMember[]
  readonly lives: readonly SavedLife[]
  readonly deltas: readonly SavedDelta[]
  /** Entries that did not fit. */
  readonly unreadable: number
}

type Kind = keyof Entries
const kinds: readonly Kind[] = [
  'delivery',
  'alert',
  'past',
  'channel',
  'condition',
  'absence',
  'silence',
  'impact',
  'life',
  'seen',
  'digest',
  'member',
  'delta',
]

/** An older delivery is not sent any more, but counted: ms. */
const oldestDeliveryMs = 7 * 24 * 3_600_000

/** Reads the entries of one former process; `now` is epoch ms. */
export function readFormerState(entries: JournalEntries, now: number): FormerState {
  const found: { readonly [K in Kind]: Entries[K][] } = {
    delivery: [],
    alert: [],
    past: [],
    channel: [],
    condition: [],
    absence: [],
    silence: [],
    impact: [],
    life: [],
    seen: [],
    digest: [],
    member: [],
    delta: [],
  }
  let rest: object = {}
  let unreadable = 0
  for (const [key, written] of entries) {
    if (key.startsWith(keys.since)) continue
    const value = completed(key, written, entries)
    const kind = kinds.find((kind) => key.startsWith(keys[kind]))
    if (key === keys.tracker && isObject(value)) rest = value
    else if (kind === undefined || !addEntry(found, kind, value)) unreadable++
  }
  return {
    snapshot: toSnapshot(found.alert, found.condition, rest, found),
    deliveries: found.delivery.filter(({ at }) => at > now - oldestDeliveryMs),
    expired: found.delivery.filter(({ at }) => at <= now - oldestDeliveryMs).map(({ id }) => id),
    silences: found.silence.filter(({ untilMs }) => untilMs > now),
    members: found.member,
    lives: found.life,
    deltas: found.delta.sort((a, b) => a.number - b.number),
    unreadable,
  }
}

/** How far the processes of a fleet are counted in this journal. */
export function membersIn(entries: JournalEntries): SavedMember[] {
  const found = { member: [] as SavedMember[] }
  for (const [key, value] of entries) if (key.startsWith(keys.member)) addEntry(found, 'member', value)
  return found.member
}

function addEntry<K extends Kind>(found: { readonly [Key in K]: Entries[Key][] }, kind: K, value: unknown) {
  if (!isEntry(kind, value)) return false
  found[kind].push(value)
  return true
}

function toSnapshot(
  alerts: readonly SavedAlert[],
  conditionKeys: readonly SavedKey[],
  rest: { readonly dropped?: unknown; readonly spikesSince?: unknown; readonly releases?: unknown },
  { past, channel, absence, seen, digest }: { readonly [K in Kind]: Entries[K][] },
): TrackerSnapshot {
  const ended = alerts
    .filter(({ endedAt }) => endedAt !== undefined)
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
    .map(({ id }) => id)
  const { releases: known, ...others } = rest
  const releases = releasesOf(known)
  return {
    ...(others as Partial<TrackerSnapshot>),
    ...(releases.length === 0 ? {} : { releases }),
    ...(seen.length === 0 ? {} : { seen }),
    version: 1,
    alerts,
    ended,
    past: past.sort((a, b) => a.endedAt - b.endedAt),
    channels: channel,
    ...(digest.length === 0 ? {} : { digests: digest }),
    conditions: { keys: conditionKeys, absences: absence },
    dropped: Number.isFinite(rest.dropped) ? Number(rest.dropped) : 0,
    spikesSince: readSpikesSince(rest.spikesSince),
  }
}

function readSpikesSince(written: unknown): NonNullable<TrackerSnapshot['spikesSince']> {
  if (!Array.isArray(written)) return []
  return written.filter(
    (one): one is readonly [string, number] =>
      Array.isArray(one) && typeof one[0] === 'string' && Number.isFinite(one[1]),
  )
}

function releasesOf(known: unknown): NonNullable<TrackerSnapshot['releases']> {
  if (!Array.isArray(known)) return []
  return known.flatMap((one: unknown) => {
    if (!isObject(one)) return []
    const { name, at } = one
    return typeof name === 'string' && typeof at === 'number' ? [{ name, at }] : []
  })
}

/** An alert with what changed of it since; where an alert has a single record, that was written once. */
function completed(key: string, value: unknown, entries: JournalEntries): unknown {
  if (!isObject(value)) return value
  if (key.startsWith(keys.alert)) {
    const id = key.slice(keys.alert.length)
    const since = entries.get(keys.since + id)
    const impact = entries.get(keys.impact + id)
    const whole = isObject(since) ? { ...value, ...since } : value
    return withLatest(withFormer(isEntry('impact', impact) ? { ...whole, impact } : whole))
  }
  if (key.startsWith(keys.digest)) return withLatestIn(value, 'ended')
  if (!key.startsWith(keys.delivery) || !Array.isArray(value['items'])) return value
  if (isObject(value['digest'])) return { ...value, digest: withLatestIn(value['digest'], 'lines') }
  const items = value['items'].map((item) =>
    isObject(item) ? { ...item, alert: withLatest(item['alert']) } : item,
  )
  return { ...value, items }
}

/** The same for the alerts of a digest, which are in this list. */
function withLatestIn(digest: Readonly<Record<string, unknown>>, list: string): unknown {
  const lines = digest[list]
  if (!Array.isArray(lines)) return digest
  return {
    ...digest,
    [list]: lines.map((line) => (isObject(line) ? { ...line, alert: withLatest(line['alert']) } : line)),
  }
}

/** The lives before, as channels keep them, hold a single record once as well. */
function withFormer(alert: Readonly<Record<string, unknown>>): unknown {
  const { channelStates } = alert
  if (!isObject(channelStates)) return alert
  const completed = Object.entries(channelStates).map(([name, state]) => {
    const former = isObject(state) ? state['former'] : undefined
    if (!isObject(state) || !isObject(former)) return [name, state] as const
    return [name, { ...state, former: { ...former, alert: withLatest(former['alert']) } }] as const
  })
  return { ...alert, channelStates: ownEntries(completed) }
}

function withLatest(alert: unknown): unknown {
  return isObject(alert) && alert['latest'] === undefined ? { ...alert, latest: alert['first'] } : alert
}
