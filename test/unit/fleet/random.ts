/** Numbers from 0 to below 1, the same ones each time: what a schedule shows can be shown again. */
export function createRandom(seed = 0): () => number {
  let state = 1 + (seed % 2_147_483_646)
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
