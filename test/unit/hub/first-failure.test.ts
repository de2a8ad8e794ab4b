import { describe, expect, it } from 'vitest'
import { fatal, hook, minute, never, ok, openHub, second } from './state-rig.ts'

const warnings = (events: ReturnType<typeof openHub>['events']) =>
  events.flatMap((event) => (event.type === 'error' ? `${event.code}: ${event.message}` : []))
const refused = () => {
  throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
}

describe('a channel that has never delivered', () => {
  it('warns at its first failed attempt, with the reason and a cure, although it tries again', async () => {
    const { hub, clock, events } = openHub({ channels: { a: hook('a') } }, { answer: refused })
    hub.write(fatal('disk is full'))
    await clock.advance(second)
    expect(warnings(events)).toEqual([
      'ALERT_CHANNEL_FAILED: Channel a is not delivering: im.example.com: connection refused (ECONNREFUSED). Nothing listens there. Check host and port.',
    ])
    await clock.advance(20 * minute)
    expect(warnings(events)).toHaveLength(1)
  })

  it('warns even if another channel works', async () => {
    const answer = (url: string) => (url.endsWith('a') ? refused() : ok())
    const { hub, clock, events } = openHub({ channels: { a: hook('a'), b: hook('b') } }, { answer })
    hub.write(fatal('disk is full'))
    await clock.advance(second)
    expect(warnings(events)).toHaveLength(1)
  })

  it('does not warn once it has delivered: a retry is nothing to act on', async () => {
    let status = 200
    const answer = () => (status === 200 ? ok() : new Response('', { status }))
    const { hub, clock, events } = openHub({ channels: { a: { ...hook('a'), interval: 0 } } }, { answer })
    hub.write(fatal('disk is full'))
    await clock.advance(minute)
    status = 503
    hub.write(fatal('another disk is full'))
    await clock.advance(minute)
    expect(events.map(({ type }) => type)).toContain('retrying')
    expect(warnings(events)).toEqual([])
  })
})

describe('what is unsent at the end', () => {
  it('is named with its channel, the host and the reason', async () => {
    const { hub, clock, events } = openHub(
      { channels: { chat: hook('chat'), last: hook('last') }, closeTimeout: '1s' },
      { answer: (url) => (url.endsWith('last') ? never : refused()) },
    )
    hub.write(fatal('disk is full'))
    const closed = hub.close()
    await clock.advance(2 * second)
    expect(await closed).toEqual({ delivered: false, pending: 2 })
    expect(warnings(events)).toContain(
      'ALERT_UNDELIVERED: 2 notifications were not delivered before the end. chat: im.example.com: connection refused (ECONNREFUSED). Nothing listens there. Check host and port. last: im.example.com: no answer before the end. Check host, port and firewall. If only a proxy reaches that host, set HTTPS_PROXY or the option `proxy`.',
    )
    // Also the first attempt, which was made while the hub closed.
    expect(warnings(events)).toContainEqual(expect.stringContaining('Channel chat is not delivering'))
  })

  it('is named where nothing can be awaited any more', () => {
    const { hub, events } = openHub({ channels: { chat: hook('chat') } }, { answer: () => never })
    hub.write(fatal('disk is full'))
    hub.closeSync()
    expect(warnings(events)).toEqual([
      'ALERT_UNDELIVERED: 1 notification was not delivered before the end. chat: not sent before the end.',
    ])
  })
})
