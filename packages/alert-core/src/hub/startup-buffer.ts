/**
 * Lines that come before the rules are known: they wait in order, within bounds. Only a hub that reads its
 * rules from elsewhere has one.
 */

export interface StartupBuffer {
  isOpen(): boolean
  /**
   * Does the work when the buffer is released; at once if it is full or was released. `chars`: what the work
   * keeps in memory.
   */
  add(chars: number, work: () => void): void
  /** Does all that waits. */
  release(): void
}

const limit = { count: 10_000, chars: 8 * 1024 * 1024 }

export function createStartupBuffer(): StartupBuffer {
  let works: (() => void)[] | undefined = []
  let waitingChars = 0

  function release(): void {
    const waiting = works ?? []
    works = undefined
    for (const work of waiting) work()
  }

  return {
    isOpen: () => works !== undefined,
    add(chars, work) {
      waitingChars += chars
      if (works !== undefined && works.length < limit.count && waitingChars <= limit.chars) {
        works.push(work)
        return
      }
      release()
      work()
    },
    release,
  }
}
