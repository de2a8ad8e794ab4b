import { it } from 'vitest'
import { expectNoLoss } from './kill-lanes.ts'

it('loses no alert that had reached the journal over 7 kills with an unreliable provider, and sends again at most once per kill', async () => {
  await expectNoLoss([
    { adapter: 'core', generations: 2, padding: 12_000, longestLifeMs: 1500 },
    { adapter: 'core', generations: 1, together: 2 },
    { adapter: 'pino', generations: 2 },
    { adapter: 'winston', generations: 1 },
  ])
})
