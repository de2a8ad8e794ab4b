/** The conversations that Dovecot makes of a service's mails by their headers: IMAP's THREAD. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createInbox } from '#cli/inbox/inbox.ts'
import { createHub } from '#core/hub/create-hub.ts'
import { checkOptions } from '#core/options.ts'
import type { Message, SendContext } from '#core/provider/provider.ts'
import { shortest } from '#core/render/shorten.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { whyNot } from './servers.ts'

const noDovecot = whyNot('doveadm')
const hour = 3_600_000
/** Twenty past eleven in the evening in Shanghai. */
const start = Date.UTC(2026, 10, 30, 15, 20)

/** The mails of a night: two alerts that last over midnight, one of which is once too long for the server. */
async function mailsOfANight(): Promise<{ readonly subject: string; readonly source: string }[]> {
  const clock = createVirtualClock(start)
  const inbox = await createInbox({ rateLimits: false })
  const mail = { ...inbox.channels.email, type: 'email', to: ['ops@example.com'] }
  const channel = { wait: 0, interval: 0, repeat: '20m', repeatMax: '20m', sendResolved: true, limit: [] }
  const options = {
    service: 'payments',
    timeZone: 'Asia/Shanghai',
    channels: { mail: { ...mail, ...channel } },
  } as unknown as Parameters<typeof createHub>[0]
  const { plan } = checkOptions(options, {})
  const [planned] = plan.channels
  const sent: { readonly message: Message; readonly context: SendContext }[] = []
  const hub = createHub(options, {
    clock,
    env: {},
    warn: () => {},
    sender: () => ({
      async send(message, context) {
        const at = context.now()
        const { signal } = new AbortController()
        sent.push({ message, context: { ...context, signal, now: () => at } })
        return { status: 'delivered' }
      },
    }),
  })
  const log = async (minute: number, msg: string, key: string) => {
    await clock.advanceTo(start + minute * 60_000)
    hub.write(JSON.stringify({ level: 50, time: clock.now(), msg, alert: { key } }))
  }
  // Never at the same moment: that would be one message about both.
  for (let minute = 0; minute <= 90; minute += 10) {
    await log(minute, 'disk is full', 'disk')
    await log(minute + 3, 'gateway timeout', 'gateway')
  }
  await clock.advanceTo(start + 4 * hour)
  await hub.close()
  const sender = await planned!.definition.open(planned!.providerOptions as never)
  const all = [...sent.map(({ message }) => message), shortest(sent[0]!.message)]
  for (const [index, message] of all.entries())
    expect(await sender.send(message, (sent[index] ?? sent[0])!.context)).toEqual({ status: 'delivered' })
  const received = inbox.received()
  await inbox.close()
  return received.map(({ request }, index) => ({ subject: all[index]!.subject, source: request.body }))
}

/** The numbers of the mails of each conversation, from 0, as an IMAP server finds them. */
async function threadsOf(mails: readonly string[], way: 'REFS' | 'REFERENCES'): Promise<number[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'dovecot-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  chmodSync(folder, 0o755)
  const box = join(folder, 'mail')
  const folders = [box, ...['cur', 'new', 'tmp'].map((name) => join(box, name))]
  for (const name of folders) mkdirSync(name)
  // In order of their names.
  mails.forEach((mail, index) => {
    writeFileSync(join(box, 'cur', `${1_700_000_000 + index}.mail.example:2,`), mail, { mode: 0o644 })
  })
  const uid = 65_534
  for (const name of folders) chownSync(name, uid, uid)
  const config = join(folder, 'dovecot.conf')
  writeFileSync(
    config,
    [
      `mail_location = maildir:${box}`,
      'ssl = no',
      'log_path = /dev/null',
      `mail_uid = ${uid}`,
      `mail_gid = ${uid}`,
    ].join('\n'),
  )
  const commands = `a SELECT INBOX\r\nb THREAD ${way} UTF-8 ALL\r\nc LOGOUT\r\n`
  // Between pipes of the shell: those of Node are sockets, on which it takes itself for a service of inetd.
  const imap = spawn('sh', ['-c', `cat | /usr/lib/dovecot/imap -c "${config}" | cat`], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, HOME: folder, USER: 'ops' },
  })
  imap.stdin.end(commands)
  const [said] = await Promise.all([text(imap.stdout), once(imap, 'exit')])
  expect(said).toMatch(/^b OK /m)
  const [, threads = ''] = /^\* THREAD (.*)\r$/m.exec(said) ?? []
  return outermost(threads).map((one) => (one.match(/\d+/g) ?? []).map((number) => Number(number) - 1))
}

/** '(1 2)((3)(4))' is '(1 2)' and '((3)(4))'. */
function outermost(threads: string): string[] {
  const found: string[] = []
  let depth = 0
  let from = 0
  for (const [index, char] of [...threads].entries()) {
    if (char === '(' && depth++ === 0) from = index
    if (char === ')' && --depth === 0) found.push(threads.slice(from, index + 1))
  }
  return found
}

describe.skipIf(noDovecot)(`a mail server${noDovecot}`, () => {
  it.each([
    // By the headers alone, as most mail programs do.
    ['REFS', ['disk 1', 'disk 30', 'gateway 1', 'gateway 30']],
    // RFC 5256 joins conversations of one subject as well.
    ['REFERENCES', ['disk 30,1', 'gateway 30,1']],
  ] as const)(
    'puts the mails of each alert and day of its zone in one conversation: %s',
    async (way, wanted) => {
      const mails = await mailsOfANight()
      const threads = await threadsOf(
        mails.map(({ source }) => source),
        way,
      )
      const named = threads.map((numbers) => {
        const subjects = numbers.map((number) => mails[number]!.subject)
        const dates = numbers.map((number) => /^Date: (.*)$/m.exec(mails[number]!.source)?.[1] ?? '')
        const alerts = new Set(subjects.map((subject) => /disk|gateway/.exec(subject)?.[0]))
        const days = new Set(dates.map((date) => new Date(Date.parse(date) + 8 * hour).getUTCDate()))
        return `${[...alerts]} ${[...days]}`
      })
      expect(named.sort()).toEqual(wanted)
      expect(threads.flat()).toHaveLength(mails.length)
      expect(threads.every((one) => one.length > 1)).toBe(true)
    },
  )
})
