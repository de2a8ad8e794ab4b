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
import { forbidden } from './forbidden.ts'

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

/** What the guide to messages asks of each kind: English, then Chinese. */
const guide: readonly (readonly [kind: string, english: readonly string[], chinese: readonly string[]])[] = [
  [
    'Burst',
    ['37 times in 4 s.', 'Latest: charge 37 failed'],
    ['4 秒内发生 37 次', '最近一条：charge 37 failed'],
  ],
  [
    'Spike',
    [
      '[WARNING] payments prod: failed logins ×49 (spike)',
      'Spike: 49 in 5 min, usually 10 (4.9 times as many).',
    ],
    ['[警告] payments prod：failed logins ×49（突增）', '突增：5 分钟内 49 次，平时约 10 次（4.9 倍）'],
  ],
  [
    'A row of failures',
    ['3 in a row (threshold 3), last success 21:05:12.'],
    ['连续 3 次（阈值 3 次），最近一次成功 21:05:12'],
  ],
  ['Uncaught exception', ['Uncaught exception.', 'Type: TypeError'], ['未捕获异常', '错误类型：TypeError']],
  [
    'Several processes',
    ['Process: web-1 (12), web-2 (9), web-3 (4) and 1 more', 'x26, 4 of 4 processes. 21:05 id '],
    ['实例：web-1（12 次）、web-2（9 次）、web-3（4 次）等 4 个', '×26，4/4 实例，21:05'],
  ],
  [
    'Acknowledged',
    ['(acknowledged)', 'Acknowledged by alice at 21:06:13. No reminders until it resolves or gets worse.'],
    ['（已认领）', 'alice 于 21:06:13 认领，恢复或级别升高前不再提醒'],
  ],
  [
    'Silenced',
    ['(silenced)', 'Silenced by alice until 22:06. The bank is informed'],
    ['（已静默）', 'alice 已静默至 22:06。The bank is informed'],
  ],
  [
    'Silence ended',
    ['(silence ended)', 'The silence by alice ended at 21:26:13; still firing, 4 times while silenced.'],
    ['（静默已结束）', 'alice 的静默已于 21:26:13 结束，问题仍在发生，静默期间 4 次'],
  ],
  [
    'Digest',
    [
      '[DIGEST] payments prod: 4 new, 1 still firing (24 h)',
      '×30, 4 users, resolved',
      'Not sent: 9 records in silences',
    ],
    [
      '[汇总] payments prod：新增 4、未恢复 1（24 小时）',
      '×30，影响用户 4 个，已恢复',
      '未发送：静默期间 9 条日志',
    ],
  ],
  [
    'Test',
    ['[TEST] payments prod: test message, nothing is wrong'],
    ['[测试] payments prod：测试消息，无需处理'],
  ],
  [
    'Too many kinds',
    ['The limit of 5 live alerts is reached: 7 more records since 21:05:12 have no alert of their own.'],
    ['活跃告警已达上限 5 个，21:05:12 以来另有 7 条日志未单独告警。'],
  ],
  [
    'Delivery failing',
    ['channel ops (Slack) is not delivering', 'Slack answered 403 invalid_token at 21:05:12.'],
    ['通道 ops（Slack）发送失败', '21:05:12 Slack 返回 403 invalid_token'],
  ],
  [
    'Quota reached',
    ['channel ops reached its limit of 1 per hour', '1 alert waits; sent at 22:05.'],
    ['通道 ops 已达限额（每小时 1 条）', '1 个告警等待发送，22:05 恢复'],
  ],
]

const sections = made.split(/^(?=#{2,3} .*, (?:English|Chinese)$)/m)
const section = (name: string) => sections.find((one) => one.startsWith(`### ${name}\n`)) ?? ''

test.each(guide)('the guide holds: %s', (kind, english, chinese) => {
  for (const words of english) expect(section(`${kind}, English`)).toContain(words)
  for (const words of chinese) expect(section(`${kind}, Chinese`)).toContain(words)
})

test('a test and the answer of somebody promise no reminder', () => {
  for (const kind of ['Test', 'Acknowledged', 'Silenced']) {
    expect(section(`${kind}, English`)).not.toContain('next reminder')
    expect(section(`${kind}, Chinese`)).not.toContain('再次提醒')
  }
})

test.each(forbidden)('no message says %s', (word) => {
  const found = made.split('\n').filter((line) => word.test(line))
  expect(found).toEqual([])
})
