/** Opens pages of an inbox in a real browser; nothing the page does leaves this machine. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach } from 'vitest'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Without a browser, the tests that need one are skipped. */
export const hasBrowser = existsSync(executablePath)

/** For the title of a test: the command that brings what it needs, if it is skipped. */
export const unlessSkipped = hasBrowser ? '' : ' (skipped; run: apt-get install chromium)'

/** As generous as a test's own time: what is waited for may be long in coming on a slow machine. */
const timeout = 100_000

let browser: Browser | undefined
const pages: Page[] = []

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()))
})
afterAll(() => browser?.close())

/**
 * Opens an address, by default in English and in light colours. `ran` gathers what scripts of a message
 * would say if they got to run, `asked` every address that the page asked for.
 */
export async function openPage(
  url: string,
  options: BrowserContextOptions & { on?: (page: Page) => unknown } = {},
) {
  browser ??= await chromium.launch({ executablePath, args: flags, timeout })
  const { on, ...context } = options
  const page = await (
    await browser.newContext({ locale: 'en-GB', colorScheme: 'light', ...context })
  ).newPage()
  page.setDefaultTimeout(timeout)
  pages.push(page)
  const ran: string[] = []
  const asked: string[] = []
  const pageErrors: string[] = []
  page.on('dialog', (dialog) => {
    ran.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('request', (request) => asked.push(request.url()))
  page.on('pageerror', (error) => pageErrors.push(error.message))
  await on?.(page)
  await page.goto(url)
  return { page, ran, asked, pageErrors }
}

/** What {@link measureContrast} says of one element that holds words. */
export interface Contrast {
  readonly words: string
  readonly contrast: number
}

/** Runs in the page: the contrast of every visible text with what is behind it. */
export const measureContrast = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const luminance = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => {
      const share = part / 255
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const behind = (node) => {
    const colour = getComputedStyle(node).backgroundColor
    return parts(colour)[3] === 0 && node.parentElement ? behind(node.parentElement) : colour
  }
  const holdsWords = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim() !== '')
  return [...document.querySelectorAll('body *')]
    .filter((node) => holdsWords(node) && node.checkVisibility() && !node.matches('script, style, .skip, option'))
    .map((node) => {
      const [text, back] = [luminance(getComputedStyle(node).color), luminance(behind(node))]
      const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05)
      return { words: node.className + ': ' + node.textContent.slice(0, 40), contrast }
    })
})()`
