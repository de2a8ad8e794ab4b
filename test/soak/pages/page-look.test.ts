import { describe, expect, it } from 'vitest'
import {
  type Contrast,
  hasBrowser,
  measureContrast,
  openPage,
  unlessSkipped,
} from '../../unit/cli/browser.ts'
import { post, startInbox, urlOf } from '../../unit/cli/inbox.ts'

async function startFilled() {
  const inbox = await startInbox()
  for (const text of ['one', 'two', 'three <!channel>']) await post(urlOf(inbox, 'slack'), { text })
  return inbox
}

describe.skipIf(!hasBrowser)(`the page and the people${unlessSkipped}`, () => {
  it('is readable in light and in dark, as the system asks and as the button says', async () => {
    const inbox = await startFilled()
    inbox.behave('slack', 'error')
    await post(urlOf(inbox, 'slack'), { text: 'not taken' })
    const back = () => 'getComputedStyle(document.body).backgroundColor'
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openPage(inbox.url, { colorScheme })
      await page.locator('.app').getByText('not taken').waitFor()
      const measured = (await page.evaluate(measureContrast)) as Contrast[]
      expect(measured.length).toBeGreaterThan(30)
      expect(measured.filter(({ contrast }) => contrast < 4.5)).toEqual([])
      const before = await page.evaluate(back())
      await page.getByRole('button', { name: 'Colours: system' }).click()
      if (colorScheme === 'light') await page.getByRole('button', { name: 'Colours: light' }).click()
      expect(await page.evaluate(back())).not.toBe(before)
      await page.reload()
      await page.locator('.app').getByText('not taken').waitFor()
      expect(await page.evaluate(back())).not.toBe(before)
    }
  })

  it('is worked with the keyboard alone', async () => {
    const inbox = await startFilled()
    const { page } = await openPage(inbox.url, { viewport: { width: 900, height: 700 } })
    await page.locator('.app').getByText('three').waitFor()
    const chosen = page.locator('article.chosen')
    await page.keyboard.press('j')
    expect(await chosen.getAttribute('data-id')).toBe('3')
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    expect(await chosen.getAttribute('data-id')).toBe('1')
    await page.keyboard.press('k')
    expect(await chosen.getAttribute('data-id')).toBe('2')
    expect(await page.evaluate('document.activeElement.dataset.id')).toBe('2')
    await page.keyboard.press('Enter')
    await page.locator('aside').getByText('Slack #2').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('aside').waitFor({ state: 'hidden' })
    expect(await page.evaluate('document.activeElement.dataset.id')).toBe('2')
    await page.keyboard.press('/')
    await page.keyboard.type('jjj')
    await page.getByText('No message matches.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('status').getByText('3 received').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('previous message').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('fits a narrow screen: nothing sticks out, the request covers the list and closes again', async () => {
    const inbox = await startFilled()
    await post(urlOf(inbox, 'webhook'), {
      subject: 'x'.repeat(300),
      id: 'y'.repeat(300),
      nested: { z: 'z'.repeat(300) },
    })
    const { page } = await openPage(inbox.url, { viewport: { width: 360, height: 640 } })
    // They come one by one; the first on the page is the last of them.
    await page.getByRole('status').getByText('4 received').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    // One strip of channels and two closed panels, then at once the messages.
    expect((await page.locator('article').first().boundingBox())?.y).toBeLessThan(300)
    const detail = page.locator('aside')
    expect(await detail.isVisible()).toBe(false)
    await page.locator('article').first().locator('h2').click()
    await detail.getByText('Webhook #4').waitFor()
    expect((await detail.boundingBox())?.width).toBe(360)
    await detail.getByRole('button', { name: 'Close' }).click()
    await detail.waitFor({ state: 'hidden' })
  })

  it('speaks Chinese to a Chinese browser, and either language on demand', async () => {
    const inbox = await startFilled()
    const { page } = await openPage(inbox.url, { locale: 'zh-CN' })
    await page.getByRole('status').getByText('已收到 3 条').waitFor()
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN')
    expect(await page.locator('article').first().textContent()).toMatch(/已接收[\s\S]+提醒 !channel/)
    expect(await page.evaluate('document.body.innerText')).not.toMatch(
      /received|refused|taken|Provider|Request/,
    )
    await post(urlOf(inbox, 'dingtalk'), {
      msgtype: 'text',
      text: { content: 'x' },
      at: { atUserIds: ['zhang'] },
    })
    await page.locator('article').getByText('zhang 在 at 列表中').waitFor()
    await page.getByRole('navigation').getByRole('button', { name: '钉钉' }).click()
    await page.locator('#failures').getByRole('button', { name: '拒绝' }).click()
    await page.locator('#failures').getByText('钉钉：将拒绝').waitFor()
    await page.locator('#failures').getByRole('button', { name: '恢复正常' }).click()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('上一条').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    inbox.clear()
    await page.getByText('还没有收到消息。').waitFor()
    for (const text of ['one', 'two', 'three'])
      await post(urlOf(inbox, 'wecom'), { msgtype: 'text', text: { content: text } })
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('status').getByText('3 received').waitFor()
    await page.reload()
    await page.getByRole('status').getByText('3 received').waitFor()
    expect(await page.evaluate('document.title')).toBe('Inbox')
  })
})
