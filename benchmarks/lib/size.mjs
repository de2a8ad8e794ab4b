// How much is run. `BENCH_SHORT=1` is for trying whether a suite works: its figures are not worth writing down, and are not.

export const isShort = process.env.BENCH_SHORT === '1'

/** `BENCH_PEERS=0` leaves the peers out. */
export const hasPeers = process.env.BENCH_PEERS !== '0'

/** Rounds of a suite: `BENCH_ROUNDS` beats what the suite asks for. */
export function rounds(usual) {
  return isShort ? 1 : Number(process.env.BENCH_ROUNDS ?? usual)
}

/** `usual`, or a tenth of it in a short run. */
export function amount(usual) {
  return isShort ? Math.ceil(usual / 10) : usual
}
