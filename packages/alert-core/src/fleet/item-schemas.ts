/**
 * The schemas of what processes of a fleet submit. Another version, or another program, may write to a socket
 * or to Redis, and a person may have edited a file: what does not fit is not used. They are made when
 * something is first read.
 */
import * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'
import { severities } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import { compileMatch, type Matches } from '../rules/match.ts'
import { isObject, isObjectOrList } from '../text/get-path.ts'
import type { Item } from './fleet-types.ts'

/** What entries of a journal and messages of a fleet have in common. */
export const recordPieces = once(() => {
  const text = z.string()
  const number = z.number()
  return {
    text,
    number,
    maybeText: z.optional(text),
    maybeNumber: z.optional(number),
    severity: z.enum(severities),
    quietTime: z.union([z.literal(false), number]),
    /** What a channel was last notified of. */
    lastNotified: z.looseObject({ at: number, rank: number }),
    context: z.optional(z.array(z.looseObject({ time: number, level: text, text }))),
    record: z.looseObject({
      time: number,
      level: number,
      levelLabel: text,
      msg: text,
      fields: z.looseObject({}),
      err: z.optional(z.looseObject({ message: text })),
    }),
  }
})

export const silenceSchema = once(() => {
  const { text, maybeText, number, maybeNumber } = recordPieces()
  return z.looseObject({
    id: text,
    fromMs: maybeNumber,
    untilMs: number,
    schedules: z.array(text),
    comment: maybeText,
    at: maybeNumber,
    by: maybeText,
    alert: maybeText,
    release: maybeText,
    match: z.custom(isMatch),
  })
})

export const itemSchema = once(() => {
  const { text, number, maybeNumber, severity, quietTime, record, context } = recordPieces()
  const moment = z.union([z.tuple([number]), z.tuple([number, text])])
  return z.union([
    z.looseObject({
      occurrence: z.looseObject({
        id: text,
        rule: text,
        key: text,
        severity,
        labels: z.looseObject({}),
        record,
        resolveAfterMs: quietTime,
        action: z.enum(['fire', 'resolve']),
        condition: z.optional(z.looseObject({ forMs: number })),
      }),
      count: number,
      firstAt: number,
      lastAt: number,
      first: z.optional(record),
      moments: z.optional(z.array(moment)),
      context,
      names: z.optional(z.array(text)),
    }),
    z.looseObject({ names: z.array(text), record, at: maybeNumber }),
    z.looseObject({ silence: z.union([text, silenceSchema()]) }),
  ])
})

/** The channels that were notified, and of what; those of which that cannot be read are left out. */
export function readNotified(value: unknown): Readonly<Record<string, unknown>> {
  const { lastNotified } = recordPieces()
  const marks = isObject(value) ? Object.entries(value) : []
  return Object.fromEntries(marks.filter(([, mark]) => lastNotified.safeParse(mark).success))
}

export function isItem(value: unknown): value is Item {
  return itemSchema().safeParse(value).success
}

export function isSilence(value: unknown): value is RuntimeSilence {
  return silenceSchema().safeParse(value).success
}

function isMatch(value: unknown): boolean {
  if (!isObjectOrList(value)) return false
  try {
    compileMatch(value as Matches)
    return true
  } catch {
    return false
  }
}
