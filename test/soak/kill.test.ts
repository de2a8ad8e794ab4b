import { expect, it } from 'vitest'
import { expectNoLoss, killsOf, type Lane } from '../e2e/kill-lanes.ts'

const lanes: readonly Lane[] = [
  { adapter: 'core', generations: 120 },
  { adapter: 'core', generations: 50, together: 2 },
  { adapter: 'core', generations: 30, padding: 12_000, longestLifeMs: 1500 },
  { adapter: 'pino', generations: 25 },
  { adapter: 'winston', generations: 25 },
]

it('loses no alert that had reached the journal over 300 kills with an unreliable provider, and sends again at most once per kill', async () => {
  expect(killsOf(lanes)).toBe(300)
  await expectNoLoss(lanes)
}, 1_500_000)
