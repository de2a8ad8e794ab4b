/** What a process submits, as it stands in Redis: redacted, and with moments by the clock of Redis. */
import * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'
import { shiftSilence } from '../mute/silences.ts'
import { isObject } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import type { Delta, Item } from './fleet-types.ts'
import { isItem } from './item-schemas.ts'

const version = 1

export interface StoredDelta extends Delta {
  readonly member: string
  readonly process: string
  /** Stands for its rules and the settings of its channels. */
  readonly options: string
  /** The lowest number that the process does not know to be counted. */
  readonly lowest: number
  /** What the process counted while it was alone. */
  readonly entries?: readonly (readonly [string, unknown])[]
  /** How far the clock of Redis is ahead of the one of these entries, if it is not the reader's. */
  readonly aheadMs?: number
  /** Asks to send what is due; has no number. */
  readonly asks: boolean
  /** Asks something, which has no number either. */
  readonly question?: StoredQuestion
  /** Records in what cannot be read of it. */
  readonly unread?: number
}

export interface StoredQuestion {
  /** The answer is kept under it. */
  readonly id: string
  /** After so long, the process that asked does not wait any more. */
  readonly withinMs: number
  readonly question: unknown
}

/** As `JSON.stringify` takes it. */
export type Replacer = (key: string, value: unknown) => unknown

export function writeDelta(
  { member, process, options, number, lowest, items, entries, aheadMs, asks, question }: StoredDelta,
  replacer?: Replacer,
): string {
  const content = question ? { q: question } : asks ? { asks } : { n: number, l: lowest, i: items }
  return JSON.stringify(
    { v: version, m: member, p: process, o: options, ...content, e: entries, a: aheadMs },
    replacer,
  )
}

/**
 * Keeps the texts and the fields of records out: what is left says which rule, which key and which kind of
 * error.
 */
export const withoutTexts: Replacer = (key, value) => {
  if (key === 'context' || key === 'template' || key === 'varied' || key === 'variants') return undefined
  if (!isObject(value)) return value
  if ('headline' in value && 'from' in value) return { ...value, headline: value['key'] ?? '' }
  // Of an occurrence or an alert: a record may have brought it.
  if ('summary' in value && 'rule' in value) return { ...value, summary: undefined }
  if (typeof value['msg'] !== 'string' || !('levelLabel' in value)) return value
  const { time, level, levelLabel, err } = value
  const type = isObject(err) ? err['type'] : undefined
  return {
    time,
    level,
    levelLabel,
    msg: '',
    fields: {},
    ...(type === undefined ? {} : { err: { type, message: '' } }),
  }
}

/** `i` and `e` are read one by one. Another version is another key: only a mistake puts one beside it. */
const schema = once(() => {
  const text = z.string()
  const list = z.array(z.unknown())
  const sender = { v: z.literal(version), m: text, p: z.catch(text, ''), o: z.catch(text, '') }
  const ahead = z.catch(z.optional(z.number()), undefined)
  // The id becomes part of a key.
  const id = text.check(z.regex(/^[\w-]{1,40}$/))
  return z.union([
    z.object({ ...sender, asks: z.literal(true) }),
    z.object({ ...sender, q: z.object({ id, withinMs: z.number(), question: z.unknown() }) }),
    z.object({
      ...sender,
      n: z.int(),
      l: z.int(),
      i: list,
      e: z.catch(z.optional(list), undefined),
      a: ahead,
    }),
  ])
})

/** Undefined if it is none, or of another version. */
export function readDelta(json: string, shiftMs: number): StoredDelta | undefined {
  const { success, data } = schema().safeParse(parseJson(json))
  if (!success) return undefined
  const { m: member, p: process, o: options } = data
  const sender = { member, process, options, number: 0, lowest: 0, items: [], asks: false, unread: 0 }
  if ('asks' in data) return { ...sender, asks: true }
  if ('q' in data) return { ...sender, question: data.q }
  const { n: number, l: lowest, i: items, e: entries, a: aheadMs } = data
  return {
    ...sender,
    number,
    lowest,
    items: items.filter(isItem).map((item) => shiftItem(item, shiftMs)),
    unread: recordsWithin(items.filter((item) => !isItem(item))),
    ...(entries && { entries: entries.filter(isEntry) }),
    ...(aheadMs !== undefined && { aheadMs }),
  }
}

/** Who submitted what cannot be read, '' if that cannot be read either, and at least how many records. */
export function readUnknown(json: string): { readonly process: string; readonly unread: number } {
  const read = parseJson(json)
  if (!isObject(read)) return { process: '', unread: 1 }
  const items = Array.isArray(read['i']) ? read['i'] : []
  return { process: textIn(read['p']), unread: Math.max(1, recordsWithin(items)) }
}

/** As far as they say it; one of each other. */
function recordsWithin(items: readonly unknown[]): number {
  let records = 0
  for (const item of items) {
    const count = isObject(item) ? item['count'] : undefined
    records += typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 1
  }
  return Math.min(records, Number.MAX_SAFE_INTEGER)
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isEntry(value: unknown): value is readonly [string, unknown] {
  return Array.isArray(value) && typeof value[0] === 'string'
}

/** The same item with its moments by another clock. */
export function shiftItem(item: Item, byMs: number): Item {
  if (byMs === 0) return item
  if ('silence' in item && typeof item.silence !== 'string')
    return { silence: shiftSilence(item.silence, byMs) }
  if (!('occurrence' in item))
    return 'at' in item && item.at !== undefined ? { ...item, at: item.at + byMs } : item
  const { firstAt, lastAt, moments } = item
  return {
    ...item,
    firstAt: firstAt + byMs,
    lastAt: lastAt + byMs,
    ...(moments && {
      moments: moments.map(([at, value]) =>
        value === undefined ? ([at + byMs] as const) : ([at + byMs, value] as const),
      ),
    }),
  }
}
