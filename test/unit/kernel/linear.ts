/**
 * Tells linear work from quadratic without a wall-clock limit: 32 times the input may take a generous 300 times as long,
 * where quadratic work takes 1 024 times as long. The least of several times is taken, for machines that are busy with
 * other things.
 */
const growth = 32

/** The ratio of times below which work counts as linear. */
export const linear = 300

/** The ratio between the times that `work` takes on an input of `32 · size` and on one of `size`. */
export function bestRatio<Input>(
  make: (size: number) => Input,
  work: (input: Input) => unknown,
  size = 4000,
): number {
  const small = make(size)
  const large = make(size * growth)
  const smallNs = leastTime(small, work, 10, 0)
  return leastTime(large, work, 10, (smallNs * linear) / 2) / smallNs
}

/** The least time of `rounds`, which end early at `enoughNs`. */
function leastTime<Input>(
  input: Input,
  work: (input: Input) => unknown,
  rounds: number,
  enoughNs: number,
): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds && least > enoughNs; round++) {
    const startedAt = process.hrtime.bigint()
    work(input)
    least = Math.min(least, Number(process.hrtime.bigint() - startedAt))
  }
  // A tick of the clock is the least that can be told apart.
  return Math.max(least, 1000)
}
