import { createTransport } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import { hasBrowser, openPage, unlessSkipped } from '../../unit/cli/browser.ts'
import { post, startInbox, urlOf } from '../../unit/cli/inbox.ts'

const hostileHtml = (outside: string) =>
  [
    '<p id="shown" style="color: rgb(1, 2, 3)">the html part</p>',
    `<img src="${outside}/image" onerror="alert(1)">`,
    '<script>alert(2)</script>',
    `<meta http-equiv="refresh" content="0;url=${outside}/refresh">`,
    `<style>@import "${outside}/style"; body { background: url(${outside}/background) }</style>`,
    `<link rel="stylesheet" href="${outside}/sheet"><link rel="preconnect" href="${outside}"><base href="${outside}/">`,
    `<iframe src="${outside}/frame"></iframe><object data="${outside}/object"></object><video src="${outside}/video" autoplay></video>`,
    `<svg onload="alert(3)"><use href="${outside}/svg#a"></use></svg>`,
    `<form action="${outside}/form"><button id="send">send</button></form>`,
    `<a id="here" href="${outside}/here">here</a> <a id="out" target="_top" href="${outside}/top">out</a>`,
    `<a id="run" href="javascript:alert(4)">run</a>`,
  ].join('\n')

const hostileMarkup = (outside: string) =>
  [
    `<img src="${outside}/image" onerror="alert(1)"><script>alert(2)</script></script>{{7*7}}`,
    `![picture](${outside}/picture)`,
    '[run](javascript:alert(3)) <javascript:alert(4)|run> [data](data:text/html,<script>alert(5)</script>)',
    `<${outside}/linked" onmouseover="alert(6)|label>`,
    '<font color="warning" onclick="alert(7)">red</font> <a href="javascript:alert(8)">a</a>',
    '**<svg onload=alert(9)>** `<img src=x onerror=alert(10)>` ```\n<script>alert(11)</script>\n```',
    '# <iframe src="javascript:alert(12)">',
  ].join('\n\n')

describe.skipIf(!hasBrowser)(`the page and hostile messages${unlessSkipped}`, () => {
  it('runs nothing and asks for nothing, whatever the markup', async () => {
    const [inbox, other] = [await startInbox({ rateLimits: false }), await startInbox()]
    const { page, ran, asked, pageErrors } = await openPage(inbox.url, {
      viewport: { width: 1300, height: 6_000 },
    })
    const text = hostileMarkup(`${other.url}/webhook`)
    await post(`${inbox.url}/webhook/x?<script>alert(13)</script>`, {
      title: text,
      text,
      link: 'javascript:alert(14)',
    })
    await post(`${inbox.url}/webhook/x`, text)
    await post(urlOf(inbox, 'dingtalk'), { msgtype: 'markdown', markdown: { title: text, text }, at: {} })
    await post(urlOf(inbox, 'dingtalk'), {
      msgtype: 'actionCard',
      actionCard: { title: text, text, singleTitle: text, singleURL: 'javascript:alert(15)' },
    })
    await post(urlOf(inbox, 'wecom'), { msgtype: 'markdown', markdown: { content: text } })
    await post(urlOf(inbox, 'wecom'), { msgtype: 'markdown_v2', markdown_v2: { content: text } })
    await post(urlOf(inbox, 'slack'), {
      text,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text } },
        { type: 'image', alt_text: 'alt', image_url: `${other.url}/webhook/block` },
        {
          type: 'actions',
          elements: [
            { type: 'button', text: { type: 'plain_text', text: 'x' }, url: 'javascript:alert(16)' },
          ],
        },
      ],
      attachments: [
        {
          color: `red;background:url(${other.url}/webhook/colour)`,
          text,
          title: 't',
          title_link: 'javascript:alert(17)',
        },
      ],
    })
    await page.locator('article .app').nth(6).waitFor()
    for (const card of await page.locator('article').all()) await card.locator('h2').click()
    expect(
      await page
        .locator('article :is(img, script, iframe, svg, object, video, form, style, link, meta)')
        .count(),
    ).toBe(0)
    const hrefs: string[] = await page
      .locator('article a, aside a')
      .evaluateAll((links) => links.map((link) => String(link.getAttribute('href'))))
    for (const href of hrefs) expect(href).toMatch(/^https?:\/\//)
    expect(
      await page
        .locator('article [onclick], article [onload], article [onerror], article [onmouseover]')
        .count(),
    ).toBe(0)
    expect(other.received()).toEqual([])
    expect(asked.filter((url) => !url.startsWith(inbox.url) && !url.startsWith('data:,'))).toEqual([])
    expect(ran).toEqual([])
    expect(pageErrors).toEqual([])
  })

  it("shows a mail's html in a frame from which nothing gets out", async () => {
    const [inbox, other] = [await startInbox(), await startInbox()]
    const html = hostileHtml(`${other.url}/webhook`)
    const { host, port, user, pass, ca } = inbox.smtp
    const transport = createTransport({ host, port, auth: { user, pass }, tls: { ca } })
    await transport.sendMail({
      from: 'a@example.com',
      to: 'b@example.com',
      subject: '<b>mail</b>',
      html,
      text: 'the text part',
    })
    transport.close()
    const { page, ran } = await openPage(inbox.url)
    const frame = page.frameLocator('article iframe')
    await frame.getByText('the html part').waitFor()
    expect(await page.locator('article iframe').getAttribute('sandbox')).toBe('')
    await page.locator('.mail-subject').getByText('<b>mail</b>').waitFor()
    const colour = await frame
      .locator('#shown')
      .evaluate("getComputedStyle(document.getElementById('shown')).color")
    expect(colour).toBe('rgb(1, 2, 3)')
    for (const id of ['#send', '#run', '#out', '#here']) await frame.locator(id).click()
    // A round trip through the page and its server: what the clicks began would have shown by then.
    await post(urlOf(inbox, 'slack'), { text: 'after the clicks' })
    await page.locator('.app').getByText('after the clicks').waitFor()
    await page.getByRole('button', { name: 'Text', exact: true }).click()
    await page.locator('.mail-text').getByText('the text part').waitFor()
    expect(page.url()).toBe(`${inbox.url}/`)
    expect(other.received()).toEqual([])
    expect(ran).toEqual([])
  })

  it('shows odd bodies as they came and stays quick with huge ones', async () => {
    const inbox = await startInbox({ rateLimits: false })
    const { page, pageErrors } = await openPage(inbox.url, { viewport: { width: 1300, height: 6_000 } })
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
    const bodies = [
      '',
      'no json',
      '[]',
      'null',
      '{"text":{"a":1}}',
      '{"blocks":[null,1,"x",{"type":"section","text":7}]}',
      deep,
    ]
    for (const body of bodies) await post(urlOf(inbox, 'slack'), body)
    for (const sign of ['*', '_', '`', '[', '<', '**a', '[a](', '|\n|-', '> ', '<font color="warning">'])
      await post(urlOf(inbox, 'wecom'), {
        msgtype: 'markdown_v2',
        markdown_v2: { content: sign.repeat(50_000) },
      })
    await post(urlOf(inbox, 'slack'), { text: '<a*_~`'.repeat(50_000) })
    await post(urlOf(inbox, 'wecom'), { msgtype: 'text', text: { content: 'the last' } })
    await page.locator('.app').getByText('the last').waitFor()
    await page
      .locator('article')
      .nth(bodies.length + 11)
      .locator('.app')
      .waitFor()
    expect(pageErrors).toEqual([])
  })
})
