/**
 * Which writes a state in Redis continues. A Redis that was split, or failed over without its latest writes,
 * has a state that lacks what a process wrote.
 */

/** The last write of a term. */
export interface StateWrite {
  readonly term: string
  readonly revision: number
}

export type StateHistory = readonly StateWrite[]

/** Takeovers that are remembered. */
const mostTerms = 20

export function withWrite(history: StateHistory, write: StateWrite): StateHistory {
  return [...history.filter(({ term }) => term !== write.term), write].slice(-mostTerms)
}

/** Whether a state of this history may contain the last write of the other one. */
export function hasLast(history: StateHistory, other: StateHistory): boolean {
  const last = other.at(-1)
  if (last === undefined) return true
  const known = history.find(({ term }) => term === last.term)
  if (known !== undefined) return known.revision >= last.revision
  // An older version keeps none, and of a long one the oldest are not known.
  return history.length === 0 || history.length >= mostTerms
}

export function writeHistory(history: StateHistory): string {
  return history.map(({ term, revision }) => `${term}:${revision}`).join(' ')
}

export function readHistory(text: string): StateHistory {
  const found = text.matchAll(/(\S+):(\d+)(?: |$)/g)
  return [...found].map(([, term = '', revision]) => ({ term, revision: Number(revision) }))
}
