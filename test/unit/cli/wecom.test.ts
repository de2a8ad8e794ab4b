import { describe, expect, it } from 'vitest'
import { post, startInbox, urlOf } from './inbox.ts'

const text = (content: string, lists: object = {}) => ({ msgtype: 'text', text: { content, ...lists } })
const markdown = (content: string) => ({ msgtype: 'markdown', markdown: { content } })

const errcode = async (sent: ReturnType<typeof post>) => {
  const { status, text } = await sent
  expect(status).toBe(200)
  return JSON.parse(text) as { errcode: number; errmsg: string }
}

describe('the fake WeCom robot', () => {
  it('takes text and markdown', async () => {
    const inbox = await startInbox()
    for (const body of [text('hello'), markdown('# hello')])
      expect(await errcode(post(urlOf(inbox, 'wecom'), body))).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(inbox.received({ ok: true }).map(({ view }) => view.text)).toEqual(['hello', '# hello'])
  })

  it('measures the content in bytes: 2048 of text, 4096 of markdown', async () => {
    const inbox = await startInbox({ rateLimits: false })
    const send = (body: unknown) => errcode(post(urlOf(inbox, 'wecom'), body))
    const wide = (bytes: number) => '错'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3)
    expect((await send(text(wide(2048)))).errcode).toBe(0)
    expect((await send(markdown(wide(4096)))).errcode).toBe(0)
    expect((await send(text(wide(2049)))).errcode).toBe(40058)
    const refused = await send(markdown(wide(4097)))
    expect(refused.errcode).toBe(40058)
    expect(refused.errmsg).toContain('markdown.content exceed max length 4096')
    expect(inbox.received().map(({ view }) => view.size)).toEqual([2048, 4096, 2049, 4097])
  })

  it('answers HTTP 200 with its own code for what a client does wrong', async () => {
    const inbox = await startInbox({ rateLimits: false })
    const url = urlOf(inbox, 'wecom')
    const code = async (body: unknown, init?: RequestInit) => (await errcode(post(url, body, init))).errcode
    expect(await code(undefined, { method: 'GET', body: null })).toBe(43002)
    expect(await code('{')).toBe(47001)
    expect(await code(text('x'), { headers: { 'content-type': 'text/plain' } })).toBe(47001)
    expect(await code({ msgtype: 'constructor', constructor: {} })).toBe(40008)
    expect(await code({ msgtype: 'text', markdown: { content: 'x' } })).toBe(40058)
    expect(await code(text(''))).toBe(40058)
    expect(await code(text('x', { mentioned_list: 'zhang' }))).toBe(40058)
    expect(await code({ msgtype: 'news', news: { articles: [] } })).toBe(40058)
    expect(await code({ msgtype: 'template_card', template_card: { card_type: 'text_notice' } })).toBe(40058)
    expect(
      (await errcode(post(`${inbox.url}/wecom/cgi-bin/webhook/send?key=other`, text('x')))).errcode,
    ).toBe(93000)
    expect((await post(`${inbox.url}/wecom/cgi-bin/send?key=inbox-robot`, text('x'))).status).toBe(404)
  })

  it('takes twenty in any minute', async () => {
    let now = 0
    const inbox = await startInbox({ now: () => now })
    const send = async () => (await errcode(post(urlOf(inbox, 'wecom'), text('x')))).errcode
    for (let count = 0; count < 20; count += 1) {
      expect(await send()).toBe(0)
      now += 1_000
    }
    expect(await send()).toBe(45009)
    now = 60_000
    expect(await send()).toBe(0)
    expect(await send()).toBe(45009)
  })

  it('pings whom the lists or the content name, in the kinds that can', async () => {
    const inbox = await startInbox({ rateLimits: false })
    const mentions = async (body: unknown) => {
      await post(urlOf(inbox, 'wecom'), body)
      return inbox.received().at(-1)!.view.mentions
    }
    const lists = { mentioned_list: ['zhang', '@all'], mentioned_mobile_list: ['13800000000'] }
    expect(await mentions(text('x', lists))).toEqual(['zhang', '@all', '13800000000'])
    expect(await mentions(markdown('look <@zhang> <@li>'))).toEqual(['zhang', 'li'])
    const broken = '<@\u200bzhang> <\u200b@zhang> &lt;@li&gt; @all <font color="warning">x</font>'
    expect(await mentions(markdown(broken))).toEqual([])
    expect(await mentions({ msgtype: 'markdown_v2', markdown_v2: { content: '<@zhang>' } })).toEqual([])
  })

  it('shows a card by its title and lines', async () => {
    const inbox = await startInbox()
    const card = {
      card_type: 'text_notice',
      main_title: { title: 'disk full', desc: 'since 14:05' },
      horizontal_content_list: [{ keyname: 'host', value: 'db1' }],
      card_action: { type: 1, url: 'https://example.com/' },
    }
    await post(urlOf(inbox, 'wecom'), { msgtype: 'template_card', template_card: card })
    expect(inbox.received()).toMatchObject([
      { ok: true, view: { subject: 'disk full', text: 'disk full\nsince 14:05\nhost db1' } },
    ])
  })
})
