/** Numbers from 0 to 1, the same for the same seed. */
export function createRandom(seed: number): () => number
/** The next record. `isWild`: also what JSON.stringify would throw at. */
export function createRecords(
  seed: number,
  isWild: boolean,
): () => { readonly fields: Record<string, unknown>; readonly message: string }
