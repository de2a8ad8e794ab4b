import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { fakes } from '#cli/inbox/fake-table.ts'
import { createInbox } from '#cli/inbox/inbox.ts'
import { post, startInbox, urlOf } from './inbox.ts'

/** Sends a request as it stands: fetch would not let a test choose these headers. */
async function raw(url: string, method: string, headers: Record<string, string>, body = ''): Promise<number> {
  const sent = request(url, { method, headers })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }]
  response.resume()
  return response.statusCode
}

/**
 * Reads a stream of events: `until` gives all that came when the words are among it, `end` waits for its end.
 */
function read(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let seen = ''
  return {
    until: async (words: string) => {
      while (!seen.includes(words)) {
        const { done, value } = await reader.read()
        if (done) throw new Error(`The stream ended without ${words}`)
        seen += value
      }
      return seen
    },
    end: async () => {
      while (!(await reader.read().catch(() => ({ done: true }))).done);
    },
  }
}

describe('the inbox', () => {
  it('listens on loopback only', async () => {
    const inbox = await startInbox()
    expect(new URL(inbox.url).hostname).toBe('127.0.0.1')
    expect(inbox.smtp.host).toBe('127.0.0.1')
  })

  it('listens on IPv6 if configured', async () => {
    const inbox = await startInbox({ host: '::1' })
    expect(inbox.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect((await post(urlOf(inbox, 'slack'), { text: 'x' })).text).toBe('ok')
  })

  it('has a message before its sender has the answer', async () => {
    const inbox = await startInbox()
    await post(urlOf(inbox, 'slack'), { text: 'hello' })
    expect(inbox.received()).toMatchObject([
      {
        id: 1,
        provider: 'slack',
        ok: true,
        answer: { status: 200, body: 'ok' },
        request: {
          method: 'POST',
          body: '{"text":"hello"}',
          headers: { 'content-type': 'application/json' },
        },
      },
    ])
  })

  it('gives channel options for every provider, each of which is taken', async () => {
    const inbox = await startInbox({ settings: { dingtalk: { secret: '' }, slack: { service: 'B0OTHER' } } })
    expect(Object.keys(inbox.channels)).toEqual(Object.keys(fakes))
    await post(urlOf(inbox, 'webhook'), {})
    await post(urlOf(inbox, 'slack'), { text: 'x' })
    await post(urlOf(inbox, 'dingtalk'), { msgtype: 'text', text: { content: 'x' } })
    await post(urlOf(inbox, 'wecom'), { msgtype: 'text', text: { content: 'x' } })
    expect(inbox.received({ ok: true })).toHaveLength(4)
    expect(inbox.channels.email).toMatchObject({ port: inbox.smtp.port, tls: { ca: inbox.smtp.ca } })
  })

  it('answers an unknown path with the known ones, and keeps nothing', async () => {
    const inbox = await startInbox()
    for (const path of ['/other', '/constructor/x', '/api/other', '//slack/x']) {
      const { status, text } = await post(`${inbox.url}${path}`, {})
      expect([status, text]).toEqual([404, expect.stringContaining('/slack/')])
    }
    expect(inbox.received()).toEqual([])
  })

  it('refuses a body over a megabyte and keeps the first megabyte of it', async () => {
    const inbox = await startInbox()
    const reply = await post(urlOf(inbox, 'webhook'), JSON.stringify('x'.repeat(2_000_000)))
    expect(reply.status).toBe(413)
    const [received] = inbox.received()
    expect(received).toMatchObject({ ok: false, view: { bytes: 2_000_002 } })
    expect(received?.request.body).toHaveLength(1024 * 1024)
  })

  it('cuts off a sender that never stops, and a sender that breaks off leaves no trace', async () => {
    const inbox = await startInbox()
    const { port } = new URL(inbox.url)
    const head =
      'POST /slack/services/T0INBOX/B0INBOX/inbox HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
    const endless = connect(Number(port), '127.0.0.1')
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const write = () => {
      while (!endless.destroyed && endless.write(chunk));
    }
    endless.on('error', () => undefined)
    endless.on('drain', write).write(head)
    write()
    await new Promise((resolve) => endless.once('close', resolve))
    const broken = connect(Number(port), '127.0.0.1')
    await new Promise<void>((resolve) => broken.write(`${head}5\r\nhel`, () => resolve()))
    broken.resetAndDestroy()
    await post(urlOf(inbox, 'slack'), { text: 'x' })
    expect(inbox.received()).toHaveLength(1)
  })

  it('shows a body of ten thousand nested lists without falling over', async () => {
    const inbox = await startInbox({ rateLimits: false })
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    for (const provider of ['slack', 'dingtalk', 'wecom', 'webhook'] as const)
      expect((await post(urlOf(inbox, provider), deep)).status).toBeLessThan(500)
    const inside = `${'{"type":"x","elements":['.repeat(30_000)}${']}'.repeat(30_000)}`
    const blocks = `{"blocks":[{"type":"rich_text","elements":[${inside}]}]}`
    expect((await post(urlOf(inbox, 'slack'), blocks)).status).toBe(500)
    expect(inbox.received()).toHaveLength(5)
  })

  it('says which port was taken, and leaves nothing open', async () => {
    const inbox = await startInbox()
    const taken = { http: Number(new URL(inbox.url).port) }
    await expect(createInbox({ ports: taken })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: taken.http,
    })
    const smtp = { smtp: inbox.smtp.port }
    await expect(createInbox({ ports: smtp })).rejects.toMatchObject({ code: 'EADDRINUSE', port: smtp.smtp })
  })

  it('closes twice without complaint', async () => {
    const inbox = await createInbox()
    await Promise.all([inbox.close(), inbox.close()])
    await inbox.close()
    await expect(fetch(inbox.url)).rejects.toThrow()
  })
})

describe('the API of the inbox', () => {
  const json = { 'content-type': 'application/json' }

  it('lists what arrived, by provider and since an id, and clears it', async () => {
    const inbox = await startInbox()
    const list = async (query = '') => {
      const { received } = JSON.parse(await (await fetch(`${inbox.url}/api/received${query}`)).text())
      return (received as { id: number }[]).map(({ id }) => id)
    }
    await post(urlOf(inbox, 'slack'), { text: 'one' })
    await post(urlOf(inbox, 'webhook'), { text: 'two' })
    await post(urlOf(inbox, 'slack'), { text: 'three' })
    expect(await list()).toEqual([1, 2, 3])
    expect(await list('?provider=slack')).toEqual([1, 3])
    expect(await list('?provider=slack&since=1')).toEqual([3])
    expect((await fetch(`${inbox.url}/api/received?since=yesterday`)).status).toBe(400)
    expect((await fetch(`${inbox.url}/api/received`, { method: 'DELETE' })).status).toBe(204)
    expect(await list()).toEqual([])
  })

  it('makes a fake misbehave, and explains what it cannot do', async () => {
    const inbox = await startInbox()
    const behave = (body: unknown) => post(`${inbox.url}/api/behave`, body)
    expect((await behave({ provider: 'slack', mode: 'error', times: 1 })).status).toBe(204)
    expect((await post(urlOf(inbox, 'slack'), { text: 'x' })).status).toBe(500)
    expect((await behave({ provider: 'slack', status: 410, body: 'gone' })).status).toBe(204)
    expect((await post(urlOf(inbox, 'slack'), { text: 'x' })).text).toBe('gone')
    const wrong = await behave({ provider: 'slack', mode: 'dance' })
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining("slack cannot behave 'dance'")])
    expect((await behave('{')).status).toBe(400)
    expect((await behave([])).status).toBe(400)
  })

  it('streams what arrives, first what came after a given id', async () => {
    const inbox = await startInbox()
    await post(urlOf(inbox, 'slack'), { text: 'one' })
    await post(urlOf(inbox, 'slack'), { text: 'two' })
    const response = await fetch(`${inbox.url}/api/events?since=1`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const { until, end } = read(response)
    await until('"text":"two"')
    await post(urlOf(inbox, 'slack'), { text: 'line\nend' })
    await until('"text":"line')
    inbox.clear()
    const seen = await until('event: cleared')
    expect(seen).not.toContain('"text":"one"')
    expect(seen).toContain('id: 3\nevent: received\ndata: {"id":3,')
    await inbox.close()
    await end()
  })

  it('resumes after the last event that a reader saw', async () => {
    const inbox = await startInbox()
    for (const text of ['one', 'two']) await post(urlOf(inbox, 'slack'), { text })
    const response = await fetch(`${inbox.url}/api/events?since=0`, { headers: { 'last-event-id': '1' } })
    expect(await read(response).until('id: 2')).not.toContain('id: 1\n')
  })

  it('is not for pages of other sites, nor for other names of this address', async () => {
    const inbox = await startInbox()
    const { host } = new URL(inbox.url)
    const at = `${inbox.url}/api/received`
    expect(await raw(at, 'GET', { host })).toBe(200)
    expect(await raw(at, 'GET', { host: `localhost:${new URL(at).port}` })).toBe(200)
    expect(await raw(at, 'GET', { host, origin: `http://${host}` })).toBe(200)
    expect(await raw(at, 'GET', { host, origin: 'https://example.com' })).toBe(403)
    expect(await raw(at, 'GET', { host: 'rebound.example.com' })).toBe(403)
    expect(await raw(at, 'GET', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(
      403,
    )
    // Another port of this machine.
    const sameSite = { host, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }
    expect(await raw(at, 'DELETE', sameSite)).toBe(403)
    expect(await raw(at, 'DELETE', { ...sameSite, 'sec-fetch-mode': 'navigate' })).toBe(403)
    expect(await raw(at, 'GET', { ...sameSite, 'sec-fetch-mode': 'navigate' })).toBe(200)
    expect(await raw(at, 'DELETE', { host, 'sec-fetch-site': 'same-origin' })).toBe(204)
    const order = JSON.stringify({ provider: 'slack', mode: 'error' })
    expect(await raw(`${inbox.url}/api/behave`, 'POST', { host, 'content-type': 'text/plain' }, order)).toBe(
      400,
    )
    expect(await raw(`${inbox.url}/api/behave`, 'POST', { host, ...json, origin: 'null' }, order)).toBe(403)
    expect((await post(urlOf(inbox, 'slack'), { text: 'x' })).text).toBe('ok')
  })
})
