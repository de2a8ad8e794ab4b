import { existsSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { post, startInbox, urlOf } from './inbox.ts'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const hasBrowser = existsSync(executablePath)

let browser: Browser | undefined
afterAll(() => browser?.close())
const pages: Page[] = []
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()))
})

/** Opens the page of an inbox; `ran` gathers what hostile scripts that got to run would say. */
async function openPage(url: string, colorScheme: 'light' | 'dark' = 'light') {
  browser ??= await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const page = await (await browser.newContext({ colorScheme })).newPage()
  pages.push(page)
  const ran: string[] = []
  page.on('dialog', (dialog) => {
    ran.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto(url)
  return { page, ran }
}

const hostileHtml = (outside: string) =>
  [
    '<p id="shown" style="color: rgb(1, 2, 3)">the html part</p>',
    `<img src="${outside}/image" onerror="alert(1)">`,
    '<script>alert(2)</script>',
    `<meta http-equiv="refresh" content="0;url=${outside}/refresh">`,
    `<style>@import "${outside}/style"; body { background: url(${outside}/background) }</style>`,
    `<iframe src="${outside}/frame"></iframe>`,
    `<form action="${outside}/form"><button id="send">send</button></form>`,
    `<a id="here" href="${outside}/here">here</a> <a id="out" target="_top" href="${outside}/top">out</a>`,
  ].join('\n')

/** Runs in the page: the contrast of every text with what is behind it, and how light that is. */
const measureContrast = `(() => {
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map((part) => {
      const share = Number(part) / 255
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const behind = (node) => {
    const colour = getComputedStyle(node).backgroundColor
    return colour === 'rgba(0, 0, 0, 0)' && node.parentElement ? behind(node.parentElement) : colour
  }
  return [...document.querySelectorAll('body, article, article *, header *')].map((node) => {
    const [text, back] = [luminance(getComputedStyle(node).color), luminance(behind(node))]
    return { contrast: (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05), back }
  })
})()`

describe('the policy of the page', () => {
  it('comes with a policy that lets only its own script run, by a nonce that is new every time', async () => {
    const inbox = await startInbox()
    const [one, other] = [await fetch(inbox.url), await fetch(inbox.url)]
    const policy = one.headers.get('content-security-policy') ?? ''
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(policy).toContain("default-src 'none'")
    expect(await one.text()).toContain(`<script nonce="${nonce}">`)
    expect(other.headers.get('content-security-policy')).not.toBe(policy)
  })
})

describe.skipIf(!hasBrowser)(
  `the page${hasBrowser ? '' : ` (skipped: no browser at ${executablePath})`}`,
  () => {
    it('lists what was there and what arrives, newest first, and can be cleared', async () => {
      const inbox = await startInbox()
      await post(urlOf(inbox, 'slack'), { text: 'the first' })
      const { page } = await openPage(inbox.url)
      await page.getByText('the first').waitFor()
      inbox.behave('wecom', 'refuse')
      await post(urlOf(inbox, 'wecom'), { msgtype: 'text', text: { content: 'the second' } })
      await page.getByText('the second').waitFor()
      const cards = await page.locator('article').allInnerTexts()
      expect(cards[0]).toMatch(/wecom\s+refused: 200 \{"errcode":93000/)
      expect(cards[1]).toMatch(/slack\s+taken[\s\S]+9 of 40000 characters\s+the first/)
      await page.getByLabel('Show').selectOption('slack')
      await page.getByText('the second').waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: 'Clear' }).click()
      await page.getByText('Nothing has arrived yet.').waitFor()
      expect(inbox.received()).toEqual([])
    })

    it('shows markup in a message as text', async () => {
      const inbox = await startInbox()
      const { page, ran } = await openPage(inbox.url)
      const text = '<img src=x onerror=alert(1)><script>alert(2)</script></script>{{7*7}}'
      await post(`${inbox.url}/webhook/x?<script>alert(3)</script>`, { title: text, text })
      await post(urlOf(inbox, 'dingtalk'), { msgtype: 'markdown', markdown: { title: text, text }, at: {} })
      await page.locator('article').nth(1).waitFor()
      for (const summary of await page.getByText('as sent').all()) await summary.click()
      expect(await page.locator('article').first().textContent()).toContain(text)
      expect(await page.locator('article img, article script').count()).toBe(0)
      expect(ran).toEqual([])
    })

    it("shows a mail's html in a frame from which nothing gets out", async () => {
      const [inbox, other] = [await startInbox(), await startInbox()]
      const html = hostileHtml(`${other.url}/webhook`)
      const { host, port, user, pass, ca } = inbox.smtp
      const transport = createTransport({ host, port, auth: { user, pass }, tls: { ca } })
      await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'mail', html })
      transport.close()
      const { page, ran } = await openPage(inbox.url)
      await page.getByText('html part', { exact: true }).click()
      const frame = page.frameLocator('article iframe')
      await frame.getByText('the html part').waitFor()
      expect(await page.locator('article iframe').getAttribute('sandbox')).toBe('')
      const colour = await frame
        .locator('#shown')
        .evaluate("getComputedStyle(document.getElementById('shown')).color")
      expect(colour).toBe('rgb(1, 2, 3)')
      for (const id of ['#send', '#out', '#here']) await frame.locator(id).click()
      // A round trip through the page and its server: what the clicks began would have shown by then.
      await post(urlOf(inbox, 'slack'), { text: 'after the clicks' })
      await page.getByText('after the clicks').waitFor()
      expect(page.url()).toBe(`${inbox.url}/`)
      expect(other.received()).toEqual([])
      expect(ran).toEqual([])
    })

    it('is readable in light and in dark', async () => {
      const inbox = await startInbox()
      await post(urlOf(inbox, 'slack'), { text: 'hello <!channel>' })
      inbox.behave('slack', 'error')
      await post(urlOf(inbox, 'slack'), { text: 'not taken' })
      const measure = async (scheme: 'light' | 'dark') => {
        const { page } = await openPage(inbox.url, scheme)
        await page.getByText('not taken').waitFor()
        return (await page.evaluate(measureContrast)) as { contrast: number; back: number }[]
      }
      const [light, dark] = [await measure('light'), await measure('dark')]
      for (const { contrast } of [...light, ...dark]) expect(contrast).toBeGreaterThan(4.5)
      expect(light[0]!.back).toBeGreaterThan(0.9)
      expect(dark[0]!.back).toBeLessThan(0.1)
    })
  },
)
