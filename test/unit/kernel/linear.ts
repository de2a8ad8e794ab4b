/**
 * Tells linear work from quadratic without a wall-clock limit: sixteen times the input may take a generous eighty
 * times as long, where quadratic work takes 256 times as long. One calm moment in many suffices.
 */
const growth = 16
const generous = 80

/** Resolves with the best ratio of times between an input of `16 · size` and one of `size` that was seen. */
export function bestRatio(
  make: (size: number) => string,
  work: (input: string) => unknown,
  size = 8000,
): number {
  const small = make(size)
  const large = make(size * growth)
  work(small)
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 10 && best > generous / 2; round++) {
    best = Math.min(best, timeOf(work, large) / timeOf(work, small))
  }
  return best
}

/** The ratio above which the work is not linear. */
export const linear = generous

function timeOf(work: (input: string) => unknown, input: string): number {
  const startedAt = process.hrtime.bigint()
  work(input)
  // A clock tick is the least that can be told apart.
  return Math.max(Number(process.hrtime.bigint() - startedAt), 1000)
}
