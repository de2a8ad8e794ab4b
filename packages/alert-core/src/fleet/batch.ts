/**
 * What one process counted since it last submitted: one item for each kind, in the order of their first
 * records. A record that ends something closes the items before it, so that nothing moves across it.
 */
import type { ImpactSigns, Occurrence } from '../model.ts'
import { boundedItem } from './bounded-item.ts'
import type { CountedItem, EndItem, Item, Moment, Origin, SilenceItem } from './fleet-types.ts'

export interface Batch {
  /** Counts one record; false if there is no room for another kind. */
  add(occurrence: Occurrence, at: number, origin: Origin, isNews: boolean): boolean
  /** False if there is no room. */
  addItem(item: EndItem | SilenceItem): boolean
  isEmpty(): boolean
  /** Takes the oldest items, at least one, that fit into a delta. */
  take(): readonly Item[]
  clear(): void
}

type Open = { -readonly [Key in keyof CountedItem]: CountedItem[Key] } & { moments?: Moment[] }

const mostItems = 2_000
const mostMoments = 500
/** Values of a field whose different values are counted. */
const mostValues = 200
const mostBytes = 16 * 1024

export function createBatch(): Batch {
  let items: Item[] = []
  const open = new Map<string, Open>()

  function addNew(key: string, occurrence: Occurrence, at: number, origin: Origin, isNews: boolean): void {
    const item: Open = { occurrence, count: 1, firstAt: at, lastAt: at }
    const context = isNews ? origin.context() : []
    const names = occurrence.action === 'fire' ? origin.names() : []
    if (context.length > 0) item.context = context
    if (names.length > 0) item.names = names
    if (hasMoments(occurrence)) item.moments = [momentOf(occurrence, at)]
    items.push(item)
    if (occurrence.action === 'fire') open.set(key, item)
    else open.clear()
  }

  return {
    add(occurrence, at, origin, isNews) {
      const key = `${occurrence.id} ${occurrence.severity}`
      const known = occurrence.action === 'fire' ? open.get(key) : undefined
      if (known === undefined || isFull(known)) {
        if (items.length >= mostItems) return false
        addNew(key, occurrence, at, origin, isNews)
        return true
      }
      known.first ??= known.occurrence.record
      const impact = union(known.occurrence.impact, occurrence.impact)
      known.occurrence = impact === undefined ? occurrence : { ...occurrence, impact }
      known.count++
      known.lastAt = at
      known.moments?.push(momentOf(occurrence, at))
      return true
    },
    addItem(item) {
      open.clear()
      if (items.length >= mostItems) return false
      items.push(item)
      return true
    },
    isEmpty: () => items.length === 0,
    take() {
      const taken: Item[] = []
      let bytes = 0
      for (const item of items) {
        const { bounded, size } = boundedItem(item, mostBytes)
        if (taken.length > 0 && bytes + size > mostBytes) break
        taken.push(bounded)
        bytes += size
      }
      items = items.slice(taken.length)
      open.clear()
      return taken
    },
    clear() {
      items = []
      open.clear()
    },
  }
}

function isFull({ moments = [], occurrence: { impact = {} } }: CountedItem): boolean {
  return moments.length >= mostMoments || Object.values(impact).some(({ length }) => length >= mostValues)
}

/** The different values of both, by field. */
function union(a: ImpactSigns | undefined, b: ImpactSigns | undefined): ImpactSigns | undefined {
  if (a === undefined || b === undefined) return b ?? a
  const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return Object.fromEntries(
    fields.map((field) => [field, [...new Set([...(a[field] ?? []), ...(b[field] ?? [])])]]),
  )
}

function hasMoments({ condition, action }: Occurrence): boolean {
  return action === 'fire' && condition !== undefined && condition.when?.kind !== 'absence'
}

function momentOf({ condition }: Occurrence, at: number): Moment {
  return condition?.value === undefined ? [at] : [at, condition.value]
}

export function recordsIn(item: Item): number {
  return 'occurrence' in item && item.occurrence.action === 'fire' ? item.count : 0
}
