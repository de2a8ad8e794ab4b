/**
 * The numbers under which a process submits what it counted. A delta is its sender's until the speaker
 * has saved it (`seen`): a new speaker gets it again under the same number, and takes each number once.
 */

/** One process as its speaker sees it. Pure: it sends nothing itself. */
export interface Member<Item> {
  /** A new delta, kept until it is seen. */
  add(items: readonly Item[]): Numbered<Item>
  /** The speaker has saved everything up to this number. */
  see(number: number): void
  /** What was not seen yet, in order. */
  unsaved(): readonly Numbered<Item>[]
  /** Takes back what no process can have heard of: everything above this number, which is given again. */
  takeBack(number: number): readonly Numbered<Item>[]
  /** While there is none, items are better counted on than submitted. */
  hasRoom(): boolean
}

export interface Numbered<Item> {
  readonly number: number
  readonly items: readonly Item[]
}

const mostDeltas = 200

export function createMember<Item>(most = mostDeltas): Member<Item> {
  let deltas: Numbered<Item>[] = []
  let last = 0

  return {
    add(items) {
      const delta = { number: ++last, items }
      deltas.push(delta)
      return delta
    },
    see(number) {
      const kept = deltas.findIndex((delta) => delta.number > number)
      deltas = kept === -1 ? [] : deltas.slice(kept)
    },
    unsaved: () => deltas,
    takeBack(number) {
      const back = deltas.filter((delta) => delta.number > number)
      deltas = deltas.filter((delta) => delta.number <= number)
      if (back.length > 0) last = back[0]!.number - 1
      return back
    },
    hasRoom: () => deltas.length < most,
  }
}

/** Whether a speaker that has `seen` so much takes this number: each once, in whatever order calls arrive. */
export function isNew(number: number, seen: number): boolean {
  return number > seen
}
