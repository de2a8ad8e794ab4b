/**
 * Distinguishes linear work from quadratic work without a wall-clock limit: 32 times the input may take a
 * generous 300 times as long, where quadratic work takes 1 024 times as long. What is measured is this
 * process's own time on a processor, and the least of several such times is taken, for machines that are busy
 * with other things.
 */
const growth = 32

/** The ratio of times below which work counts as linear. */
export const linear = 300

/** Enough for many rounds of what is quick, so that the least of them is a good one. */
const leastNs = 10_000_000

/**
 * The ratio between the times that `work` takes on an input of `32 · size` and on one of `size`. Beyond the
 * limit it is measured once more with larger inputs: where only the large one outgrows the processor's cache
 * or the young part of the heap, linear work looks worse than it is; quadratic work never looks better.
 */
export function bestRatio<Input>(
  make: (size: number) => Input,
  work: (input: Input) => unknown,
  size = 4000,
): number {
  const ratio = measuredRatio(make, work, size, 10)
  return ratio < linear ? ratio : Math.min(ratio, measuredRatio(make, work, size * 4, 3))
}

function measuredRatio<Input>(
  make: (size: number) => Input,
  work: (input: Input) => unknown,
  size: number,
  rounds: number,
): number {
  const small = make(size)
  const large = make(size * growth)
  // Until it has run for a while, code is many times as slow: small inputs would seem to take longer than
  // they do.
  work(large)
  const smallNs = leastTime(small, work, (round, usedNs) => round < 10 || usedNs < leastNs)
  const enoughNs = (smallNs * linear) / 2
  return leastTime(large, work, (round, _, least) => round < rounds && least > enoughNs) / smallNs
}

/** Shorter times cannot be measured: the system counts the time on a processor in steps. */
const shortestNs = 1_000_000

/**
 * The least time of one round. Repeats while `continues` returns true; it gets the time used so far. A round
 * does the work as often as it takes to be measurable, and its time is that of doing it once.
 */
function leastTime<Input>(
  input: Input,
  work: (input: Input) => unknown,
  continues: (round: number, usedNs: number, least: number) => boolean,
): number {
  const startedAt = ownNs()
  let least = Number.POSITIVE_INFINITY
  let times = 1
  for (let round = 0; least === Number.POSITIVE_INFINITY || continues(round, ownNs() - startedAt, least); ) {
    const begunAt = ownNs()
    for (let n = 0; n < times; n++) work(input)
    const usedNs = ownNs() - begunAt
    if (usedNs < shortestNs) {
      times *= 2
      continue
    }
    least = Math.min(least, usedNs / times)
    round++
  }
  return least
}

function ownNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
