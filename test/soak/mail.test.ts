import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertEvent } from '#core/model.ts'
import { type Postfix, startPostfix, startTinyproxy, type Tinyproxy, whyNot } from './servers.ts'

const noPostfix = whyNot('postfix')
const noTinyproxy = whyNot('tinyproxy')

/** The last event of the only channel, and all warnings. */
async function sendMail(options: object, env: Readonly<Record<string, string>> = {}) {
  const warnings: string[] = []
  const channel = { from: 'Alerts <alerts@example.test>', to: 'ops@example.com', wait: 0, ...options }
  const hub = createHub(
    { channels: { email: { type: 'email', ...channel } as never }, closeTimeout: '9s' },
    { env, warn: (message) => warnings.push(message) },
  )
  const events: AlertEvent[] = []
  hub.subscribe((event) => events.push(event))
  hub.publish({ severity: 'critical', msg: 'disk is full', service: 'billing' })
  const { delivered } = await hub.close()
  return { delivered, events, said: JSON.stringify({ events, warnings }) }
}

describe.skipIf(noPostfix)(`mail through a Postfix of this machine${noPostfix}`, () => {
  let postfix: Postfix
  let proxy: Tinyproxy | undefined
  beforeAll(async () => {
    postfix = await startPostfix()
    if (!noTinyproxy) proxy = await startTinyproxy([postfix.port])
  })
  afterAll(async () => {
    await proxy?.close()
    await postfix?.close()
  })

  async function arrived(before: readonly string[]): Promise<string> {
    for (;;) {
      const mail = postfix.mails().find((one) => !before.includes(one))
      if (mail !== undefined) return mail
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  it.each([
    ['with STARTTLS, whose certificate nothing trusts', {}, /with ESMTPS id/],
    ['in clear with ignoreTLS', { ignoreTLS: true }, /with ESMTP id/],
    ['under the name that it greets with', { name: 'web-1.example.test' }, /from web-1\.example\.test/],
  ])('arrives %s', async (_how, options, received) => {
    const before = postfix.mails()
    const { delivered, said } = await sendMail({ url: `smtp://localhost:${postfix.port}`, ...options })
    expect(delivered, said).toBe(true)
    const mail = await arrived(before)
    expect(mail).toMatch(/^Subject: \[CRITICAL\] billing: disk is full$/m)
    expect(mail).toMatch(received)
  })

  it('does not, where STARTTLS is to be verified', async () => {
    const { said, events } = await sendMail({ url: `smtp://localhost:${postfix.port}`, requireTLS: true })
    expect(events).toContainEqual(expect.objectContaining({ type: 'failed', reason: 'failed' }))
    expect(said).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  it.skipIf(noTinyproxy)(`arrives through a proxy${noTinyproxy}`, async () => {
    const before = postfix.mails()
    const { delivered, said } = await sendMail({
      url: `smtp://localhost:${postfix.port}`,
      proxy: proxy!.url,
    })
    expect(delivered, said).toBe(true)
    expect(await arrived(before)).toContain('disk is full')
    expect(proxy!.asked()).toContain(`CONNECT localhost:${postfix.port} HTTP/1.1`)
  })

  it.skipIf(noTinyproxy)(`names the proxy that refuses, without its credentials${noTinyproxy}`, async () => {
    const url = proxy!.url.replace('us3r:p4ss', 'us3r:wr0ng')
    const { said } = await sendMail({ url: `smtp://localhost:${postfix.port}`, proxy: url })
    expect(said).toContain(`localhost:${postfix.port}: proxy 127.0.0.1:${proxy!.port} answered 401`)
    expect(said).not.toMatch(/wr0ng|us3r/)
  })
})
