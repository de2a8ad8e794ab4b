/**
 * What comes before it is known by which rules it is to be taken: kept in order, within bounds.
 */

/** Keeps what comes early. */
export interface StartupBuffer {
  /** True where `work` is done later; false where it is to be done now. `chars`: what it holds on to. */
  keep(chars: number, work: () => void): boolean
  /** Does all that was kept, and keeps nothing any more. */
  release(): void
}

const most = { count: 10_000, chars: 8 * 1024 * 1024 }

/** Keeps until it is released, or full. */
export function createStartupBuffer(): StartupBuffer {
  let kept: (() => void)[] | undefined = []
  let chars = 0

  function release(): void {
    const all = kept ?? []
    kept = undefined
    for (const work of all) work()
  }

  return {
    keep(more, work) {
      if (kept === undefined) return false
      chars += more
      if (kept.length < most.count && chars <= most.chars) {
        kept.push(work)
        return true
      }
      release()
      return false
    },
    release,
  }
}
