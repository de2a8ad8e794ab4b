/**
 * Takes the pictures of docs/images: one notification through every provider into a local inbox, then each
 * card of its page; and the kinds of messages in some apps. Run by hand after a build, on a machine with
 * Chromium ($CHROMIUM or /usr/bin/chromium), fonts for Chinese, and pngquant where the pictures are to be
 * small: `node docs/screenshots.mjs [provider…]`, or `node docs/screenshots.mjs messages [provider…]`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createHub } from '../packages/alert-core/dist/index.js'
import { createInbox } from '../packages/alert-transport/dist/index.js'
import { takeMessageSheets } from './message-pictures.mjs'

const maxBytes = 60_000
/** Of the whole page of the inbox. */
const maxPageBytes = 80_000
const folder = fileURLToPath(new URL('images/', import.meta.url))
const { chromium } = createRequire(new URL('../test/package.json', import.meta.url))('playwright-core')
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const { CHROMIUM: executablePath = '/usr/bin/chromium' } = process.env

/** The language that teams with these providers are most likely to use. */
const chinese = ['dingtalk', 'wecom', 'feishu', 'bark', 'serverchan', 'aliyun-sms', 'tencent-sms']
/** What shows a provider at its best. */
const extra = {
  dingtalk: { mentions: { critical: ['mobile:13800000000'] } },
  wecom: { mentions: { critical: ['zhangsan'] } },
  slack: { mentions: { critical: ['U012ABCDEF'] } },
}

warnWithoutChinese()
const [first, ...rest] = process.argv.slice(2)
const only = first === undefined || first === 'messages' ? rest : [first, ...rest]
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ executablePath, args: flags })
if (first !== 'messages') await takeProviders()
if (first === undefined || first === 'messages') await takeMessageSheets({ only, open: openSheet, save })
await browser.close()

async function takeProviders() {
  const inbox = await createInbox({ rateLimits: false })
  const names = Object.keys(inbox.channels).filter((name) => only.length === 0 || only.includes(name))
  await notify(
    Object.fromEntries(
      names.map((name) => [
        name,
        { ...inbox.channels[name], ...extra[name], ...(chinese.includes(name) && { locale: 'zh-CN' }) },
      ]),
    ),
  )
  for (const name of names) await takeCard(inbox.url, name)
  if (only.length === 0) await takeInbox(inbox.url)
  await inbox.close()
}

async function notify(to) {
  const hub = createHub({
    service: 'payments',
    env: 'prod',
    process: 'web-1',
    timeZone: 'Asia/Shanghai',
    context: {},
    closeTimeout: '9s',
    channels: to,
    trace: { url: 'https://trace.example.com/{traceId}' },
    rules: [
      {
        name: 'card gateway',
        match: { 'err.code': 'ETIMEDOUT' },
        severity: 'critical',
        code: 'CARD_GATEWAY_TIMEOUT',
        runbook: 'https://wiki.example.com/card-gateway',
      },
    ],
  })
  hub.subscribe((event) => {
    if (event.type === 'failed' || event.type === 'error') console.error(event)
  })
  const at = Date.now()
  const common = { requestId: 'req-7f3a91c2', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }
  const error = {
    type: 'GatewayTimeout',
    message: 'no answer from the card gateway in 5000 ms',
    code: 'ETIMEDOUT',
    stack: 'GatewayTimeout: no answer\n    at charge (/srv/payments/src/gateway.js:48:11)',
  }
  const lines = [
    { level: 30, msg: 'POST /orders/1042/pay', ...common },
    { level: 40, msg: 'card gateway is slow, second try', attempt: 2, ...common },
    { level: 50, msg: 'payment failed', err: error, ...common },
  ]
  for (const [index, line] of lines.entries())
    hub.write(JSON.stringify({ time: at - 3_000 + index * 1_000, ...line }))
  // However long that takes on a busy machine.
  while (!(await hub.flush()).delivered);
  await hub.close()
}

/** Without a font every character would be a box. */
function warnWithoutChinese() {
  try {
    if (execFileSync('fc-list', [':lang=zh'], { encoding: 'utf8' }).trim() !== '') return
  } catch {
    return
  }
  console.error('No font for Chinese: apt-get install fonts-wqy-microhei')
}

async function open(url, { width, height, deviceScaleFactor = 1.5, colorScheme = 'light' }) {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor,
    locale: 'en-GB',
    colorScheme,
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  await page.goto(url)
  await page.locator('article .app').first().waitFor()
  return page
}

function openSheet(url, colorScheme, { scale = 0.9 }) {
  return open(url, { width: 1400, height: 20_000, deviceScaleFactor: scale, colorScheme })
}

async function takeCard(url, name) {
  const page = await open(url, { width: 900, height: 14_000 })
  const found = page.locator(`article[data-provider="${name}"]`).last()
  if ((await found.count()) === 0) console.error(`${name}: nothing arrived`)
  else save(name, await pictureOf(found))
  await page.context().close()
}

/** The page draws its cards anew when something arrives, also while a picture is taken. */
async function pictureOf(found, triesLeft = 3) {
  try {
    return await found.screenshot()
  } catch (error) {
    if (triesLeft === 0) throw error
    return pictureOf(found, triesLeft - 1)
  }
}

async function takeInbox(url) {
  const page = await open(url, { width: 1440, height: 900, deviceScaleFactor: 1 })
  // Clicked from within: pictures that are drawn meanwhile move what a mouse would aim at.
  await page.locator('article[data-provider="slack"] h2').last().dispatchEvent('click')
  const card = page.locator('article[data-provider="slack"].chosen')
  await card.locator('.app').waitFor()
  await card.evaluate((node) => node.scrollIntoView({ block: 'start' }))
  save('inbox', await page.screenshot(), { maxBytes: maxPageBytes })
}

/** In as few colours, up to 64, as make it small enough. */
function save(name, png, { mostColours = 64, maxBytes: most = maxBytes } = {}) {
  const file = `${folder}${name}.png`
  for (const colours of [64, 16, 12, 10, 8].filter((count) => count <= mostColours)) {
    writeFileSync(file, png)
    const flags = ['--force', '--skip-if-larger', '--speed', '1', '--output', file]
    try {
      execFileSync('pngquant', [...flags, ...(colours < 64 ? ['--nofs'] : []), String(colours), file])
    } catch {
      // Not installed, or no gain: the picture stays as it was taken.
    }
    if (statSync(file).size <= most) break
  }
  const { size } = statSync(file)
  console.log(`${name}: ${size} bytes${size > most ? `, over ${most}` : ''}`)
}
