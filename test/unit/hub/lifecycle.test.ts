import { describe, expect, it } from 'vitest'
import { createLifecycle } from '#core/hub/lifecycle.ts'
import { aDirectory, fatal, hook, never, ok, openHub, second, started } from './state-rig.ts'

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

  it('waits once, not twice, for a provider that does not answer a flush and the close after it', async () => {
    const { hub, clock } = openHub({ channels: { a: hook('a') } }, { answer: () => never })
    hub.write(fatal('out of memory'))
    const flushed = hub.flush()
    await clock.advance(3 * second)
    expect(await flushed).toEqual({ delivered: false, pending: 1 })
    const closed = hub.close()
    await clock.advance(second / 2)
    expect(await closed).toEqual({ delivered: false, pending: 1 })
  })

  /** It asks for so many seconds before the next attempt. */
  const downFor = (seconds: number) =>
    new Response('down', { status: 503, headers: { 'retry-after': String(seconds) } })

  it('does not wait with a flush for what will not be tried again within its time', async () => {
    const { hub, clock, posts } = openHub({ channels: { a: hook('a') } }, { answer: () => downFor(60) })
    hub.write(fatal('out of memory'))
    const flushed = hub.flush()
    await clock.advance(second)
    expect(await flushed).toEqual({ delivered: false, pending: 1 })
    const again = hub.flush()
    await clock.advance(0)
    expect(await again).toEqual({ delivered: false, pending: 1 })
    const closed = hub.close()
    await clock.advance(0)
    expect(await closed).toEqual({ delivered: false, pending: 1 })
    expect(posts).toHaveLength(1)
  })

  it('waits with a flush for an attempt that is due within its time', async () => {
    let isUp = false
    const { hub, clock } = openHub(
      { channels: { a: hook('a') } },
      { answer: () => (isUp ? ok() : downFor(2)) },
    )
    hub.write(fatal('out of memory'))
    const flushed = hub.flush()
    await clock.advance(second)
    isUp = true
    await clock.advance(second)
    expect(await flushed).toEqual({ delivered: true, pending: 0 })
  })

  it('waits with a flush for what falls back meanwhile', async () => {
    const answers: ((response: Response) => void)[] = []
    const { hub, clock } = openHub(
      { channels: { a: { ...hook('a'), fallback: 'b' }, b: { ...hook('b'), match: { code: 'none' } } } },
      { answer: () => new Promise((resolve) => answers.push(resolve)) },
    )
    hub.write(fatal('out of memory'))
    const flushed = hub.flush()
    await clock.advance(0)
    answers.shift()?.(new Response('no', { status: 400 }))
    await clock.advance(second)
    answers.shift()?.(ok())
    await clock.advance(second)
    expect(await flushed).toEqual({ delivered: true, pending: 0 })
  })

  it('waits again at the close for what was logged after the flush', async () => {
    const answers: ((response: Response) => void)[] = []
    const { hub, clock, posts } = openHub(
      { channels: { a: hook('a'), b: hook('b') } },
      { answer: (url) => (url.endsWith('a') ? never : new Promise((resolve) => answers.push(resolve))) },
    )
    hub.write(fatal('out of memory'))
    const flushed = hub.flush()
    await clock.advance(0)
    answers.shift()?.(new Response('{"ok":true}'))
    await clock.advance(3 * second)
    await flushed
    hub.write(fatal('the last request failed'))
    const closed = hub.close()
    await clock.advance(2 * second)
    answers.shift()?.(new Response('{"ok":true}'))
    await clock.advance(second)
    expect(await closed).toMatchObject({ delivered: false })
    expect(posts.filter(({ url }) => url.endsWith('b')).map(({ body }) => body.text)).toEqual([
      expect.stringContaining('out of memory'),
      expect.stringContaining('the last request failed'),
    ])
  })
})
