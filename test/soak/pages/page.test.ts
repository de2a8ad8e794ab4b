import { describe, expect, it } from 'vitest'
import { createInbox } from '#cli/inbox/inbox.ts'
import { hasBrowser, openPage, unlessSkipped } from '../../unit/cli/browser.ts'
import { post, startInbox, urlOf } from '../../unit/cli/inbox.ts'

describe('the policy of the page', () => {
  it('lets only its own scripts run, by a nonce that is new every time', async () => {
    const inbox = await startInbox()
    const [one, other] = [await fetch(inbox.url), await fetch(inbox.url)]
    const policy = one.headers.get('content-security-policy') ?? ''
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/script-src[^;]*(unsafe|self|\*)/)
    expect(await one.text()).toContain(`<script type="module" nonce="${nonce}"`)
    expect(other.headers.get('content-security-policy')).not.toBe(policy)
  })

  it('serves the parts of the page and no other file', async () => {
    const inbox = await startInbox()
    const script = await fetch(`${inbox.url}/page/apps/slack.js`)
    expect(script.status).toBe(200)
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect((await fetch(`${inbox.url}/page/style/page.css`)).headers.get('content-type')).toMatch(
      /^text\/css/,
    )
    const elsewhere = [
      '/page/nothing.js',
      '/page/../package.json',
      '/page/%2e%2e/src/cli.js',
      '/page/a/b/c.js',
      '/page/index.html',
    ]
    for (const path of elsewhere) expect((await fetch(inbox.url + path)).status, path).toBe(404)
  })
})

describe('what the page gets about the inbox', () => {
  it('names the providers, their modes, their rates and their orders', async () => {
    const inbox = await startInbox()
    inbox.behave('slack', { mode: 'hang', times: 2 })
    inbox.behave('webhook', { status: 418 })
    const hello = (await (await fetch(`${inbox.url}/api/inbox`)).json()) as {
      providers: { name: string; title: string; modes: string[]; rate?: object }[]
      orders: object
      channels: object
      from: number | null
    }
    const slack = hello.providers.find(({ name }) => name === 'slack')
    expect(slack).toMatchObject({ title: 'Slack', rate: { burst: 3, everyMs: 1_000 } })
    expect(slack?.modes).toContain('rate-limited')
    expect(hello.orders).toEqual({
      slack: { mode: 'hang', left: 2 },
      webhook: { mode: 'answer', status: 418, left: null },
    })
    expect(hello.channels).toEqual(inbox.channels)
    expect(hello.from).toBeNull()
  })
})

describe.skipIf(!hasBrowser)(`the page${unlessSkipped}`, () => {
  it('shows channel options to paste while nothing has arrived', async () => {
    const inbox = await startInbox()
    const { page } = await openPage(inbox.url)
    await page.getByText('Nothing has arrived yet.').waitFor()
    expect(await page.locator('#empty pre').textContent()).toContain(urlOf(inbox, 'slack'))
  })

  it('offers the channel options to paste also later, of the chosen channel or of all', async () => {
    const inbox = await startInbox()
    await post(urlOf(inbox, 'slack'), { text: 'the first' })
    await post(urlOf(inbox, 'wecom'), { msgtype: 'text', text: { content: 'the second' } })
    const { page } = await openPage(inbox.url)
    await page.locator('#options summary').click()
    const shown = page.locator('#options pre')
    const pasted = async () => JSON.parse(`{${await shown.textContent()}}`).channels
    expect(await pasted()).toEqual(inbox.channels)
    await page.locator('[data-channel="slack"]').click()
    expect(await pasted()).toEqual({ slack: inbox.channels.slack })
    await page.getByRole('button', { name: '中文' }).click()
    await page.getByText('通道配置').waitFor()
  })

  it('lists what was there and what arrives, newest first, and can be cleared', async () => {
    const inbox = await startInbox()
    await post(urlOf(inbox, 'slack'), { text: 'the first' })
    const { page, pageErrors } = await openPage(inbox.url)
    await page.locator('.app').getByText('the first').waitFor()
    inbox.behave('wecom', 'refuse')
    await post(urlOf(inbox, 'wecom'), { msgtype: 'text', text: { content: 'the second' } })
    await page.locator('.app').getByText('the second').waitFor()
    const cards = await page.locator('article').allInnerTexts()
    expect(cards[0]).toMatch(/WeCom\s+refused: 200[\s\S]+the second[\s\S]+10 of 2,048 bytes/)
    expect(cards[1]).toMatch(/Slack\s+taken[\s\S]+the first[\s\S]+9 of 40,000 characters/)
    await page.getByRole('status').getByText('2 received').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('Nothing has arrived yet.').waitFor()
    expect(inbox.received()).toEqual([])
    expect(pageErrors).toEqual([])
  })

  it('filters by channel and by words, also what arrives later', async () => {
    const inbox = await startInbox()
    await post(urlOf(inbox, 'slack'), { text: 'card gateway timeout' })
    await post(urlOf(inbox, 'slack'), { text: 'disk full' })
    await post(urlOf(inbox, 'wecom'), { msgtype: 'text', text: { content: 'Gateway gone' } })
    const { page } = await openPage(inbox.url)
    const shown = page.locator('article:visible')
    await page.locator('article').nth(2).waitFor()
    await page.getByRole('searchbox').fill('gateway')
    await page.getByRole('status').getByText('2 of 3 shown').waitFor()
    await page.getByRole('navigation').getByRole('button', { name: 'Slack' }).click()
    await page.getByRole('status').getByText('1 of 3 shown').waitFor()
    expect(await shown.textContent()).toContain('card gateway timeout')
    await post(urlOf(inbox, 'wecom'), { msgtype: 'text', text: { content: 'gateway again' } })
    await page.getByRole('status').getByText('1 of 4 shown').waitFor()
    await page.getByRole('navigation').getByRole('button', { name: 'All channels' }).click()
    await page.getByRole('status').getByText('3 of 4 shown').waitFor()
    await page.getByRole('searchbox').fill('nowhere')
    await page.getByText('No message matches.').waitFor()
  })

  it('makes a provider fail once, shows that it will, and takes it back', async () => {
    const inbox = await startInbox()
    const { page } = await openPage(inbox.url)
    await page.getByLabel('Provider').selectOption('slack')
    const panel = page.locator('#failures')
    await panel.getByRole('button', { name: '429' }).click()
    await panel.getByText('Slack: will 429 once').waitFor()
    expect((await post(urlOf(inbox, 'slack'), { text: 'one' })).status).toBe(429)
    await panel.getByText('Slack: answers as usual').waitFor()
    expect((await post(urlOf(inbox, 'slack'), { text: 'two' })).status).toBe(200)
    await page.getByLabel('How often').selectOption('always')
    await panel.getByRole('button', { name: '500' }).click()
    await panel.getByText('Slack: will 500 until reset').waitFor()
    expect((await post(urlOf(inbox, 'slack'), { text: 'three' })).status).toBe(500)
    await page.locator('article').getByText('refused: 500').waitFor()
    await panel.getByRole('button', { name: 'As usual' }).click()
    await panel.getByText('Slack: answers as usual').waitFor()
    expect((await post(urlOf(inbox, 'slack'), { text: 'four' })).status).toBe(200)
  })

  it.each([
    ['429', '429', 'rate_limited'],
    ['500', '500', 'Internal Server Error'],
    ['Refuse', 'refused: 400', 'invalid_payload'],
  ])('has a button that makes the next message meet %s', async (button, outcome, answer) => {
    const inbox = await startInbox()
    const { page } = await openPage(inbox.url)
    await page.getByLabel('Provider').selectOption('slack')
    await page.locator('#failures').getByRole('button', { name: button }).click()
    await page.locator('#failures').getByText('Slack: will').waitFor()
    await post(urlOf(inbox, 'slack'), { text: 'not now' })
    await page.locator('article').getByText(outcome).waitFor()
    await page.locator('aside').getByText(answer).waitFor()
  })

  it('has a button that leaves the next message without an answer', async () => {
    const inbox = await startInbox()
    const { page } = await openPage(inbox.url)
    await page.getByLabel('Provider').selectOption('slack')
    await page.locator('#failures').getByRole('button', { name: 'Hang' }).click()
    await page.locator('#failures').getByText('Slack: will Hang once').waitFor()
    const gaveUp = new AbortController()
    const hung = post(urlOf(inbox, 'slack'), { text: 'not now' }, { signal: gaveUp.signal })
    await page.locator('article').getByText('refused: no answer').waitFor()
    gaveUp.abort()
    await expect(hung).rejects.toThrow('aborted')
  })

  it('says how much of the rate was used, and under the message when little is left', async () => {
    const inbox = await startInbox({ now: () => 0 })
    const { page } = await openPage(inbox.url)
    await post(urlOf(inbox, 'slack'), { text: 'one' })
    await page.locator('aside').getByText('1 of 3 used').waitFor()
    expect(await page.locator('article').textContent()).not.toContain('used')
    await post(urlOf(inbox, 'slack'), { text: 'two' })
    await page.locator('article').getByText('2 of 3 used').waitFor()
    await post(urlOf(inbox, 'slack'), { text: 'three' })
    await post(urlOf(inbox, 'slack'), { text: 'four' })
    await page.locator('article', { hasText: 'four' }).getByText('3 of 3 used').waitFor()
    await page.locator('article').getByText('refused: 429').waitFor()
  })

  it('shows the request beside the message: answer, limits, headers and indented JSON', async () => {
    const inbox = await startInbox()
    await post(urlOf(inbox, 'dingtalk'), { msgtype: 'text', text: { content: 'hello' } })
    const { page } = await openPage(inbox.url)
    await page.locator('article').click()
    const detail = page.getByRole('complementary', { name: 'Request' })
    await detail.getByText('20 in a minute').waitFor()
    const words = await detail.textContent()
    expect(words).toContain('DingTalk #1')
    expect(words).toMatch(/of 20,000 bytes/)
    expect(words).toContain('POST /dingtalk/robot/send?access_token=')
    expect(words).toContain('"msgtype": "text",\n  "text": {\n    "content": "hello"')
    await detail.getByText(/^Headers/).click()
    await detail.getByText('content-type: application/json').waitFor()
  })

  it('reconnects by itself when the inbox was away, and forgets what another one had received', async () => {
    const first = await createInbox()
    const port = Number(new URL(first.url).port)
    await post(urlOf(first, 'slack'), { text: 'before' })
    await post(urlOf(first, 'slack'), { text: 'before too' })
    const { page } = await openPage(first.url)
    await page.locator('.app').getByText('before too').waitFor()
    await first.close()
    await page.getByRole('status').getByText('connection lost').waitFor()
    const second = await startInbox({ ports: { http: port } })
    await post(urlOf(second, 'slack'), { text: 'after' })
    await page.locator('.app').getByText('after').waitFor()
    await page.getByRole('status').getByText('1 received').waitFor()
    expect(await page.locator('article').count()).toBe(1)
  })
})
