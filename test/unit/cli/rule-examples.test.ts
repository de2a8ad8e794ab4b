import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createProgram } from '#cli/program.ts'

const folder = fileURLToPath(new URL('../../../examples/rules/', import.meta.url))

/** What each example sends: moment, channel, reason, subject. */
const notified: Readonly<Record<string, readonly string[]>> = {
  'failed-job': [
    '03-06T02:00:05 ops first [ERROR] Job backup failed 3 times in a row',
    '03-07T02:00:00 ops resolved [RESOLVED] Job backup failed 3 times in a row',
  ],
  'core-down': [
    '03-02T10:00:00 chat first [CRITICAL] Core a is down',
    '03-02T10:00:40 chat resolved [RESOLVED] Core a is down ×4',
    '03-02T11:00:00 chat regression [CRITICAL] Core a is down (recurred)',
    '03-02T11:02:00 sms first [CRITICAL] Core a is down ×12 (unacknowledged 2 min)',
    '03-02T11:04:00 chat resolved [RESOLVED] Core a is down ×24',
    '03-02T11:04:00 sms resolved [RESOLVED] Core a is down ×24',
  ],
  'silent-job': [
    '03-04T04:00:00 ops first [CRITICAL] No job.ok for 25 hours',
    '03-05T03:00:00 ops resolved [RESOLVED] No job.ok for 25 hours',
  ],
  'failed-payments': [
    '03-02T15:03:10 ops first [CRITICAL] Payments fail for many users of north ×20',
    '03-02T15:05:50 ops repeat [CRITICAL] Payments fail for many users of north ×30 (still firing)',
  ],
  'many-errors': [
    '03-02T11:00:29 ops first [ERROR] shop: Many more errors of shop than usual ×68 (spike)',
    '03-02T11:01:59 ops repeat [ERROR] shop: Many more errors of shop than usual ×118 (still firing)',
  ],
  'expected-retries': [
    '03-02T12:06:43 ops first [ERROR] ledger is retried again and again ×202',
    '03-02T12:10:58 ops repeat [ERROR] ledger is retried again and again ×300 (still firing)',
  ],
}

interface Notified {
  readonly at: string
  readonly channel: string
  readonly reason: string
  readonly subject: string
}

async function replay(name: string): Promise<readonly Notified[]> {
  let printed = ''
  const out = (text: string) => {
    printed += text
  }
  const args = ['replay', `${folder}${name}.ndjson`, '--config', `${folder}${name}.json`, '--json']
  await createProgram({ out, signal: new AbortController().signal }).parseAsync(args, { from: 'user' })
  return JSON.parse(printed).notified
}

describe('the examples of rules', () => {
  it.each(Object.keys(notified))('%s sends what its page says', async (name) => {
    const lines = await replay(name)
    expect(
      lines.map(({ at, channel, reason, subject }) => `${at.slice(5, 19)} ${channel} ${reason} ${subject}`),
    ).toEqual(notified[name])
  })

  it('are all listed and run', () => {
    const names = readdirSync(folder).flatMap((file) =>
      file.endsWith('.ndjson') ? [file.slice(0, -'.ndjson'.length)] : [],
    )
    expect(names.toSorted()).toEqual(Object.keys(notified).toSorted())
    const page = readFileSync(`${folder}README.md`, 'utf8')
    const program = readFileSync(`${folder}main.mjs`, 'utf8')
    for (const name of names) {
      expect(page).toContain(`(${name}.json)`)
      expect(program).toContain(`'${name}'`)
    }
  })
})
