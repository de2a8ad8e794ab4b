/** How many requests an address may make: 60 a minute, and all addresses together 600. */
import type { Clock } from '../time/clock.ts'

const minuteMs = 60_000
const most = { ofOne: 60, ofAll: 600, addresses: 1000 }

/** Returns whether one more request of this address is within the rate, and counts it. */
export function createRateLimit({ now }: Pick<Clock, 'now'>): (address: string) => boolean {
  let startedAt = Number.NEGATIVE_INFINITY
  let all = 0
  let counts = new Map<string, number>()
  return (address) => {
    if (now() - startedAt >= minuteMs || now() < startedAt) {
      startedAt = now()
      all = 0
      counts = new Map()
    }
    const count = (counts.get(address) ?? 0) + 1
    if (counts.size < most.addresses || counts.has(address)) counts.set(address, count)
    all++
    return count <= most.ofOne && all <= most.ofAll
  }
}
