/**
 * What stands in the spool of the state machine's memory: enough of it to see what has changed since it was written.
 */
import type { SavedAlert, TrackerSnapshot } from '../alerts/tracker.ts'
import type { Change } from '../journal/journal-types.ts'
import type { Redacted } from './redact-state.ts'
import { keys } from './state-format.ts'

/** Compares with what was written; what it returns counts as written. */
export interface Ledger {
  /** The changes of alerts, of those that are over, and of channels. */
  changesOf(parts: Pick<TrackerSnapshot, 'alerts' | 'past' | 'channels'>): Change[]
  /** The changes of what is watched for. */
  absencesOf(conditions: TrackerSnapshot['conditions']): Change[]
  /** The change of all that is neither. */
  restOf(rest: object): Change[]
  /** Takes out what the whole snapshot holds no more. */
  without(snapshot: TrackerSnapshot): Change[]
  /** Nothing is written any more. */
  clear(): void
}

/** Makes an empty ledger; `portable` is asked for each whole alert, and for each key that is watched for. */
export function createLedger(redacted: () => Redacted): Ledger {
  const written = new Map<string, unknown>()
  /** Alerts that were written as a whole, and which life of them: what changes of it later is written by itself. */
  const wholes = new Map<string, string>()
  /** Alerts of which something was written by itself. */
  const parted = new Set<string>()

  const isNews = (key: string, sign: unknown) => {
    if (written.get(key) === sign) return false
    written.set(key, sign)
    return true
  }

  /** Its records, the lines that led to it and its words are written once a life: they are large, and no count is in them. */
  function changesOfAlert(alert: SavedAlert): Change[] {
    const { id } = alert
    const changing = changingOf(alert)
    if (!isNews(keys.alert + id, JSON.stringify(changing))) return []
    if (wholes.get(id) === lifeOf(alert)) {
      parted.add(id)
      return [[keys.since + id, changing]]
    }
    wholes.set(id, lifeOf(alert))
    return [[keys.alert + id, redacted().alert(alert)], ...withoutPart(id)]
  }

  function withoutAlert(id: string): Change[] {
    if (!written.delete(keys.alert + id)) return []
    wholes.delete(id)
    return [[keys.alert + id, undefined], ...withoutPart(id)]
  }

  function withoutPart(id: string): Change[] {
    return parted.delete(id) ? [[keys.since + id, undefined]] : []
  }

  return {
    changesOf({ alerts, past, channels }) {
      const changes: Change[] = []
      for (const alert of alerts) {
        changes.push(...changesOfAlert(alert))
        if (written.delete(keys.past + alert.id)) changes.push([keys.past + alert.id, undefined])
      }
      for (const one of past) {
        if (isNews(keys.past + one.id, one)) changes.push([keys.past + one.id, one])
        changes.push(...withoutAlert(one.id))
      }
      for (const channel of channels) {
        const key = keys.channel + channel.name
        if (isNews(key, JSON.stringify(channel))) changes.push([key, channel])
      }
      return changes
    },
    absencesOf: (conditions) =>
      (conditions?.absences ?? []).flatMap((absence): Change[] => {
        const key = keys.absence + absence.id
        return isNews(key, `${absence.seenAt} ${absence.dueAt}`) ? [[key, redacted().absence(absence)]] : []
      }),
    restOf: (rest) => (isNews(keys.tracker, JSON.stringify(rest)) ? [[keys.tracker, rest]] : []),
    without({ alerts, past, channels, conditions }) {
      const present = new Set([
        ...alerts.map(({ id }) => keys.alert + id),
        ...past.map(({ id }) => keys.past + id),
        ...channels.map(({ name }) => keys.channel + name),
        ...(conditions?.absences ?? []).map(({ id }) => keys.absence + id),
        keys.tracker,
      ])
      return [...written.keys()].flatMap((key): Change[] => {
        if (present.has(key)) return []
        if (key.startsWith(keys.alert)) return withoutAlert(key.slice(keys.alert.length))
        written.delete(key)
        return [[key, undefined]]
      })
    },
    clear() {
      written.clear()
      wholes.clear()
      parted.clear()
    },
  }
}

/** Changes when the alert begins anew or becomes worse. */
export function lifeOf({ startedAt, rank }: SavedAlert): string {
  return `${startedAt} ${rank}`
}

/** What changes of an alert while it lasts; the latest record comes with a count. */
function changingOf(alert: SavedAlert): object {
  const { first, latest, context, key, labels, summary, runbook, ...changing } = alert
  return changing
}
