import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '#cli/program.ts'
import { hasBrowser, openPage, unlessSkipped } from '../../unit/cli/browser.ts'

const start = Date.UTC(2026, 8, 21, 8)
const hostile = '</script><script>alert("ran")</script><img src=x onerror=alert("ran")>'

describe.skipIf(!hasBrowser)(`the page of a replay, in a browser${unlessSkipped}`, () => {
  let folder: string
  let url: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alert-replay-'))
    const log = Array.from({ length: 90 }, (_, minute) => {
      const fields =
        minute % 3 === 0 ? { level: 60, msg: `out of memory ${hostile}` } : { level: 50, msg: 'disk is full' }
      return JSON.stringify({ time: start + minute * 60_000, ...fields })
    })
    writeFileSync(join(folder, 'app.log'), log.join('\n'))
    writeFileSync(
      join(folder, 'config.yaml'),
      'channels:\n  ops: { type: console }\n  phone: { type: console, minSeverity: critical }\n',
    )
    const io = { out: () => {}, signal: new AbortController().signal }
    const files = ['app.log', 'config.yaml', 'report.html'].map((name) => join(folder, name))
    const [app, config, report] = files as [string, string, string]
    await createProgram(io).parseAsync(['replay', app, '--config', config, '--html', report], {
      from: 'user',
    })
    url = pathToFileURL(report).href
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`shows a timeline by channel, what each rule took, and the messages; ${colorScheme}, and nothing of a log runs`, async () => {
      const { page, ran, asked, pageErrors } = await openPage(url, { colorScheme })
      expect(await page.getByRole('heading').allTextContents()).toEqual([
        'What would have been notified',
        'Timeline',
        'By channel',
        'By rule',
        'Not notified',
        'Top alerts',
        'Messages',
      ])
      const marks = page.locator('svg circle')
      const messages = page.locator('details')
      expect(await marks.count()).toBe(await messages.count())
      expect(await marks.count()).toBeGreaterThan(4)
      expect(await page.locator('svg circle.critical').count()).toBeGreaterThan(0)
      const kinds = await page
        .locator('svg circle')
        .evaluateAll((circles) => circles.map((circle) => circle.getAttribute('class')))
      expect((await page.locator('.legend .key').allTextContents()).sort()).toEqual(
        [...new Set(kinds)].sort(),
      )
      const [paper, ink] = await page.evaluate<string[]>(
        '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
      )
      expect([paper, ink]).toEqual(
        colorScheme === 'light'
          ? ['rgb(255, 255, 255)', 'rgb(31, 35, 40)']
          : ['rgb(13, 17, 23)', 'rgb(230, 237, 243)'],
      )
      expect({ ran, pageErrors, asked }).toEqual({ ran: [], pageErrors: [], asked: [url] })
    })
  }

  it('opens the message behind a mark, by mouse and by keyboard', async () => {
    const { page } = await openPage(url)
    await page.locator('svg circle').first().click()
    expect(await page.locator('#notified-0').getAttribute('open')).not.toBeNull()
    await page.locator('svg circle').nth(1).press('Enter')
    expect(await page.locator('#notified-1').getAttribute('open')).not.toBeNull()
    expect(await page.locator('#notified-1 pre').textContent()).toContain('next reminder')
  })

  it('is readable on a phone, each row as a list, and turns with it', async () => {
    const { page } = await openPage(url, { viewport: { width: 360, height: 740 } })
    const widest =
      '[...document.querySelectorAll("body *")].map((node) => node.getBoundingClientRect().right)'
    expect(Math.max(...(await page.evaluate<number[]>(widest)))).toBeLessThanOrEqual(360)
    const sizes =
      '[...document.querySelectorAll("svg text")].map((node) => node.getBoundingClientRect().height)'
    expect(Math.min(...(await page.evaluate<number[]>(sizes)))).toBeGreaterThan(9)
    expect(await page.locator('tbody tr td').first().getAttribute('data-head')).toBe('channel')
    expect(await page.locator('thead').first().isVisible()).toBe(false)
    // Marks may lie on each other there.
    await page.locator('svg circle').first().press('Enter')
    expect(await page.locator('#notified-0 pre').isVisible()).toBe(true)
    const ticks = () => page.locator('svg text[text-anchor]').count()
    expect(await ticks()).toBe(3)
    await page.setViewportSize({ width: 900, height: 700 })
    await page.waitForFunction('document.querySelectorAll("svg text[text-anchor]").length === 7')
    expect(await page.locator('thead').first().isVisible()).toBe(true)
  })
})
