/**
 * What of the tracker's state stands in the journal: enough of it to see what changed since it was written.
 */
import type { SavedAlert, SavedDigest, TrackerSnapshot } from '../alerts/tracker.ts'
import type { Change } from '../journal/journal-types.ts'
import type { Redacted } from './redact-state.ts'
import { keys } from './state-format.ts'

/** Compares with what was written; what it returns counts as written. */
export interface Ledger {
  changesOf(parts: Pick<TrackerSnapshot, 'alerts' | 'past' | 'channels' | 'digests'>): Change[]
  absencesOf(conditions: TrackerSnapshot['conditions']): Change[]
  /** All values that alerts counted and that are not written yet; `changesOf` leaves out a few. */
  impactOf(alerts: readonly SavedAlert[]): Change[]
  /** The change of everything else. */
  restOf(rest: object): Change[]
  /** Removes what the whole snapshot no longer holds. */
  removalsOf(snapshot: TrackerSnapshot): Change[]
  /** Entries that are written. */
  size(): number
  /** Forgets what was written. */
  clear(): void
}

/** The values of some 64 records: so few are written as they come. */
const fewImpactChars = 512

/** Starts with nothing written; `redacted` makes the copies that are written. */
export function createLedger(redacted: () => Redacted): Ledger {
  const written = new Map<string, unknown>()
  /** Alerts that were written whole, and in which life: later only what changes is written. */
  const writtenWhole = new Map<string, string>()
  /** Alerts of which the changing part was written alone. */
  const writtenPartly = new Set<string>()
  /** Alerts whose counted values were written: in which life, and how many characters. */
  const writtenImpact = new Map<string, { readonly life: number; readonly size: number }>()

  const recordIfChanged = (key: string, sign: unknown) => {
    if (written.get(key) === sign) return false
    written.set(key, sign)
    return true
  }

  /** Records, context and text are written once a life: they are large and hold no count. */
  function changesOfAlert(alert: SavedAlert): Change[] {
    const { id } = alert
    const changing = changingOf(alert)
    if (!recordIfChanged(keys.alert + id, JSON.stringify(changing))) return []
    const impact = changesOfImpact(alert, false)
    return [...changesOfParts(alert, changing), ...impact]
  }

  function changesOfParts(alert: SavedAlert, changing: ReturnType<typeof changingOf>): Change[] {
    const { id } = alert
    const { impact: _, ...whole } = alert
    if (writtenWhole.get(id) === lifeKeyOf(alert)) {
      writtenPartly.add(id)
      return [[keys.since + id, redacted().changingPart(changing)]]
    }
    writtenWhole.set(id, lifeKeyOf(alert))
    return [[keys.alert + id, redacted().alert(whole)], ...removePart(id)]
  }

  /** Many values are written again only once they have grown by an eighth: a crash loses the last of them. */
  function changesOfImpact({ id, startedAt: life, impact }: SavedAlert, isAll: boolean): Change[] {
    const known = writtenImpact.get(id)
    if (impact === undefined) return known === undefined ? [] : removeImpact(id)
    const size = Object.values(impact).reduce((sum, { values }) => sum + values.length, 0)
    if (known?.life === life) {
      const isLarger = size > (isAll || size <= fewImpactChars ? known.size : known.size * 1.125)
      if (!isLarger) return []
    }
    writtenImpact.set(id, { life, size })
    return [[keys.impact + id, impact]]
  }

  function removeImpact(id: string): Change[] {
    return writtenImpact.delete(id) ? [[keys.impact + id, undefined]] : []
  }

  function removeWhole(id: string): Change[] {
    if (!written.delete(keys.alert + id)) return []
    writtenWhole.delete(id)
    return [[keys.alert + id, undefined], ...removePart(id), ...removeImpact(id)]
  }

  function removePart(id: string): Change[] {
    return writtenPartly.delete(id) ? [[keys.since + id, undefined]] : []
  }

  return {
    changesOf({ alerts, past, channels, digests = [] }) {
      const changes: Change[] = []
      for (const alert of alerts) {
        changes.push(...changesOfAlert(alert))
        if (written.delete(keys.past + alert.id)) changes.push([keys.past + alert.id, undefined])
      }
      for (const one of past) {
        if (recordIfChanged(keys.past + one.id, one)) changes.push([keys.past + one.id, one])
        changes.push(...removeWhole(one.id))
      }
      for (const channel of channels) {
        const key = keys.channel + channel.name
        if (recordIfChanged(key, JSON.stringify(channel))) changes.push([key, channel])
      }
      for (const digest of digests) {
        const key = keys.digest + digest.name
        if (recordIfChanged(key, signOfDigest(digest))) changes.push([key, redacted().digest(digest)])
      }
      return changes
    },
    absencesOf: (conditions) =>
      (conditions?.absences ?? []).flatMap((absence): Change[] => {
        const key = keys.absence + absence.id
        return recordIfChanged(key, `${absence.seenAt} ${absence.dueAt}`)
          ? [[key, redacted().absence(absence)]]
          : []
      }),
    impactOf: (alerts) => alerts.flatMap((alert) => changesOfImpact(alert, true)),
    restOf: (rest) => (recordIfChanged(keys.tracker, JSON.stringify(rest)) ? [[keys.tracker, rest]] : []),
    removalsOf({ alerts, past, channels, digests = [], conditions }) {
      const present = new Set([
        ...alerts.map(({ id }) => keys.alert + id),
        ...past.map(({ id }) => keys.past + id),
        ...channels.map(({ name }) => keys.channel + name),
        ...(conditions?.absences ?? []).map(({ id }) => keys.absence + id),
        ...digests.map(({ name }) => keys.digest + name),
        keys.tracker,
      ])
      return [...written.keys()].flatMap((key): Change[] => {
        if (present.has(key)) return []
        if (key.startsWith(keys.alert)) return removeWhole(key.slice(keys.alert.length))
        written.delete(key)
        return [[key, undefined]]
      })
    },
    size: () => written.size,
    clear() {
      written.clear()
      writtenWhole.clear()
      writtenPartly.clear()
      writtenImpact.clear()
    },
  }
}

/** Without the records of its alerts, which are large. */
function signOfDigest({ ended, ...digest }: SavedDigest): string {
  return JSON.stringify([digest, ended.map(({ alert, records }) => [alert.id, records])])
}

/** Differs after the alert began a new life, became worse or took in similar ones. */
function lifeKeyOf({ startedAt, rank, key, template }: SavedAlert): string {
  return `${startedAt} ${rank} ${template !== undefined} ${key}`
}

/** What changes of an alert while it lasts. */
function changingOf(alert: SavedAlert): Pick<SavedAlert, 'channelStates'> {
  const { life, first, latest, context, key, labels, summary, runbook, template, impact, ...changing } = alert
  return changing
}
