import { describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'

describe('`state`', () => {
  it('knows no `redis` yet, and says so', () => {
    const { problems } = checkOptions({ state: { dir: '/tmp/x', redis: 'redis://localhost' } as never }, {})
    expect(problems).toMatchObject([{ path: 'state.redis', code: 'unknown-key' }])
  })
})
