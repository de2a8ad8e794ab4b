import { it } from 'vitest'
import { expectNoLoss } from './kill-lanes.ts'

it('loses no alert that had reached the journal over 30 kills with an unreliable provider, and sends again at most once per kill', async () => {
  await expectNoLoss([
    { adapter: 'core', generations: 10 },
    { adapter: 'core', generations: 5, together: 2 },
    { adapter: 'core', generations: 4, padding: 12_000, longestLifeMs: 1500 },
    { adapter: 'pino', generations: 3 },
    { adapter: 'winston', generations: 3 },
  ])
})
