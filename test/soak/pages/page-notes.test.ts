import { describe, expect, it } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import { hasBrowser, openPage, unlessSkipped } from '../../unit/cli/browser.ts'
import { post, startInbox, urlOf } from '../../unit/cli/inbox.ts'

const han = /\p{Script=Han}/u

/** A message per remark that a fake makes on what our own senders never do. */
const odd: readonly (readonly [provider: Parameters<typeof urlOf>[1], body: unknown])[] = [
  ['dingtalk', { msgtype: 'text', text: { content: 'x' }, at: { atUserIds: ['zhang'] } }],
  ['wecom', { msgtype: 'markdown_v2', markdown_v2: { content: '<@zhang>' } }],
  ['slack', { text: 'x'.repeat(40_001) }],
  ['rocketchat', { attachments: [{ text: 'x' }] }],
  ['discord', { content: 'x' }],
  ['googlechat', { text: 'x', thread: { threadKey: 'a' } }],
]

describe.skipIf(!hasBrowser)(`the page and what the fakes remark${unlessSkipped}`, () => {
  it('shows every note in Chinese on a Chinese page and in English on an English one', async () => {
    const inbox = await startInbox({ rateLimits: false })
    const hub = createHub({ service: 'billing', channels: inbox.channels })
    hub.publish({ message: 'card gateway timeout', severity: 'critical' })
    await hub.close()
    for (const [provider, body] of odd) await post(urlOf(inbox, provider), body)
    const remarked = inbox.received().filter(({ view }) => view.notes.length > 0)
    expect(remarked.length).toBeGreaterThan(odd.length)
    for (const locale of ['zh-CN', 'en-GB']) {
      const { page } = await openPage(inbox.url, { locale })
      await page
        .locator('article')
        .nth(inbox.received().length - 1)
        .waitFor()
      const notes = await page.locator('article .note').allInnerTexts()
      expect(notes.length).toBeGreaterThan(odd.length)
      expect(notes.filter((note) => han.test(note) !== (locale === 'zh-CN'))).toEqual([])
    }
  })
})
