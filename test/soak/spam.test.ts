/** What SpamAssassin makes of the content of each kind of mail. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type Mail, mailsOf } from './mails.ts'
import { whyNot } from './servers.ts'

const noSpamAssassin = whyNot('spamassassin')

/** The points of each mail and the rules they come from, by local tests only. */
async function judge(mails: readonly Mail[]) {
  const child = spawn('spamassassin', ['-L', '-t', '--mbox'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const boxes = mails.map(
    ({ source }) => `From alerts@example.com Mon Nov 30 10:00:00 2026\n${unixLines(source)}\n`,
  )
  child.stdin.end(boxes.join('\n'))
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')])
  const found = [
    ...said.matchAll(/^X-Spam-Status: \w+, score=(-?[\d.]+) required=[\d.]+ tests=([^\n]*(?:\n\t[^\n]*)*)/gm),
  ]
  return found.map(([, score, rules = ''], index) => ({
    kind: mails[index]?.kind,
    score: Number(score),
    rules: rules.replace(/\s+autolearn[\s\S]*|\s+/g, ''),
  }))
}

/** As a mailbox has them; a line that would begin another mail is marked. */
function unixLines(source: string): string {
  return source.replaceAll('\r\n', '\n').replace(/^From /gm, '>From ')
}

describe.skipIf(noSpamAssassin)(`SpamAssassin${noSpamAssassin}`, () => {
  it.each(['en', 'zh-CN'] as const)('gives each kind of mail less than one point: %s', async (locale) => {
    const mails = await mailsOf(locale)
    const judged = await judge(mails)
    expect(judged).toHaveLength(mails.length)
    expect(judged.filter(({ score }) => score >= 1)).toEqual([])
    expect(new Set(mails.map(({ kind }) => kind)).size).toBeGreaterThan(15)
  })

  it('gives points to what looks like spam, or it would judge nothing', async () => {
    const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'
    const [one] = await judge([{ kind: 'spam', source: `Subject: x\n\n${gtube}\n` }])
    expect(one?.score).toBeGreaterThan(100)
  })
})
