/**
 * What people were notified of, by alert: what a process needs to know when Redis is gone, so that it does
 * not notify them again.
 */
import { isObject } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import { readNotified } from './item-schemas.ts'
import type { StoredChange } from './redis-store.ts'

const ofAlert = /^(?:alert|since|past)\//

/** The changes of what people were notified of that these changes of the state bring, `byMs` later. */
export function alertsNotified(values: ReadonlyMap<string, unknown>, byMs: number): StoredChange[] {
  const changes = new Map<string, string | undefined>()
  for (const [key, value] of values) {
    if (!ofAlert.test(key)) continue
    const id = key.slice(key.indexOf('/') + 1)
    const notified = isObject(value) ? notifiedOf(value) : {}
    const isKnown = Object.keys(notified).length > 0
    if (isKnown) changes.set(id, JSON.stringify(shiftMarks(notified, byMs)))
    else if (value === undefined && !changes.has(id) && !key.startsWith('since/')) changes.set(id, undefined)
  }
  return [...changes]
}

function shiftMarks(marks: Readonly<Record<string, unknown>>, byMs: number): Record<string, unknown> {
  const shift = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shift)
    return typeof value === 'number' ? value + byMs : value
  }
  const shiftMark = (mark: unknown) => {
    if (!isObject(mark)) return mark
    const moments = ['at', 'nextAt', 'recent'].filter((name) => name in mark)
    return { ...mark, ...Object.fromEntries(moments.map((name) => [name, shift(mark[name])])) }
  }
  return Object.fromEntries(Object.entries(marks).map(([channel, mark]) => [channel, shiftMark(mark)]))
}

/** By channel: of a firing alert in its states, of one that ended as it is kept. */
function notifiedOf(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { channelStates, notified } = value
  if (isObject(notified)) return notified
  if (!isObject(channelStates)) return {}
  return Object.fromEntries(
    Object.entries(channelStates).flatMap(([channel, state]) => {
      if (!isObject(state)) return []
      const last = state['notified'] ?? state['past']
      return isObject(last) ? [[channel, withNext(last, state)] as const] : []
    }),
  )
}

/** With when the next reminder may come, as it is kept for an alert that ends. */
function withNext(
  last: Readonly<Record<string, unknown>>,
  { repeats, nextAt }: Readonly<Record<string, unknown>>,
) {
  return {
    ...last,
    ...(repeats === undefined ? {} : { repeats }),
    ...(nextAt === undefined ? {} : { nextAt }),
  }
}

/**
 * As the state of a process that is left alone: alerts that ended, and of which people were notified, `byMs`
 * later. What another program wrote is left out.
 */
export function asEnded(
  given: Iterable<readonly [string, string]>,
  endedAt: number,
  byMs: number,
): Map<string, unknown> {
  const entries = new Map<string, unknown>()
  for (const [id, json] of given) {
    const notified = readNotified(parseJson(json))
    if (Object.keys(notified).length > 0)
      entries.set(`past/${id}`, { id, endedAt, notified: shiftMarks(notified, byMs) })
  }
  return entries
}
