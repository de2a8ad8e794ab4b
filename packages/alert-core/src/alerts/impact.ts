/**
 * How many different values of a field the records of an alert had: sets of numbers that stand for the
 * values. Each is exact up to a thousand values; all sets of a tracker together are bounded as well.
 */
import type { ImpactCount, ImpactSigns } from '../model.ts'

/** The values of one field. */
export interface ValueSet {
  readonly values: Set<number>
  /** There were more values than are counted. */
  isMore: boolean
  /** The set as text, until it grows. */
  text?: string
}

/** By field. */
export type LiveImpact = Map<string, ValueSet>

/** The same as plain JSON. */
export type SavedImpact = Readonly<Record<string, { readonly values: string; readonly isMore?: true }>>

/** Room for the values of all alerts. */
export interface ImpactRoom {
  left: number
}

/** Of more values in one set only is known that there are more. */
export const mostValues = 1_000
/** In all alerts together, some 8 MB. */
const mostInAll = 100_000
/** The different values that a rule with `distinct` counts, beside those of the option `impact`. */
export const distinctField = '@distinct'

const bytesOfSign = 6

export function createImpactRoom(): ImpactRoom {
  return { left: mostInAll }
}

/** Counts the values of one or more records. */
export function addSigns(impact: LiveImpact, signs: ImpactSigns, room: ImpactRoom): void {
  for (const field in signs) {
    let known = impact.get(field)
    if (known === undefined) {
      known = { values: new Set(), isMore: false }
      impact.set(field, known)
    }
    for (const sign of signs[field]!) addSign(known, sign, room)
  }
}

function addSign(known: ValueSet, sign: number, room: ImpactRoom): void {
  const { values } = known
  if (values.has(sign)) return
  delete known.text
  if (values.size >= mostValues || room.left <= 0) {
    known.isMore = true
    return
  }
  values.add(sign)
  room.left--
}

/** The alert is gone, or begins anew: its values make room for others. */
export function releaseImpact(impact: LiveImpact, room: ImpactRoom): void {
  for (const { values } of impact.values()) room.left += values.size
}

/** Takes over the values of an alert that became a part of this one. */
export function mergeImpact(impact: LiveImpact, other: LiveImpact, room: ImpactRoom): void {
  for (const [field, { values, isMore }] of other) {
    addSigns(impact, { [field]: [...values] }, room)
    if (isMore) markMore(impact.get(field))
  }
}

function markMore(known: ValueSet | undefined): void {
  if (known === undefined) return
  known.isMore = true
  delete known.text
}

/** The counts for people, without that of a rule's own condition. */
export function impactCounts(impact: LiveImpact): readonly ImpactCount[] {
  return [...impact].flatMap(([field, { values, isMore }]): ImpactCount[] => {
    if (field === distinctField || values.size === 0) return []
    return [{ field, count: values.size, ...(isMore ? { isMore: true } : {}) }]
  })
}

export function saveImpact(impact: LiveImpact): SavedImpact {
  return Object.fromEntries(
    [...impact].map(([field, known]) => {
      known.text ??= toText(known.values)
      return [field, { values: known.text, ...(known.isMore ? { isMore: true as const } : {}) }] as const
    }),
  )
}

export function loadImpact(saved: SavedImpact): LiveImpact {
  return new Map(
    Object.entries(saved).map(([field, { values, isMore = false }]) => [
      field,
      { values: new Set(fromText(values).slice(0, mostValues)), isMore },
    ]),
  )
}

/** The values of both. */
export function mergeSavedImpact(
  a: SavedImpact | undefined,
  b: SavedImpact | undefined,
): SavedImpact | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const merged = loadImpact(a)
  mergeImpact(merged, loadImpact(b), { left: Number.POSITIVE_INFINITY })
  return saveImpact(merged)
}

function toText(values: ReadonlySet<number>): string {
  const bytes = Buffer.alloc(values.size * bytesOfSign)
  let at = 0
  for (const value of values) at = bytes.writeUIntBE(value, at, bytesOfSign)
  return bytes.toString('base64url')
}

function fromText(text: string): number[] {
  const bytes = Buffer.from(text, 'base64url')
  return Array.from({ length: Math.floor(bytes.length / bytesOfSign) }, (_, index) =>
    bytes.readUIntBE(index * bytesOfSign, bytesOfSign),
  )
}
