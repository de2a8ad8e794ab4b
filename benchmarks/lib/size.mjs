// How much is run. `--quick` only shows that a suite works: its figures mean nothing and are not written
// down.

// Child processes read it from the environment.
if (process.argv.includes('--quick')) process.env.BENCH_SHORT = '1'

export const isShort = process.env.BENCH_SHORT === '1'

/** `BENCH_PEERS=0` leaves out the peers, and so does a quick run. */
export const hasPeers = process.env.BENCH_PEERS !== '0' && !isShort

/** Rounds of a suite: `BENCH_ROUNDS` overrides the suite's own number. */
export function rounds(usual) {
  return isShort ? 1 : Number(process.env.BENCH_ROUNDS ?? usual)
}

/** `usual`, or a fiftieth of it in a quick run. */
export function amount(usual) {
  return isShort ? Math.ceil(usual / 50) : usual
}

/** All of them; in a quick run only the first. */
export function few(list, most = 1) {
  return isShort ? list.slice(0, most) : list
}
