/**
 * The schema of each kind of entry in a journal. Anything may stand in a file, and a person may have edited
 * it, so an entry is used only if it fits. The schemas are made when a former journal is first read: most
 * starts have none.
 */
import * as z from 'zod/mini'
import type { Absence } from '../alerts/absence.ts'
import type { ChannelTiming } from '../alerts/channel.ts'
import type { PastAlert } from '../alerts/history.ts'
import type { SavedImpact } from '../alerts/impact.ts'
import type { SavedAlert, SavedDigest, SavedKey, SeenAlert } from '../alerts/tracker.ts'
import type { Delta } from '../fleet/fleet-types.ts'
import { itemSchema, recordPieces, silenceSchema } from '../fleet/item-schemas.ts'
import { type Notification, reasons, type Severity, severities } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import { isObject } from '../text/get-path.ts'

/** What each kind of entry holds. */
export interface Entries {
  alert: SavedAlert
  past: PastAlert
  channel: ChannelTiming
  condition: SavedKey
  absence: Absence
  silence: RuntimeSilence
  digest: SavedDigest
  delivery: Notification
  impact: SavedImpact
  life: SavedLife
  seen: SeenAlert
  member: SavedMember
  delta: SavedDelta
}

/** The highest number of a process of the fleet that is counted, and when it was, epoch ms. */
export interface SavedMember {
  readonly member: string
  readonly number: number
  readonly at: number
}

/** An alert from its start to its end, for the timeline; epoch ms. `to` is absent while it fires. */
export interface SavedLife {
  readonly id: string
  readonly severity: Severity
  readonly headline: string
  /** Of the alert. */
  readonly key?: string
  readonly from: number
  readonly to?: number
}

/** What a process of the fleet could not submit before its end. */
export interface SavedDelta extends Delta {
  readonly member: string
  readonly process: string
}

/** Whether a value that was read is an entry of this kind. */
export function isEntry<Kind extends keyof Entries>(kind: Kind, value: unknown): value is Entries[Kind] {
  schemas ??= createSchemas()
  return schemas[kind].safeParse(value).success
}

type Schemas = Readonly<Record<keyof Entries, z.ZodMiniType>>

let schemas: Schemas | undefined

function createSchemas(): Schemas {
  const pieces = createPieces()
  const { text, number, maybeText, maybeNumber, severity, reason, quietTime, lastNotified } = pieces
  const { identity, words, samples, variants, shape, place, spikeValue } = pieces

  const impact = valuesOf(z.looseObject({ values: text }))
  const shownAlert = z.looseObject({
    ...identity,
    ...samples,
    ...place,
    variants,
    varied: z.optional(z.looseObject({ message: maybeText, error: maybeText })),
    impact: z.optional(z.array(z.looseObject({ field: text, count: number }))),
    condition: z.optional(z.looseObject({ type: text })),
    state: z.enum(['firing', 'resolved']),
    spike: spikeValue,
  })
  const { silenceEnded, channelState } = createChannelSchemas(pieces, shownAlert)
  const alert = z.looseObject({
    ...identity,
    ...words,
    ...samples,
    ...place,
    firedBy: z.optional(z.looseObject({ type: text })),
    impact: z.optional(impact),
    rank: number,
    startedAt: number,
    lastAt: number,
    endedAt: maybeNumber,
    escalatedAt: maybeNumber,
    starts: z.optional(z.array(number)),
    resolveAfterMs: quietTime,
    channels: z.optional(z.array(text)),
    channelStates: valuesOf(channelState),
    varied: z.optional(z.looseObject({ message: shape, error: shape })),
    spike: spikeValue,
    template: z.optional(z.looseObject({ scope: text, words: z.array(text) })),
    variants: z.optional(z.looseObject({ values: z.array(z.tuple([text, number])), more: number })),
  })

  const item = z.looseObject({
    reason,
    added: number,
    notifiedAt: maybeNumber,
    previousSeverity: z.optional(severity),
    nextAt: maybeNumber,
    fallbackFrom: z.optional(
      z.looseObject({
        channel: text,
        reason: text,
        provider: z.optional(text),
        answer: z.optional(text),
        waitedMs: z.optional(z.number()),
      }),
    ),
    fellBack: maybeNumber,
    unacknowledgedMs: maybeNumber,
    answered: z.optional(
      z.looseObject({
        type: z.enum(['acknowledged', 'silenced']),
        by: z.optional(text),
        comment: z.optional(text),
        at: number,
        until: maybeNumber,
      }),
    ),
    silenceEnded: z.optional(silenceEnded),
    alert: shownAlert,
  })
  const digests = digestSchemas(pieces, shownAlert)
  return {
    alert: alert.check(
      z.refine(({ rank, severity }: Pick<SavedAlert, 'rank' | 'severity'>) => severities[rank] === severity),
    ),
    past: z.looseObject({
      id: text,
      endedAt: number,
      starts: z.optional(z.array(number)),
      notified: valuesOf(lastNotified),
    }),
    channel: z.looseObject({
      name: text,
      sentAt: maybeNumber,
      pausedUntil: maybeNumber,
      quotaReportedUntil: maybeNumber,
      quotaExhausted: maybeNumber,
      newKinds: z.optional(z.looseObject({ inRow: number, at: number })),
      recent: z.array(z.looseObject({ at: number, alerts: number })),
      quota: z.array(number),
    }),
    ...conditionSchemas(pieces),
    ...fleetSchemas(pieces),
    impact,
    life: z.looseObject({
      id: text,
      severity,
      headline: text,
      key: maybeText,
      from: number,
      to: maybeNumber,
    }),
    seen: z.looseObject({ id: text, release: text, firstAt: maybeNumber }),
    digest: digests.entry,
    delivery: z
      .looseObject({
        id: text,
        channel: text,
        at: number,
        reason,
        severity,
        items: z.array(item),
        deferred: z.optional(z.looseObject({ from: number, until: number, count: number, perMs: number })),
        digest: z.optional(digests.sent),
      })
      .check(z.refine(({ items, digest }) => items.length > 0 || digest !== undefined)),
  }
}

function fleetSchemas({ text, number }: ReturnType<typeof createPieces>) {
  return {
    silence: silenceSchema(),
    member: z.looseObject({ member: text, number, at: number }),
    delta: z.looseObject({ member: text, process: text, number, items: z.array(itemSchema()) }),
  }
}

function digestSchemas({ text, number, maybeNumber }: ReturnType<typeof createPieces>, alert: z.ZodMiniType) {
  const line = z.looseObject({
    alert,
    records: number,
    startedAt: number,
    endedAt: maybeNumber,
    lastedMs: maybeNumber,
  })
  const tally = valuesOf(number)
  return {
    sent: z.looseObject({
      from: number,
      to: number,
      records: number,
      fresh: number,
      firing: number,
      resolved: number,
      notifications: number,
      lines: z.array(line),
      suppressed: tally,
      lastAlertAt: maybeNumber,
    }),
    entry: z.looseObject({
      name: text,
      since: number,
      notifications: number,
      tallies: z.array(z.tuple([text, tally])),
      bases: z.array(z.tuple([text, number])),
      ended: z.array(line),
      more: z.looseObject({ fresh: number, resolved: number, records: number }),
      lastAlertAt: maybeNumber,
    }),
  }
}

function conditionSchemas(pieces: ReturnType<typeof createPieces>) {
  const { text, number, maybeText, maybeNumber, quietTime, record, identity, spikeValue } = pieces
  const occurrence = z.looseObject({
    ...identity,
    record,
    resolveAfterMs: quietTime,
    condition: z.looseObject({ forMs: number }),
  })
  const pending = z.looseObject({
    since: number,
    firstAt: number,
    lastAt: maybeNumber,
    holdsUntil: maybeNumber,
    count: number,
    occurrence,
    spike: spikeValue,
  })
  const distinct = z.looseObject({ values: z.array(z.tuple([text, number])), times: z.array(number) })
  const streak = z.looseObject({ count: number, unnotified: number, firstAt: number, resetAt: maybeNumber })
  const spike = z
    .looseObject({ times: z.array(number), counts: z.array(number), slotMs: number, restart: number })
    .check(z.refine(({ times, counts }) => times.length === counts.length))

  return {
    condition: z.looseObject({
      id: text,
      scope: maybeText,
      window: z.optional(z.array(number)),
      distinct: z.optional(distinct),
      streak: z.optional(streak),
      spike: z.optional(spike),
      pending: z.optional(pending),
      processes: z.optional(z.array(z.tuple([text, z.array(number)]))),
      impact: z.optional(valuesOf(z.array(z.tuple([number, number])))),
    }),
    absence: z.looseObject({ id: text, since: number, dueAt: number, seenAt: maybeNumber, occurrence }),
  }
}

/** The state of an alert on a channel, and its parts. */
function createChannelSchemas(
  { number, maybeText, maybeNumber, lastNotified }: ReturnType<typeof createPieces>,
  shownAlert: z.ZodMiniType,
) {
  const silenceEnded = z.looseObject({ by: maybeText, at: number, count: number })
  const channelState = z.looseObject({
    admitted: z.boolean(),
    notifiedCount: number,
    repeats: number,
    since: maybeNumber,
    nextAt: maybeNumber,
    notified: z.optional(lastNotified),
    past: z.optional(lastNotified),
    former: z.optional(z.looseObject({ alert: shownAlert, unsent: number })),
    sending: z.optional(z.looseObject({ life: number })),
    opened: maybeNumber,
    fellBackAt: maybeNumber,
    isUnknown: z.optional(z.literal(true)),
    silenceEnded: z.optional(silenceEnded),
    mute: z.optional(
      z.looseObject({
        reason: z.enum(['silenced', 'inhibited', 'schedule', 'acknowledged']),
        untilMs: maybeNumber,
        by: maybeText,
        countBefore: maybeNumber,
      }),
    ),
  })
  return { silenceEnded, channelState }
}

/** What several kinds have in common. */
function createPieces() {
  const pieces = recordPieces()
  const { text, number, maybeText, maybeNumber, severity, record, context } = pieces
  const reason = z.enum(reasons)
  const labels = valuesOf(text)

  const variant = z.looseObject({ value: text, count: number })
  const variants = z.optional(z.looseObject({ message: text, values: z.array(variant), more: number }))
  const shape = z.optional(z.looseObject({ head: z.array(text), tail: z.optional(z.array(text)) }))
  const spikeValue = z.optional(
    z.looseObject({ withinMs: number, count: number, usual: number, threshold: number }),
  )
  const place = {
    processes: z.optional(z.array(z.looseObject({ name: text, count: number }))),
    processesTotal: maybeNumber,
    release: maybeText,
    releaseNote: z.optional(z.looseObject({ type: z.enum(['new', 'back']), previous: text })),
  }
  const identity = { id: text, rule: text, key: text, severity, labels }
  const words = { code: maybeText, summary: maybeText, runbook: maybeText }
  const samples = {
    count: number,
    firstSeen: number,
    lastSeen: number,
    life: maybeNumber,
    first: record,
    latest: record,
    context,
    endRecord: z.optional(record),
    endedAt: maybeNumber,
    quietMs: maybeNumber,
    formerEndedAt: maybeNumber,
    firstEverAt: maybeNumber,
    acknowledged: z.optional(z.looseObject({ at: number, by: maybeText, comment: maybeText })),
  }
  return {
    ...pieces,
    reason,
    identity,
    words,
    samples,
    variants,
    shape,
    spikeValue,
    place,
  }
}

/**
 * An object whose values all fit. Not `z.record`, which passes over a key named `__proto__`: names are the
 * user's.
 */
function valuesOf(schema: z.ZodMiniType) {
  const values = z.transform((value) => (isObject(value) ? Object.values(value) : undefined))
  return z.pipe(values, z.array(schema))
}
