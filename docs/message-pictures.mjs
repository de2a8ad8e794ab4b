/**
 * Takes the pictures of docs/messages.md: ten kinds of messages as six apps show them, one sheet for each app
 * and colour scheme, drawn by the page of an inbox. Part of `node docs/screenshots.mjs messages`.
 */
import * as core from '../packages/alert-core/dist/index.js'
import { createInbox } from '../packages/alert-transport/dist/index.js'
import { kinds, runKind } from './message-kinds.mjs'

/** Each app in the language that its users are most likely to have; `columns` fit what it shows. */
export const sheets = [
  { name: 'slack', locale: 'en', columns: 3, width: 440 },
  { name: 'email', locale: 'en', columns: 2, width: 640, scale: 0.75 },
  { name: 'telegram', locale: 'en', columns: 3, width: 440 },
  { name: 'dingtalk', locale: 'zh-CN', columns: 3, width: 440 },
  { name: 'feishu', locale: 'zh-CN', columns: 3, width: 440 },
  { name: 'wecom', locale: 'zh-CN', columns: 3, width: 440 },
]

const shown = [
  'Burst',
  'Uncaught exception',
  'Escalated',
  'Resolved by a record',
  'Resolved by quiet',
  'Absence',
  'Storm',
  'Recurred',
  'Delivery failing',
  'Digest',
]

/** @param {{ only: string[], open: (url: string, colorScheme: string) => Promise<object>,
 *   save: (name: string, png: Buffer) => void }} how */
export async function takeMessageSheets({ only, open, save }) {
  for (const sheet of sheets.filter(({ name }) => only.length === 0 || only.includes(name))) {
    let at = 0
    const inbox = await createInbox({ rateLimits: false, now: () => at })
    for (const name of shown) {
      const kind = kinds.find((one) => one.name === name)
      const { message, context, planned } = await lastSent(kind, sheet, inbox.channels[sheet.name])
      at = context.now()
      const opened = await planned.definition.open(planned.providerOptions)
      const { signal } = new AbortController()
      const receipt = await opened.send(message, { ...context, fetch, signal, now: () => at })
      await opened.close?.()
      if (receipt.status !== 'delivered') throw new Error(`${sheet.name}, ${name}: ${receipt.why}`)
    }
    for (const scheme of ['light', 'dark']) {
      const page = await open(inbox.url, scheme, sheet)
      save(`messages-${sheet.name}-${scheme}`, await pictureOf(page, sheet), { mostColours: 16 })
      await page.context().close()
    }
    await inbox.close()
  }
}

/** What a channel is sent of a kind: the message that docs/messages.md shows. */
async function lastSent(kind, { name, locale }, channel) {
  let found
  await runKind(kind, {
    locale,
    core,
    // On whatever machine the pictures are taken.
    process: 'web-1',
    channels: { [name]: { type: name, ...channel } },
    receive(_, message, context, planned) {
      if (kind.last || found === undefined)
        found = { message, context: { ...context, now: fixed(context.now()) }, planned }
    },
  })
  return found
}

const fixed = (at) => () => at

/** The apps alone, in columns, each below the name of its kind. */
async function pictureOf(page, { name, columns, width }) {
  await page
    .locator(`article[data-provider="${name}"] .app`)
    .nth(shown.length - 1)
    .waitFor()
  await page.evaluate(
    async ({ name, columns, width, titles }) => {
      const articles = [...document.querySelectorAll(`article[data-provider="${name}"]`)]
      const ordered = articles.sort((a, b) => Number(a.dataset.id) - Number(b.dataset.id))
      const sheet = document.createElement('div')
      sheet.id = 'sheet'
      const lanes = Array.from({ length: columns }, () => document.createElement('div'))
      sheet.style.cssText = `display:flex;gap:20px;padding:20px;width:max-content;align-items:flex-start`
      for (const lane of lanes) lane.style.cssText = `width:${width}px;display:grid;gap:20px`
      sheet.append(...lanes)
      const cells = ordered.map((article, index) => {
        const cell = document.createElement('section')
        const title = document.createElement('h2')
        title.textContent = titles[index]
        title.style.cssText = 'font-size:13px;margin:0 0 6px'
        cell.append(title, article.querySelector('.app'))
        return cell
      })
      document.body.replaceChildren(sheet)
      // Into the lane that is shortest, as cards are pinned to a board.
      for (const cell of cells) {
        const heights = lanes.map((lane) => lane.offsetHeight)
        const frame = cell.querySelector('iframe')
        // A frame that may be measured is as high as what it shows.
        if (frame !== null) frame.sandbox = 'allow-same-origin'
        lanes[heights.indexOf(Math.min(...heights))].append(cell)
        if (frame !== null) {
          await new Promise((done) => frame.addEventListener('load', done, { once: true }))
          frame.style.height = `${frame.contentDocument.documentElement.offsetHeight}px`
        }
      }
    },
    { name, columns, width, titles: shown },
  )
  return page.locator('#sheet').screenshot()
}
