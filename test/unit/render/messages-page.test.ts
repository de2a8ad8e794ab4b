/**
 * docs/messages.md shows what the product sends, and no message has a word that people should not read.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import { checkOptions } from '#core/options.ts'
import { mailSubject } from '#core/provider/markup.ts'
import { plain, writeFrame } from '#core/providers/console/console-frame.ts'
import { writeMailText } from '#core/providers/email/mail-text.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

const root = new URL('../../../', import.meta.url)
const { messagesPage } = (await import(new URL('docs/messages.mjs', root).href)) as {
  messagesPage(core: object): Promise<string>
}
const made = await messagesPage({
  createHub,
  createVirtualClock,
  checkOptions,
  mailSubject,
  plain,
  writeFrame,
  writeMailText,
})

test('docs/messages.md is what the product sends', () => {
  const committed = readFileSync(new URL('docs/messages.md', root), 'utf8')
  expect(committed === made, 'it is stale: npx -y pnpm@10 run docs writes it anew').toBe(true)
})

test('each kind of message reaches each family of channels', () => {
  expect(made).not.toContain('(none)')
})

/** Words that stand for our own inside, or that no operator would say. */
const forbidden = [
  /\btold\b/i,
  /\bheld\b/i,
  /\bgoes on\b/i,
  /\bin place of\b/i,
  /\btrouble\b/i,
  /\brefused\b/i,
  /\bstatus: over\b/i,
  /more severe than before/i,
  /\d (?:sec|hr)\b/,
  /UTC[+-]\d\d:\d\d/,
  /迟到|代替|暂存|已结束|没有其他通道接手|报警|警报|回归/,
  /\d(?:毫秒|秒|分钟|小时|天)/,
]

test.each(forbidden)('no message says %s', (word) => {
  const found = made.split('\n').filter((line) => word.test(line))
  expect(found).toEqual([])
})
