import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Picture } from '../../contract/row.ts'
import { names, providerRows } from '../../contract/rows.ts'
import {
  type Contrast,
  hasBrowser,
  measureContrast,
  openPage,
  unlessSkipped,
} from '../../unit/cli/browser.ts'
import { startInbox } from '../../unit/cli/inbox.ts'

/** A body per provider, and what its app makes of it: words by the place where they are shown. */
const sent: readonly (readonly [provider: string, ...Picture])[] = [
  ...names.flatMap((name) => (providerRows[name]?.pictures ?? []).map((one) => [name, ...one] as const)),
  ['a-new-one', { message: 'words', code: 'X1' }, { '.plain': 'words', dd: 'X1' }],
]

/** Puts messages into the page's stream that no fake had to take, so that each app is tried alone. */
async function withMessages(page: Page) {
  const received = sent.map(([provider, body, , path = `/${provider}/`, headers = {}], index) => {
    const isText = typeof body === 'string'
    const type = isText ? 'application/x-www-form-urlencoded' : 'application/json'
    return {
      id: index + 1,
      at: 1_760_000_000_000,
      provider,
      ok: true,
      answer: { status: 200, body: 'ok' },
      request: {
        method: 'POST',
        path,
        headers: { 'content-type': type, ...headers },
        body: isText ? body : JSON.stringify(body),
        secure: false,
      },
      view: {
        text: '',
        mentions: ['@all'],
        notes: ['a note'],
        bytes: 10,
        size: 90,
        limit: 100,
        unit: 'bytes',
      },
    }
  })
  const events = received.map((one) => `id: ${one.id}\nevent: received\ndata: ${JSON.stringify(one)}\n\n`)
  const hello = `event: hello\ndata: ${JSON.stringify({ inbox: 'x', from: 1, orders: {}, providers: [], channels: {} })}\n\n`
  await page.route('**/api/events*', (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: hello + events.join('') }),
  )
}

describe.skipIf(!hasBrowser)(`the pictures of the apps${unlessSkipped}`, () => {
  it('show what each app would: headings, marks, facts, buttons, mentions, segments', async () => {
    const inbox = await startInbox()
    const { page, pageErrors } = await openPage(inbox.url, {
      viewport: { width: 1300, height: 20_000 },
      on: withMessages,
    })
    for (const [index, [provider, , shown]] of sent.entries()) {
      const app = page.locator(`article[data-id="${index + 1}"] .app`)
      await app.waitFor()
      for (const [place, words] of Object.entries(shown))
        expect((await app.locator(place).first().textContent())?.trim(), `${provider} ${place}`).toBe(words)
    }
    expect(pageErrors).toEqual([])
  })

  it('are readable in light and in dark', async () => {
    const inbox = await startInbox()
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openPage(inbox.url, {
        viewport: { width: 1300, height: 20_000 },
        colorScheme,
        on: withMessages,
      })
      // They come one by one.
      await page.locator(`article[data-id="${sent.length}"] .app`).waitFor()
      const measured = (await page.evaluate(measureContrast)) as Contrast[]
      expect(measured.length).toBeGreaterThan(200)
      // A colour that the sender chose is the sender's affair.
      const ours = measured.filter(({ words }) => !/: (?:red|y)$/.test(words))
      expect(ours.filter(({ contrast }) => contrast < 4.5)).toEqual([])
    }
  })
})
