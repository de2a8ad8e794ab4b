/** Everything that the state holds, for a journal that is written again. */
import type { Tracker } from '../alerts/tracker.ts'
import type { Change } from '../journal/journal-types.ts'
import type { Notification } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { SavedLife } from './entry-schemas.ts'
import { byImportance } from './former-states.ts'
import type { Ledger } from './ledger.ts'
import type { Redacted } from './redact-state.ts'
import type { Seen, SubmittedDeltas } from './seen.ts'
import { keys } from './state-format.ts'

export interface WholeState {
  readonly tracker: Tracker
  readonly unsent: ReadonlyMap<string, Notification>
  readonly ledger: Ledger
  readonly members: Seen
  readonly lives: () => ReadonlyMap<string, SavedLife>
  /** Since the last call. */
  readonly changedLives: () => ReadonlyMap<string, SavedLife | undefined>
  readonly submitted: Pick<SubmittedDeltas, 'entries' | 'size'>
  readonly silences: () => readonly RuntimeSilence[]
  readonly redacted: () => Redacted
}

/** The most important first. */
export function* entriesOf({
  tracker,
  unsent,
  ledger,
  members,
  lives,
  submitted,
  silences,
  redacted,
}: WholeState): Generator<Change> {
  for (const [id, notification] of unsent) {
    yield [keys.delivery + id, redacted().notification(notification)]
  }
  yield* submitted.entries()
  const { alerts, past, channels, conditions, seen = [], digests = [], ...rest } = tracker.snapshot()
  ledger.clear()
  yield* ledger.restOf(rest)
  for (const one of seen) yield [keys.seen + one.id, one]
  yield* members.all()
  for (const silence of silences()) yield [keys.silence + silence.id, silence]
  yield* ledger.absencesOf(conditions)
  for (const key of conditions?.keys ?? []) yield [keys.condition + key.id, redacted().conditionKey(key)]
  const byAge = { alerts: [...alerts].sort(byImportance), past: [...past].reverse() }
  for (const channel of channels) yield* ledger.changesOf({ alerts: [], past: [], channels: [channel] })
  yield* ledger.changesOf({ alerts: [], past: [], channels: [], digests })
  for (const alert of byAge.alerts) yield* ledger.changesOf({ alerts: [alert], past: [], channels: [] })
  for (const [key, life] of lives()) yield [keys.life + key, redacted().life(life)]
  for (const one of byAge.past) yield* ledger.changesOf({ alerts: [], past: [one], channels: [] })
}

/** All that changed since it was written; `isLast`: also what a crash may lose. */
export function changesOfAll(
  { tracker, ledger, members, changedLives, redacted }: WholeState,
  isLast: boolean,
): Change[] {
  const snapshot = tracker.snapshot({ withKeys: false })
  const { alerts: _, past: __, channels: ___, digests: ____, conditions, ...rest } = snapshot
  const changes = [...ledger.changesOf(snapshot), ...ledger.absencesOf(conditions)]
  for (const [id, key] of tracker.takeChangedKeys()) {
    changes.push([keys.condition + id, key === undefined ? undefined : redacted().conditionKey(key)])
  }
  for (const [id, one] of tracker.takeChangedSeen()) changes.push([keys.seen + id, one])
  if (isLast) changes.push(...ledger.impactOf(snapshot.alerts))
  for (const [key, life] of changedLives()) changes.push([keys.life + key, life && redacted().life(life)])
  changes.push(...ledger.restOf(rest), ...ledger.removalsOf(snapshot), ...members.takeUnsaved())
  return changes
}

/** A notification that waits to be sent, and its alerts. */
export function changesOfUnsent(
  { tracker, ledger, redacted }: WholeState,
  notification: Notification,
): Change[] {
  return [
    [keys.delivery + notification.id, redacted().notification(notification)],
    ...ledger.changesOf(tracker.partOf(idsOf(notification), notification.channel)),
  ]
}

export function idsOf({ items }: Notification): string[] {
  return items.map(({ alert }) => alert.id)
}

/** Nothing that the next start would need. */
export function isEmpty({ tracker, unsent, lives, submitted, silences }: WholeState): boolean {
  const { alerts, past, channels, conditions, ...others } = tracker.snapshot()
  const { keys: conditionKeys = [], absences = [] } = conditions ?? {}
  const { spikesSince = [], releases = [], digests = [] } = others
  const watched = [conditionKeys, absences, spikesSince, releases, digests]
  const kept = [unsent.size, lives().size, submitted.size(), alerts, past, silences(), ...watched]
  const isUnused = channels.every(
    ({ sentAt, pausedUntil }) => sentAt === undefined && pausedUntil === undefined,
  )
  return isUnused && kept.every((one) => (typeof one === 'number' ? one : one.length) === 0)
}
