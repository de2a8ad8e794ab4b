/**
 * An item as it travels: of its records only what a message may show, and never more than a delta may hold.
 */
import type { LogRecord } from '../model.ts'
import { cutChars } from '../text/text.ts'
import type { Item } from './fleet-types.ts'

/** How much of a record is kept, the most first. */
const steps = [
  { text: 4_000, fields: 6_000, context: true },
  { text: 1_000, fields: 1_500, context: false },
  { text: 300, fields: 300, context: false },
] as const

type Step = (typeof steps)[number]

/** The item within `mostBytes`, and its size as JSON. */
export function boundedItem(
  item: Item,
  mostBytes: number,
): { readonly bounded: Item; readonly size: number } {
  let bounded = item
  let size = sizeOf(item)
  for (const step of steps) {
    if (size <= mostBytes / 2) break
    bounded = cutItem(item, step)
    size = sizeOf(bounded)
  }
  return { bounded, size }
}

function sizeOf(item: Item): number {
  return Buffer.byteLength(JSON.stringify(item))
}

function cutItem(item: Item, step: Step): Item {
  if ('silence' in item) return item
  if (!('occurrence' in item)) return { ...item, record: cutRecord(item.record, step) }
  const { context, first, occurrence, ...rest } = item
  return {
    ...rest,
    occurrence: { ...occurrence, record: cutRecord(occurrence.record, step) },
    ...(first === undefined ? {} : { first: cutRecord(first, step) }),
    ...(context === undefined || !step.context ? {} : { context }),
  }
}

function cutRecord(record: LogRecord, { text, fields }: Step): LogRecord {
  const { err, msg } = record
  const stack = err?.stack
  return {
    ...record,
    msg: cutChars(msg, text),
    fields: cutFields(record.fields, fields),
    ...(err === undefined
      ? {}
      : {
          err: {
            ...err,
            message: cutChars(err.message, text),
            ...(stack === undefined ? {} : { stack: cutChars(stack, text) }),
            ...(err.causes === undefined
              ? {}
              : { causes: err.causes.slice(0, 5).map((cause) => cutChars(cause, 300)) }),
            ...(err.root === undefined
              ? {}
              : { root: { ...err.root, message: cutChars(err.root.message, 300) } }),
          },
        }),
  }
}

/** The first fields that have room. */
function cutFields(fields: LogRecord['fields'], mostChars: number): LogRecord['fields'] {
  const kept: Record<string, unknown> = Object.create(null)
  let left = mostChars
  for (const [name, value] of Object.entries(fields)) {
    const size = (JSON.stringify(value)?.length ?? 0) + name.length
    if (size > left) continue
    kept[name] = value
    left -= size
  }
  return kept
}
