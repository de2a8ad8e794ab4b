import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { controlHandler } from '#core/control/control-handler.ts'
import { signLink } from '#core/control/link-token.ts'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertOptions } from '#core/options.ts'
import type { Contrast } from '../../unit/cli/browser.ts'
import { hasBrowser, measureContrast, openPage, unlessSkipped } from '../../unit/cli/browser.ts'
import { startInbox } from '../../unit/cli/inbox.ts'

const secret = ['a', 'secret', 'for', 'this', 'test'].join('-')
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** A service with a mail channel and its page mounted in a server of its own. */
async function startService(more: AlertOptions = {}) {
  const inbox = await startInbox()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops`
  const mail = {
    ...inbox.channels.email,
    type: 'email',
    wait: 0,
    interval: 0,
    repeat: '1s',
    sendResolved: true,
  }
  const hub = createHub(
    { service: 'payments', env: 'prod', channels: { mail } as never, control: { url, secret }, ...more },
    { env: {}, warn: () => {} },
  )
  server.on('request', controlHandler(hub))
  onTestFinished(async () => {
    await hub.close(1000)
    server.closeAllConnections()
    server.close()
  })
  const fail = (msg: string, level = 50) => hub.write(JSON.stringify({ level, time: Date.now(), msg }))
  const events: string[] = []
  hub.subscribe((event) => events.push(event.type === 'suppressed' ? event.reason : event.type))
  return { inbox, hub, url, fail, events }
}

/** The links in the text of a mail, by what stands before them. */
function linksIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/^([^\n:]+): (http:\S+)$/gm)].map(([, name, link]) => [name, link]),
  )
}

async function seriousProblems(page: Page): Promise<string[]> {
  // The page allows no script of its own: this one comes from the test.
  await page.evaluate(readFileSync(axe, 'utf8'))
  const found = (await page.evaluate('axe.run()')) as { violations: { id: string; impact: string }[] }
  return found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id }) => id)
}

describe.skipIf(!hasBrowser)(`a link in a mail${unlessSkipped}`, () => {
  it('silences the alert for an hour, until that is undone', async () => {
    const { inbox, hub, url, fail, events } = await startService()
    fail('card gateway timeout')
    const mail = await inbox.next({ provider: 'email' })
    const links = linksIn(mail.view.text)
    expect(Object.keys(links)).toEqual(['Acknowledge', 'Silence 1 h', 'Details'])

    // A link checker opens every link.
    for (const link of Object.values(links)) expect((await fetch(link)).status).toBe(200)
    expect(hub.status()).toMatchObject({ silences: [] })
    expect(hub.status().alerts[0]).not.toHaveProperty('acknowledged')

    const { page, pageErrors } = await openPage(links['Silence 1 h']!, {
      viewport: { width: 390, height: 844 },
    })
    await page.getByLabel('Your name (optional)').fill('Ann')
    await page.getByRole('button', { name: 'Silence 1 h' }).click()
    await page
      .getByRole('status')
      .getByText(/^Silenced by Ann until /)
      .waitFor()

    const silenced = new Promise<void>((resolve) =>
      hub.subscribe((event) => event.type === 'suppressed' && event.reason === 'silenced' && resolve()),
    )
    fail('card gateway timeout')
    await silenced
    expect(inbox.received({ provider: 'email' })).toHaveLength(1)

    await page.getByRole('link', { name: 'All alerts' }).click()
    await page.getByText('ID ', { exact: false }).first().waitFor()
    expect(page.url().startsWith(url)).toBe(true)
    expect(await page.locator('main').textContent()).toMatch(
      /card gateway timeout.+Silenced by Ann.+Silences\s*ID \w+\s*Silenced by Ann/,
    )
    await page.getByRole('link', { name: 'card gateway timeout' }).click()
    await page.getByRole('button', { name: 'End silence' }).click()
    await page.getByRole('button', { name: 'Silence 1 d' }).waitFor()
    expect(hub.status().silences).toEqual([])

    const next = inbox.next({ provider: 'email' })
    fail('card gateway timeout')
    expect((await next).view.text).toMatch(
      /^The silence by Ann ended at .*; still firing, 1 time while silenced\./,
    )
    expect(events).toContain('silenced')
    expect(pageErrors).toEqual([])
  })

  it('is refused if it is forged or has expired, and says nothing of the alert', async () => {
    const { inbox, hub, fail } = await startService()
    fail('card gateway timeout')
    const link = linksIn((await inbox.next({ provider: 'email' })).view.text)['Acknowledge']!
    const [, id = ''] = /\/a\/([0-9a-f]+)/.exec(link) ?? []
    const expired = signLink(secret, `alert ${id}`, Date.now() - 1000)
    const other = signLink(secret, 'alert 0000000000000000', Date.now() + 60_000)
    for (const token of [expired, other, 'forged', '']) {
      const address = new URL(link)
      address.searchParams.set('t', token)
      const { page } = await openPage(String(address), { bypassCSP: true })
      expect(await page.locator('main').textContent()).toMatch(
        /^403This link is not valid, or it has expired\. A later message/,
      )
      expect(await page.getByRole('button').count()).toBe(0)
      expect(await seriousProblems(page)).toEqual([])
      const posted = await fetch(address, {
        method: 'POST',
        body: new URLSearchParams({ do: 'acknowledge' }),
      })
      expect(posted.status).toBe(403)
    }
    expect(hub.status().alerts[0]).not.toHaveProperty('acknowledged')
  })

  it('acknowledges the alert, and undoes that', async () => {
    const { inbox, hub, fail } = await startService()
    fail('disk is full')
    const links = linksIn((await inbox.next({ provider: 'email' })).view.text)
    const { page } = await openPage(links['Acknowledge']!)
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click()
    await page.getByText('Acknowledged by somebody at').waitFor()
    expect(hub.status().alerts[0]).toHaveProperty('acknowledged')
    await page.getByRole('button', { name: 'Undo acknowledgement' }).click()
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).waitFor()
    expect(hub.status().alerts[0]).not.toHaveProperty('acknowledged')
  })

  it.each([
    ['light', 'en'],
    ['dark', 'en'],
    ['light', 'zh-CN'],
    ['dark', 'zh-CN'],
  ] as const)('leads to pages that everybody can read, %s, in %s', async (colorScheme, locale) => {
    const rules = [{ name: 'disk', match: { msg: { regex: '^disk' } }, resolve: { msg: 'disk is empty' } }]
    const { inbox, hub, fail } = await startService({ locale, rules })
    fail('disk is full', 60)
    const mail = await inbox.next({ provider: 'email' })
    const [link] = /http:\S+/.exec(mail.view.text.slice(mail.view.text.indexOf('/ops/a/') - 40))!
    const look = { colorScheme, viewport: { width: 360, height: 740 }, bypassCSP: true }
    const { page } = await openPage(link.replace(/&do=.*$/, ''), look)
    const { id } = hub.status().alerts[0]!
    for (const name of ['alert', 'taken', 'list', 'over']) {
      if (name === 'taken') {
        hub.acknowledge(id, { by: 'Ann', comment: 'rolling back' })
        hub.silence({ alert: id, for: '1h', by: 'Ann' })
        await page.reload()
      }
      if (name === 'over') {
        hub.write(JSON.stringify({ level: 30, time: Date.now(), msg: 'disk is empty' }))
        await page.goBack()
        await page.reload()
        expect(await page.getByRole('button').count()).toBe(0)
      }
      expect(await seriousProblems(page), name).toEqual([])
      const low = ((await page.evaluate(measureContrast)) as Contrast[]).filter(
        ({ contrast }) => contrast < 4.5,
      )
      expect(low, name).toEqual([])
      const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      expect(isWide, name).toBe(false)
      if (name === 'taken') await page.getByRole('link').last().click()
    }
  })
})
