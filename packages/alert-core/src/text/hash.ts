/**
 * A fast hash for fingerprints, the same on every machine and in every version. Not for secrets.
 */

/**
 * The text as 16 hex digits: two 32-bit lanes multiplied through its UTF-16 units, then mixed (murmur3's
 * finish).
 */
export function hash64(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  return hex(finish(high, low)) + hex(finish(low, high))
}

function finish(lane: number, other: number): number {
  const mixed = Math.imul(lane ^ (lane >>> 16), 2246822507)
  return mixed ^ Math.imul(other ^ (other >>> 13), 3266489909)
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0')
}
