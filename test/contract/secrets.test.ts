/**
 * No secret of a channel appears in what is reported about its failures: neither in events, warnings and
 * counters, nor in the messages of other channels. The address answers with all that it was sent.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertEvent } from '#core/model.ts'
import { providers } from '#core/options/provider-table.ts'
import type { AlertOptions } from '#core/options.ts'
import { type Row, rows, secrets, settings } from './rows.ts'

let inbox: Inbox
let echo: Server
let url = ''

beforeAll(async () => {
  inbox = await createInbox({ settings, rateLimits: false })
  echo = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { headers, url: path } = request
      const sent = { path, headers, body: Buffer.concat(chunks).toString('utf8') }
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({ message: `no: ${JSON.stringify(sent)}`, errmsg: sent, error: sent, msg: sent }),
      )
    })
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`
})

afterAll(async () => {
  echo.close()
  echo.closeAllConnections()
  await inbox.close()
})

const overHttp = Object.entries(rows).filter(([, row]) => row.remote && row.remote.fake !== 'email')

/** The channel of a row, at the address that repeats what it is sent. */
function channelOf(row: Row): Record<string, unknown> {
  const channels = JSON.parse(JSON.stringify(inbox.channels).replaceAll(inbox.url, url)) as Inbox['channels']
  const type = Object.entries(providers).find(([, provider]) => provider === row.provider)?.[0]
  return {
    ...row.options({ ...inbox, url, channels }),
    type,
    ...(row.to && { to: row.to }),
    wait: 0,
    interval: 0,
  }
}

describe.each(overHttp)('%s', (_name, row) => {
  it('keeps its secrets to itself when it is refused', async () => {
    inbox.clear()
    const warnings: string[] = []
    const note = (warning: Error) => warnings.push(`${warning.name} ${warning.message} ${warning.stack}`)
    process.on('warning', note)
    const ops = { ...inbox.channels.webhook, type: 'webhook', wait: 0, interval: 0 }
    const hub = createHub({ channels: { ops, x: channelOf(row) } } as AlertOptions, { env: {} })
    const events: AlertEvent[] = []
    const refused = new Promise<AlertEvent>((resolve) => {
      hub.subscribe((event) => {
        events.push(event)
        if (event.type === 'failed' && event.channel === 'x') resolve(event)
      })
    })
    hub.publish({ severity: 'critical', code: 'DISK_FULL', msg: 'disk is full', service: 'billing' })
    const event = await refused
    await hub.close()
    process.off('warning', note)

    const notified = inbox.received({ provider: 'webhook' }).map(({ request }) => request.body)
    // The channel beside it hears of the alert, and of the refusal.
    expect(notified.join()).toContain('DISK_FULL')
    expect(notified.join()).toMatch(/channel x \([^()]+\) is not delivering/)
    expect(event).toMatchObject({ why: expect.stringMatching(/\S/) })
    const said = JSON.stringify({ events, warnings, notified, stats: hub.stats() })
    for (const [name, secret] of Object.entries(secrets)) {
      expect(said.includes(secret), name).toBe(false)
      expect(said.includes(Buffer.from(secret).toString('base64')), `${name} in base64`).toBe(false)
      expect(said.includes(encodeURIComponent(secret)), `${name} in a url`).toBe(false)
    }
  })
})
