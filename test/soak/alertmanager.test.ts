// Alertmanager of Debian, behind an nginx with its default limit: what people are notified of there.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import { startAlertmanager, startNginx, whyNot } from './servers.ts'

const missing = whyNot('prometheus-alertmanager') || whyNot('nginx')

/** As pino writes it. */
const line = (msg: string, alert: object) => JSON.stringify({ level: 50, time: Date.now(), msg, alert })

interface Posted {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

describe.skipIf(missing)(`an Alertmanager of this machine${missing}`, () => {
  const posted: Posted[] = []
  let receiver: Server
  let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>
  let nginx: Awaited<ReturnType<typeof startNginx>>

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      posted.push(...(JSON.parse(body) as { alerts: Posted[] }).alerts)
      response.end()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => receiver.once('listening', resolve))
    alertmanager = await startAlertmanager(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`)
    nginx = await startNginx(alertmanager.url)
  })
  beforeEach(() => {
    posted.length = 0
  })
  afterAll(async () => {
    await nginx?.close()
    await alertmanager?.close()
    receiver?.close()
  })

  const idOf = ({ labels }: Posted) => `${labels['fingerprint']} ${labels['severity']}`
  const idsOf = (status: Posted['status']) => [
    ...new Set(posted.filter((one) => one.status === status).map(idOf)),
  ]

  function openHub(service: string) {
    const warnings: string[] = []
    const channel = { type: 'alertmanager', url: nginx.url, minSeverity: 'info', wait: 0, interval: 0 }
    const hub = createHub(
      { service, channels: { am: channel as never }, closeTimeout: '9s' },
      { warn: (message) => warnings.push(message) },
    )
    return { hub, warnings }
  }

  it('posts what fired, what became worse and what ended, and nothing that never fired', async () => {
    const { hub, warnings } = openHub('billing')
    const publish = (severity: string, more: object = {}) =>
      hub.write(line('card gateway timeout', { severity, key: 'gateway', ...more }))
    // Another alert of the group fires all the time: only in a group that was posted ends are posted.
    hub.write(line('ledger differs', { severity: 'error', key: 'ledger' }))
    publish('warning')
    await hub.flush()
    await expect.poll(() => idsOf('firing').length, { timeout: 60_000 }).toBe(2)
    publish('critical')
    await hub.flush()
    await expect.poll(() => idsOf('firing').length, { timeout: 60_000 }).toBe(3)
    await expect.poll(() => idsOf('resolved').length, { timeout: 60_000 }).toBe(1)
    publish('critical', { resolve: true })
    await hub.flush()
    await expect.poll(() => idsOf('resolved').length, { timeout: 60_000 }).toBe(2)
    await hub.close()
    expect(warnings).toEqual([])
    const fired = idsOf('firing')
    expect(idsOf('resolved').filter((id) => !fired.includes(id))).toEqual([])
    const ended = idsOf('resolved').map((id) => id.split(' ')[1])
    expect(ended.toSorted()).toEqual(['critical', 'warning'])
  })

  it('gets 54 escalations of long alerts through the limit of the proxy, none lost', async () => {
    const { hub, warnings } = openHub('orders')
    const text = 'the answer of the gateway was not understood. '.repeat(200)
    const names = Array.from(
      { length: 54 },
      (_, index) => `gateway ${String.fromCharCode(97 + (index % 26))}${index}`,
    )
    const publish = (severity: string) => {
      for (const name of names) hub.write(line(`${name}: ${text}`, { severity, key: name }))
    }
    publish('warning')
    await hub.flush()
    publish('critical')
    await hub.flush()
    await hub.close()
    expect(warnings).toEqual([])
    const critical = () => idsOf('firing').filter((id) => id.endsWith(' critical') && !id.startsWith('more-'))
    await expect.poll(() => critical().length, { timeout: 60_000 }).toBe(54)
    const fired = idsOf('firing')
    expect(idsOf('resolved').filter((id) => !fired.includes(id))).toEqual([])
  })
})
