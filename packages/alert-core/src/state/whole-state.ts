/** Everything that the state holds, for a journal that is written again. */
import type { Tracker } from '../alerts/tracker.ts'
import type { Change } from '../journal/journal-types.ts'
import type { Notification } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { SavedDelta, SavedLife } from './entry-schemas.ts'
import { byImportance } from './former-states.ts'
import type { Ledger } from './ledger.ts'
import type { Redacted } from './redact-state.ts'
import type { Seen } from './seen.ts'
import { keys } from './state-format.ts'

export interface WholeState {
  readonly tracker: Tracker
  readonly unsent: ReadonlyMap<string, Notification>
  readonly ledger: Ledger
  readonly members: Seen
  readonly lives: () => ReadonlyMap<string, SavedLife>
  readonly submitted: ReadonlyMap<string, SavedDelta>
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
  yield* submitted
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

/** Nothing that the next start would need. */
export function isEmpty({ tracker, unsent, lives, submitted, silences }: WholeState): boolean {
  const { alerts, past, channels, conditions, ...others } = tracker.snapshot()
  const { keys: conditionKeys = [], absences = [] } = conditions ?? {}
  const { spikesSince = [], releases = [], digests = [] } = others
  const watched = [conditionKeys, absences, spikesSince, releases, digests]
  const kept = [unsent.size, lives().size, submitted.size, alerts, past, silences(), ...watched]
  const isUnused = channels.every(
    ({ sentAt, pausedUntil }) => sentAt === undefined && pausedUntil === undefined,
  )
  return isUnused && kept.every((one) => (typeof one === 'number' ? one : one.length) === 0)
}
