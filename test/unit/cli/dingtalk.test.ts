import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Inbox, InboxOptions } from '#cli/inbox/inbox.ts'
import { sharedData } from '../../shared-data.ts'
import { post, startInbox, urlOf } from './inbox.ts'

const at = 1_700_000_000_000
const secret = 'a secret & more=?'

const signed = (url: string, timestamp: number, key = secret) => {
  const sign = createHmac('sha256', key).update(`${timestamp}\n${key}`).digest('base64')
  return `${url}&timestamp=${timestamp}&sign=${encodeURIComponent(sign)}`
}
const text = (content: string, more: object = {}) => ({ msgtype: 'text', text: { content }, ...more })
const markdown = (title: string, body: string, at: object = {}) => ({
  msgtype: 'markdown',
  markdown: { title, text: body },
  at,
})

async function unsigned(options: InboxOptions = {}): Promise<Inbox> {
  return startInbox({ settings: { dingtalk: { secret: '' } }, rateLimits: false, ...options })
}

const errcode = async (sent: ReturnType<typeof post>) => {
  const { status, text } = await sent
  expect(status).toBe(200)
  return JSON.parse(text) as { errcode: number; errmsg: string }
}

describe('the fake DingTalk robot', () => {
  it('takes a signed message', async () => {
    const inbox = await startInbox({ now: () => at, settings: { dingtalk: { secret } } })
    expect(await errcode(post(signed(urlOf(inbox, 'dingtalk'), at), text('hello')))).toEqual({
      errcode: 0,
      errmsg: 'ok',
    })
    expect(inbox.received()).toMatchObject([{ provider: 'dingtalk', ok: true, view: { text: 'hello' } }])
  })

  it('refuses a signature that is missing, of another secret, encoded twice or not at all', async () => {
    const inbox = await startInbox({ now: () => at, settings: { dingtalk: { secret } }, rateLimits: false })
    const url = urlOf(inbox, 'dingtalk')
    const right = signed(url, at)
    const sign = new URL(right).searchParams.get('sign') ?? ''
    // Without a '+' the bare form would be no different.
    expect(sign).toMatch(/[+/=]/)
    const twice = `${url}&timestamp=${at}&sign=${encodeURIComponent(encodeURIComponent(sign))}`
    for (const wrong of [`${url}&timestamp=${at}`, signed(url, at, 'another'), twice])
      expect(await errcode(post(wrong, text('hello')))).toMatchObject({
        errcode: 310000,
        errmsg: expect.stringContaining('sign not match'),
      })
    expect(inbox.received({ ok: true })).toEqual([])
  })

  it('reads a plus sign that was not encoded as a space, and refuses it', async () => {
    // The first moment whose signature holds a plus sign.
    const moment = Array.from({ length: 200 }, (_, index) => at + index).find((timestamp) =>
      createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64').includes('+'),
    )!
    const inbox = await startInbox({ now: () => at, settings: { dingtalk: { secret } } })
    const sign = createHmac('sha256', secret).update(`${moment}\n${secret}`).digest('base64')
    const url = `${urlOf(inbox, 'dingtalk')}&timestamp=${moment}&sign=${sign}`
    expect((await errcode(post(url, text('hello')))).errmsg).toContain('sign not match')
  })

  it('refuses a timestamp in seconds or more than an hour off', async () => {
    const inbox = await startInbox({ now: () => at, settings: { dingtalk: { secret } }, rateLimits: false })
    const url = urlOf(inbox, 'dingtalk')
    for (const timestamp of [at / 1000, at - 3_600_001, at + 3_600_001])
      expect((await errcode(post(signed(url, timestamp), text('hello')))).errmsg).toContain(
        'invalid timestamp',
      )
    for (const timestamp of [at - 3_600_000, at + 3_600_000])
      expect((await errcode(post(signed(url, timestamp), text('hello')))).errcode).toBe(0)
  })

  const vectorFile = sharedData('signature-vectors.json')
  it.skipIf(!vectorFile.exists)(`takes the published signatures${vectorFile.unlessSkipped}`, async () => {
    const { dingtalk } = JSON.parse(readFileSync(vectorFile.path, 'utf8')) as {
      dingtalk: { timestamp: number; secret: string; signQueryParam: string }[]
    }
    expect(dingtalk.length).toBeGreaterThan(0)
    for (const { timestamp, secret, signQueryParam } of dingtalk) {
      const inbox = await startInbox({ now: () => timestamp, settings: { dingtalk: { secret } } })
      const url = `${urlOf(inbox, 'dingtalk')}&timestamp=${timestamp}&sign=${signQueryParam}`
      expect((await errcode(post(url, text('hello')))).errcode).toBe(0)
    }
  })

  it('answers HTTP 200 with its own code for what a client does wrong', async () => {
    const inbox = await unsigned()
    const url = urlOf(inbox, 'dingtalk')
    const code = async (body: unknown, init?: RequestInit) => (await errcode(post(url, body, init))).errcode
    expect(await code(undefined, { method: 'GET', body: null })).toBe(43002)
    expect(await code(text('x'), { headers: { 'content-type': 'text/plain' } })).toBe(43004)
    expect(await code(text('x'), { headers: { 'content-type': 'application/json; charset=gbk' } })).toBe(
      43004,
    )
    expect(await code('{"msgtype":')).toBe(40035)
    expect(await code('[]')).toBe(40035)
    expect(await code({ msgtype: 'toString', toString: {} })).toBe(400105)
    expect(await code({ msgtype: 'text', markdown: { title: 't', text: 'x' } })).toBe(40035)
    expect(await code({ msgtype: 'markdown', markdown: { text: 'x' } })).toBe(40035)
    expect(await code({ msgtype: 'link', link: { title: 't', text: 'x', messageURL: 'http://x/' } })).toBe(
      40035,
    )
    expect(
      await code({ msgtype: 'actionCard', actionCard: { title: 't', text: 'x', btns: [{ title: 'b' }] } }),
    ).toBe(40035)
    expect(await code(text('x', { at: { atMobiles: '13800000000' } }))).toBe(40035)
    expect(await code(text('x', { at: { isAtAll: 'false' } }))).toBe(40035)
    const stranger = await errcode(post(url.replace('inbox-robot', 'stranger'), text('x')))
    expect(stranger).toEqual({ errcode: 300005, errmsg: 'token is not exist' })
    expect((await post(`${inbox.url}/dingtalk/robot/sent?access_token=inbox-robot`, text('x'))).status).toBe(
      404,
    )
  })

  it('takes every kind of message that it documents', async () => {
    const inbox = await unsigned()
    const messageURL = 'https://example.com/'
    const kinds = [
      text('x'),
      markdown('t', 'x'),
      { msgtype: 'link', link: { title: 't', text: 'x', messageUrl: messageURL } },
      {
        msgtype: 'actionCard',
        actionCard: { title: 't', text: 'x', singleTitle: 's', singleURL: messageURL },
      },
      {
        msgtype: 'actionCard',
        actionCard: { title: 't', text: 'x', btns: [{ title: 'b', actionURL: messageURL }] },
      },
      { msgtype: 'feedCard', feedCard: { links: [{ title: 't', messageURL, picURL: messageURL }] } },
    ]
    for (const kind of kinds)
      expect((await errcode(post(urlOf(inbox, 'dingtalk'), kind))).errcode, kind.msgtype).toBe(0)
  })

  it('measures the whole body in bytes: 20 000 pass, one more does not', async () => {
    const inbox = await unsigned()
    const frame = Buffer.byteLength(JSON.stringify(text('')))
    // Three bytes a character: far fewer than 20 000 characters.
    const fill = (bytes: number) =>
      text('错'.repeat(Math.floor((bytes - frame) / 3)) + 'x'.repeat((bytes - frame) % 3))
    expect((await errcode(post(urlOf(inbox, 'dingtalk'), fill(20_000)))).errcode).toBe(0)
    expect(await errcode(post(urlOf(inbox, 'dingtalk'), fill(20_001)))).toEqual({
      errcode: 460101,
      errmsg: 'message too long, exceed 20000 bytes',
    })
    expect(inbox.received().map(({ view }) => [view.size, view.limit, view.unit])).toEqual([
      [20_000, 20_000, 'bytes'],
      [20_001, 20_000, 'bytes'],
    ])
  })

  it('asks for one of its keywords, wherever people would see it', async () => {
    const inbox = await unsigned({ settings: { dingtalk: { secret: '', keywords: ['ALERT', '告警'] } } })
    const send = async (body: unknown) => (await errcode(post(urlOf(inbox, 'dingtalk'), body))).errcode
    expect(await send(text('all is well'))).toBe(310000)
    expect(await send(text('磁盘告警'))).toBe(0)
    expect(await send(markdown('ALERT', 'disk'))).toBe(0)
  })

  it('takes twenty a minute, then is silent for ten minutes', async () => {
    let now = at
    const inbox = await unsigned({ rateLimits: true, now: () => now })
    const send = async () => (await errcode(post(urlOf(inbox, 'dingtalk'), text('x')))).errcode
    for (let count = 0; count < 20; count += 1) expect(await send()).toBe(0)
    expect(await send()).toBe(130101)
    now += 61_000
    expect(await send()).toBe(130101)
    now += 539_000
    expect(await send()).toBe(0)
  })

  it('pings whom both the at list and the text name, and no one else', async () => {
    const inbox = await unsigned()
    const mentions = async (body: unknown) => {
      await post(urlOf(inbox, 'dingtalk'), body)
      return inbox.received().at(-1)!.view
    }
    const listed = { atMobiles: ['13800000000'], atUserIds: ['zhang'] }
    expect((await mentions(markdown('t', 'look @13800000000 @zhang', listed))).mentions).toEqual([
      '13800000000',
      'zhang',
    ])
    const halfway = await mentions(markdown('t', 'look @13800000000', listed))
    expect(halfway.mentions).toEqual(['13800000000'])
    expect(halfway.notes).toEqual(['zhang is in the at list, but the text lacks @zhang: not pinged'])
    expect((await mentions(text('a log said @13800000000 @all @所有人'))).mentions).toEqual([])
    expect((await mentions(text('x', { at: { isAtAll: true } }))).mentions).toEqual(['@all'])
  })
})
