/**
 * New kinds of errors that keep coming: the channel's interval doubles from the fourth message in a row that
 * has some, up to ten minutes, so that a drip of new kinds does not use up the quota. It is the base interval
 * again once they stop.
 */

/** Messages with new kinds in a row, and when the last of them was sent, epoch ms. */
interface Row {
  readonly inRow: number
  readonly at: number
}

export interface Slowdown {
  /** When the next message with new kinds may be sent, epoch ms. */
  freeAt(): number
  /** A message with so many new kinds is sent now. */
  markSent(now: number, newKinds: number): void
  saved(): { readonly newKinds?: Row }
}

const freeInRow = 3
const maxIntervalMs = 600_000

/** Starts with the saved row. */
export function createSlowdown(baseMs: number, saved?: Row): Slowdown {
  let row = saved

  function intervalMs(): number {
    const doublings = Math.max(0, (row?.inRow ?? 0) - freeInRow)
    return Math.max(baseMs, Math.min(baseMs * 2 ** Math.min(doublings, 30), maxIntervalMs))
  }

  return {
    freeAt: () => (row === undefined ? Number.NEGATIVE_INFINITY : row.at + intervalMs()),
    markSent(now, newKinds) {
      if (newKinds === 0) return
      const keepComing = row !== undefined && now - row.at <= 2 * Math.max(intervalMs(), 1)
      row = { inRow: keepComing ? (row?.inRow ?? 0) + 1 : 1, at: now }
    },
    saved: () => (row === undefined ? {} : { newKinds: row }),
  }
}
