import { describe, expect, it } from 'vitest'
import { createLifecycle } from '#core/hub/lifecycle.ts'
import { aDirectory, fatal, hook, openHub, second, started } from './state-rig.ts'

describe('the lifecycle of a hub', () => {
  it('moves forward only', () => {
    const lifecycle = createLifecycle()
    expect(lifecycle.state).toBe('starting')
    lifecycle.enter('closing')
    lifecycle.enter('running')
    expect(lifecycle.state).toBe('closing')
    lifecycle.enter('closed')
    lifecycle.enter('starting')
    expect(lifecycle.state).toBe('closed')
  })

  it('still takes a line that comes while the hub closes and waits for its start', async () => {
    const rig = openHub({ channels: { a: hook('a') }, state: { dir: aDirectory() } })
    const { hub, posts, clock } = rig
    const closed = hub.close()
    hub.write(fatal('out of memory'))
    await started(rig)
    await clock.advance(10 * second)
    expect(await closed).toEqual({ delivered: true, pending: 0 })
    expect(posts).toHaveLength(1)
    expect(hub.stats().failures).toEqual({})
  })

  it('only counts a line that comes after the end', async () => {
    const rig = openHub({ channels: { a: hook('a') }, state: { dir: aDirectory() } })
    await started(rig)
    await rig.hub.close()
    rig.hub.write(fatal('out of memory'))
    expect(rig.posts).toEqual([])
    expect(rig.hub.stats().failures).toEqual({ closed: 1 })
  })

  it('saves what waits when the process ends while the hub closes and waits for its start', () => {
    const { hub } = openHub({ channels: { a: hook('a') }, state: { dir: aDirectory() } })
    hub.write(fatal('out of memory'))
    void hub.close()
    expect(hub.closeSync()).toEqual({ delivered: false, pending: 0 })
  })
})
