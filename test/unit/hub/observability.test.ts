import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import { aDirectory, fatal, hook, line, minute, ok, openHub, second, started } from './state-rig.ts'

const down = () => new Response('down', { status: 503 })

/** A server of our own; its port, and what it was asked. */
async function aServer() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(String(request.url))
    response.end('ok')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { server, asked, port: (server.address() as AddressInfo).port }
}

describe('stats()', () => {
  it('counts by channel and reason, and says what waits, for how long, and how large the journal is', async () => {
    const rig = openHub(
      {
        channels: { a: hook('a'), b: { ...hook('b'), minSeverity: 'critical' } },
        state: { dir: aDirectory() },
      },
      { answer: (url) => (url.endsWith('a') ? down() : ok()) },
    )
    await started(rig)
    rig.hub.write(line({ msg: 'disk is full' }))
    await rig.clock.advance(minute)
    const { channels, state } = rig.hub.stats()
    expect(channels['a']).toMatchObject({
      delivered: 0,
      failed: 0,
      waiting: 1,
      oldestWaitingMs: 55 * second,
    })
    expect(channels['a']?.retries).toBeGreaterThan(0)
    expect(channels['b']).toMatchObject({
      delivered: 0,
      waiting: 0,
      oldestWaitingMs: 0,
      suppressed: { filtered: 1 },
    })
    expect(state).toMatchObject({ place: 'disk', ready: true })
    expect(state?.bytes).toBeGreaterThan(100)
  })
})

describe('metrics', () => {
  it('are the counters in the text form of Prometheus', async () => {
    const { hub, clock } = openHub({ channels: { a: hook('a') } })
    hub.write(fatal('out of memory'))
    await clock.advance(second)
    const text = await hub.metrics()
    expect(text).toContain('# TYPE alert_deliveries_total counter')
    expect(text).toContain('alert_deliveries_total{channel="a",outcome="delivered"} 1')
    expect(text).toContain('alert_lines_total 1')
    expect(text).toContain('alert_waiting{channel="a"} 0')
    expect(await hub.metrics()).toContain('alert_lines_total 1')
  })

  it('are served on loopback, and nothing else is', async () => {
    const { server, port } = await aServer()
    await new Promise((closed) => server.close(closed))
    const hub = createHub(
      { channels: { a: hook('a') }, metrics: { port } },
      { env: {}, fetch: async () => ok() },
    )
    onTestFinished(async () => void (await hub.close()))
    const reply = await fetch(`http://127.0.0.1:${port}/metrics`)
    expect(reply.headers.get('content-type')).toContain('text/plain')
    expect(await reply.text()).toContain('alert_lines_total 0')
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
  })

  it('are not for pages of other sites, nor for other names of this address', async () => {
    const { server, port } = await aServer()
    await new Promise((closed) => server.close(closed))
    const hub = createHub(
      { channels: { a: hook('a') }, metrics: { port } },
      { env: {}, fetch: async () => ok() },
    )
    onTestFinished(async () => void (await hub.close()))
    const statusFor = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        get({ host: '127.0.0.1', port, path: '/metrics', headers }, (reply) => {
          reply.resume()
          resolve(reply.statusCode)
        }).on('error', reject)
      })
    const host = `127.0.0.1:${port}`
    expect(await statusFor({ host })).toBe(200)
    expect(await statusFor({ host: `localhost:${port}` })).toBe(200)
    expect(await statusFor({ host: `rebound.example.com:${port}` })).toBe(403)
    expect(await statusFor({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403)
  })

  it('at a port that is taken are an internal error, not a crash', async () => {
    const { port } = await aServer()
    const hub = createHub(
      { channels: { a: hook('a') }, metrics: { port } },
      { env: {}, fetch: async () => ok() },
    )
    onTestFinished(async () => void (await hub.close()))
    const problem = await new Promise<{ code?: string; message?: string }>((heard) => {
      hub.subscribe((event) => event.type === 'error' && heard(event))
    })
    expect(problem).toMatchObject({ code: 'ALERT_METRICS_UNUSABLE' })
    expect(problem.message).toContain(`127.0.0.1:${port}`)
  })
})

describe('the heartbeat', () => {
  const url = 'https://beat.example.com/5f0c7a2e'
  const heartbeat = { url, every: '1m' as const }

  it('requests its url as often as configured while alerts can be sent', async () => {
    const beats: number[] = []
    const { clock } = openHub(
      { channels: { a: hook('a') }, heartbeat },
      {
        ports: {
          fetch: async () => {
            beats.push(clock.now())
            return ok()
          },
        },
      },
    )
    await clock.advance(5 * minute)
    expect(beats).toHaveLength(6)
  })

  it('has one request under way if there is no answer, and sends the next when that was aborted', async () => {
    let underWay = 0
    let most = 0
    let asked = 0
    const { clock } = openHub(
      { channels: { a: hook('a') }, heartbeat: { url, every: '1s' } },
      {
        ports: {
          fetch: (_, init) =>
            new Promise((_, reject) => {
              asked++
              most = Math.max(most, ++underWay)
              init?.signal?.addEventListener('abort', () => {
                underWay--
                reject(new Error('given up'))
              })
            }),
        },
      },
    )
    for (let n = 0; n < 35; n++) await clock.advance(second)
    expect(most).toBe(1)
    expect(asked).toBe(4)
  })

  it('is withheld while no channel takes alerts, and comes back with the first one that does', async () => {
    let isUp = false
    const beats: number[] = []
    const { clock, hub, events } = openHub(
      { channels: { a: { ...hook('a'), retryFor: '1h' } }, heartbeat },
      {
        ports: {
          fetch: async (asked) => {
            if (String(asked) === url) beats.push(clock.now())
            return String(asked) === url || isUp ? ok() : down()
          },
        },
      },
    )
    hub.write(fatal('out of memory'))
    await clock.advance(10 * minute)
    const before = beats.length
    expect(before).toBeLessThanOrEqual(4)
    expect(events).toContainEqual(expect.objectContaining({ type: 'error', code: 'ALERT_HEARTBEAT_STOPPED' }))
    isUp = true
    await clock.advance(5 * minute)
    expect(beats.length).toBeGreaterThan(before)
    expect(JSON.stringify(events)).not.toContain('5f0c7a2e')
  })
})
