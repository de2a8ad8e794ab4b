import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { type Inbox, openInbox, type RunOptions, runProgram, webhookBody } from '../../e2e/app.ts'

// Places in which the state cannot be kept, or not for now. Only root can make some of them: mount, and be
// somebody else.
const isRoot = process.getuid?.() === 0
const unlessRoot = isRoot ? '' : ' (skipped; run: sudo npx -y pnpm@10 test)'

let inbox: Inbox
beforeAll(async () => {
  inbox = await openInbox({ rateLimits: false })
})
beforeEach(() => inbox.clear())
afterAll(() => inbox.close())

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'alert-place-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** A file system of 200 kB. */
async function aSmallDisk(): Promise<string> {
  const directory = await aDirectory()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', directory], { stdio: 'ignore' })
  onTestFinished(() => void execFileSync('umount', [directory]))
  return directory
}

interface Outcome {
  /** Codes of the internal errors in order of their first occurrence. */
  readonly errors: readonly string[]
  readonly messages: readonly string[]
  /** Where the state was kept each time that `note()` was called. */
  readonly places: readonly string[]
}

/** Runs a program that has a hub with its state in `dir` once it says `open()`. */
async function runHub(dir: string, body: string, options: RunOptions = {}): Promise<Outcome> {
  const channel = { ...inbox.channels.webhook, type: 'webhook', wait: 0, interval: 0, max: 100 }
  const ended = await runProgram(
    `
    import { createHub } from 'alert-core'
    import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
    import { execFileSync } from 'node:child_process'
    const dir = ${JSON.stringify(dir)}
    const errors = [], messages = [], places = [], waiting = []
    let hub
    const open = () => {
      hub = createHub({ channels: { hook: ${JSON.stringify(channel)} }, state: { dir } })
      hub.subscribe((event) => {
        if (event.type !== 'error') return
        errors.push(event.code)
        messages.push(event.message)
        for (const wake of waiting.splice(0)) wake()
      })
    }
    const heard = async (code) => {
      while (!errors.includes(code)) await new Promise((wake) => waiting.push(wake))
    }
    const log = (key) => hub.write(JSON.stringify({ level: 60, time: Date.now(), msg: 'it broke', alert: { key, summary: key } }))
    const note = () => places.push(hub.stats().state.place)
    const alive = setInterval(() => {}, 1000)
    ${body}
    await hub.close()
    clearInterval(alive)
    console.log(JSON.stringify({ errors: [...new Set(errors)], messages, places }))
  `,
    options,
  )
  expect(ended.stderr.match(/Error.*/)?.[0]).toBeUndefined()
  return JSON.parse(ended.stdout)
}

const notified = () =>
  inbox.received({ provider: 'webhook', ok: true }).flatMap((one) => webhookBody(one).alerts)
const titles = () => notified().map(({ headline }) => headline)
/** The messages about problems with the state, one for each start of a problem. */
const news = () => notified().filter(({ rule, reason }) => rule === '@state' && reason === 'first')

describe.skipIf(!isRoot)(`a disk${unlessRoot}`, () => {
  it('that is full is reported once, alerting continues, and returns to disk', async () => {
    const dir = await aSmallDisk()
    const outcome = await runHub(
      dir,
      `open()
      log('before')
      await hub.flush()
      try { writeFileSync(dir + '/ballast', Buffer.alloc(400_000)) } catch {}
      for (let n = 0; n < 10; n++) log('full ' + n)
      await heard('ALERT_STATE_UNUSABLE')
      await hub.flush()
      note()
      rmSync(dir + '/ballast')
      await heard('ALERT_STATE_RECOVERED')
      log('after')
      await hub.flush()
      note()`,
    )
    expect(outcome.errors).toEqual(['ALERT_STATE_UNUSABLE', 'ALERT_STATE_RECOVERED'])
    expect(outcome.messages[0]).toMatch(/is full \(ENOSPC\)/)
    expect(outcome.places).toEqual(['memory', 'disk'])
    expect(titles()).toEqual(expect.arrayContaining(['before', 'full 0', 'full 9', 'after']))
    expect(news()).toHaveLength(1)
    expect((await readdir(dir)).filter((name) => name.endsWith('.journal'))).toHaveLength(1)
  })

  it('that stays full over a start: what was stored is delivered once, and the freed space is used', async () => {
    const dir = await aSmallDisk()
    const program = (body: string) => `
      import { createHub } from 'alert-core'
      import { appendFileSync, statSync, truncateSync } from 'node:fs'
      import { createServer } from 'node:http'
      const dir = ${JSON.stringify(dir)}
      const open = (channel) => createHub({ channels: { hook: channel }, state: { dir } })
      ${body}`
    await runProgram(
      program(`
        const server = createServer(() => process.kill(process.pid, 'SIGKILL'))
        server.listen(0, '127.0.0.1', () => {
          const url = 'http://127.0.0.1:' + server.address().port + '/'
          const hub = open({ type: 'webhook', url, wait: 0 })
          hub.write(JSON.stringify({ level: 60, time: Date.now(), msg: 'it broke' }))
        })`),
    )
    const nextLife = () =>
      runProgram(
        program(`
          const ballast = dir + '/ballast'
          try { for (;;) appendFileSync(ballast, Buffer.alloc(4096)) } catch {}
          // One page is free: for a file that is still empty, and not for what is to be in it.
          truncateSync(ballast, statSync(ballast).size - 4096)
          const hub = open(${JSON.stringify({ ...inbox.channels.webhook, type: 'webhook', wait: 0, interval: 0 })})
          const errors = []
          hub.subscribe((event) => event.type === 'error' && errors.push(event.code))
          while (!hub.stats().state.ready) await new Promise(setImmediate)
          await hub.flush()
          console.log(JSON.stringify({ errors, place: hub.stats().state.place }))
          process.kill(process.pid, 'SIGKILL')`),
      )
    const { stdout } = await nextLife()
    expect(JSON.parse(stdout)).toEqual({
      errors: ['ALERT_STATE_UNUSABLE', 'ALERT_STATE_RECOVERED'],
      place: 'disk',
    })
    const broken = () => notified().filter(({ severity }) => severity === 'critical')
    expect(broken()).toHaveLength(1)
    await nextLife()
    expect(broken()).toHaveLength(1)
  })

  it('that is read-only is reported once, alerting continues, and returns to disk when it can be written', async () => {
    const dir = await aSmallDisk()
    execFileSync('mount', ['-o', 'remount,ro', dir])
    const outcome = await runHub(
      dir,
      `open()
      await heard('ALERT_STATE_UNUSABLE')
      log('read-only')
      await hub.flush()
      note()
      execFileSync('mount', ['-o', 'remount,rw', dir])
      await heard('ALERT_STATE_RECOVERED')
      note()`,
    )
    expect(outcome.errors).toEqual(['ALERT_STATE_UNUSABLE', 'ALERT_STATE_RECOVERED'])
    expect(outcome.messages[0]).toMatch(/read-only \(EROFS\)/)
    expect(outcome.messages[0]).toContain(dir)
    expect(outcome.places).toEqual(['memory', 'disk'])
    expect(titles()).toContain('read-only')
    expect(news()).toHaveLength(1)
  })
})

it('a process with too many files open says so once, and comes back to disk when some are closed', async () => {
  const dir = await aDirectory()
  const outcome = await runHub(
    dir,
    // The file of a provider is read when a channel first has its type.
    `open()
    await hub.close()
    const files = []
    try { for (;;) files.push(openSync('/dev/null')) } catch {}
    open()
    await heard('ALERT_STATE_UNUSABLE')
    log('too many')
    note()
    for (const fd of files) closeSync(fd)
    await heard('ALERT_STATE_RECOVERED')
    await hub.flush()
    note()`,
    { openFiles: 256 },
  )
  expect(outcome.errors).toEqual(['ALERT_STATE_UNUSABLE', 'ALERT_STATE_RECOVERED'])
  expect(outcome.messages[0]).toMatch(/too many files open \(EMFILE\)/)
  expect(outcome.places).toEqual(['memory', 'disk'])
  expect(titles()).toContain('too many')
})

describe.skipIf(!isRoot)(`another user${unlessRoot}`, () => {
  const self = 12_345
  const other = 23_456
  const runAs = { uid: self }
  beforeAll(() => chmod(inject('app'), 0o755))

  async function aPlaceOf(uid: number, mode: number): Promise<string> {
    const parent = await aDirectory()
    await chmod(parent, 0o755)
    const dir = join(parent, 'state')
    await mkdir(dir)
    await chmod(dir, mode)
    await chown(dir, uid, uid)
    return dir
  }

  it.each([
    ['closed', 0o700],
    ['only to be read', 0o755],
  ])('whose directory is %s is named in one warning, and alerting continues', async (_name, mode) => {
    const dir = await aPlaceOf(other, mode)
    const outcome = await runHub(dir, `open()\nlog('theirs')\nawait hub.flush()\nnote()`, runAs)
    expect(outcome.messages).toHaveLength(1)
    expect(outcome.messages[0]).toMatch(/belongs to another user \(23456\), cannot be used: .*EACCES/)
    expect(outcome.messages[0]).toContain(dir)
    expect(outcome.places).toEqual(['memory'])
    expect(titles()).toContain('theirs')
    expect(news()).toHaveLength(1)
  })

  it('whose directory is open to all is not used, as they could forge alerts', async () => {
    const dir = await aPlaceOf(other, 0o777)
    const outcome = await runHub(dir, `open()\nlog('shared')\nawait hub.flush()\nnote()`, runAs)
    expect(outcome.messages).toEqual([
      expect.stringMatching(/belongs to another user \(23456\), cannot be used: another user owns it.*chown/),
    ])
    expect(outcome.places).toEqual(['memory'])
    expect(titles()).toContain('shared')
  })

  it('whose journal cannot be read keeps it, with a report; ours is used', async () => {
    const dir = await aPlaceOf(self, 0o777)
    const theirs = join(dir, 'theirs-s.journal')
    await writeFile(theirs, '{"alertJournal":1,"at":1}\n')
    await chmod(theirs, 0o600)
    const outcome = await runHub(dir, `open()\nlog('ours')\nawait hub.flush()\nnote()`, runAs)
    expect(outcome.messages).toEqual([expect.stringContaining(`${theirs} stays where it is`)])
    expect(outcome.places).toEqual(['disk'])
    expect(titles()).toContain('ours')
    expect(await readdir(dir)).toContain('theirs-s.journal')
  })
})

it('a directory that is deleted while it is used is created again, and reported', async () => {
  const dir = join(await aDirectory(), 'state')
  const outcome = await runHub(
    dir,
    `open()
    log('before')
    await hub.flush()
    rmSync(dir, { recursive: true })
    log('gone')
    await heard('ALERT_STATE_RECOVERED')
    note()`,
  )
  expect(outcome.errors).toEqual(['ALERT_STATE_UNUSABLE', 'ALERT_STATE_RECOVERED'])
  expect(outcome.messages[0]).toMatch(/was removed/)
  expect(outcome.places).toEqual(['disk'])
  expect((await readdir(dir)).filter((name) => name.endsWith('.journal'))).toHaveLength(1)
})
