/**
 * The few numbers that both sides of a thread road share: they are read and awaited where no event loop turns.
 */

/** Indexes into the shared state. */
export const slot = {
  /** UTF-16 units read so far, wrapping around. */
  read: 0,
  /** 0 until the hub is up, 1 then. */
  up: 1,
  /** 1 when all is told and the hub is closed. */
  ended: 2,
  /** 1 while the writing side waits for room. */
  wantsRoom: 3,
} as const

export function createState(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT))
}

/** Sets a slot and wakes who waits for it. */
export function tell(state: Int32Array<SharedArrayBuffer>, index: number, value: number): void {
  Atomics.store(state, index, value)
  Atomics.notify(state, index)
}

/** Blocks this thread while the slot holds `value`, at most until `deadline` by `performance.now()`. */
export function waitWhile(
  state: Int32Array<SharedArrayBuffer>,
  index: number,
  value: number,
  deadline: number,
): void {
  for (;;) {
    const ms = deadline - performance.now()
    if (Atomics.load(state, index) !== value || ms <= 0) return
    Atomics.wait(state, index, value, ms)
  }
}
