/**
 * A state directory on a network drive that is gone: every call to it waits in the kernel. The drive is a
 * file system that another process serves, and that stops answering when a signal stops the process.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, type TestContext } from 'vitest'
import { answersInTime, isOnNetworkDrive } from '#core/text/network-drive.ts'
import { openHook } from '../../unit/winston/hook.ts'
import { type Adapter, adapters, inline, runNode } from '../../unit/worker/program.ts'

interface Drive {
  readonly directory: string
  readonly pid: number
}

const server = fileURLToPath(new URL('./network-drive.mjs', import.meta.url))

/** Why there can be no such file system here. */
function whyNone(): string | undefined {
  if (process.platform !== 'linux') return 'there is no FUSE on this system'
  if (process.getuid?.() !== 0) return 'only root may mount a file system'
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK)
  } catch {
    return '/dev/fuse cannot be opened'
  }
  return undefined
}

async function openDrive({
  skip,
  onTestFinished,
}: Pick<TestContext, 'skip' | 'onTestFinished'>): Promise<Drive> {
  const why = whyNone()
  if (why !== undefined) return skip(why)
  const directory = mkdtempSync(join(tmpdir(), 'alert-drive-'))
  const child: ChildProcess = spawn(process.execPath, [server, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    const isOver = child.exitCode !== null || child.signalCode !== null
    child.kill('SIGKILL')
    if (!isOver) await once(child, 'exit')
    spawnSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true, force: true })
  })
  const isMounted = await Promise.race([
    once(child.stdout!, 'data').then(() => true),
    once(child, 'exit').then(() => false),
  ])
  if (!isMounted) return skip('this machine does not let a file system be mounted')
  return { directory, pid: child.pid! }
}

const target = `const { default: pino } = await import('pino')
  const transport = pino.transport({ target: 'pino-alert-transport', options })
  alerts = { on: (name, listen) => transport.on(name, listen), close: async () => transport.end() }
  logger = pino(transport)`

/** Logs over this adapter, and beside it over another one whose options name no file. */
async function run(
  adapter: Adapter | 'target',
  { pid }: Drive,
  options: object,
  other: object,
  body: string,
) {
  return runNode(
    inline(`let options, alerts, logger
      const stop = () => process.kill(${pid}, 'SIGSTOP')
      const open = async (given) => {
        const seen = { delivered: '', codes: [], messages: [] }
        options = given
        if (given === first) { ${adapter === 'target' ? target : adapters[adapter]} }
        else { ${adapters.alertStream} }
        alerts.on('alert', (event) => {
          if (event.type === 'error') seen.codes.push(event.code), seen.messages.push(event.message)
          if (event.type === 'delivered') seen.delivered += JSON.stringify(event.about)
        })
        return { logger, alerts, seen }
      }
      const until = async (holds) => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)) }
      const logUntilDelivered = async ({ logger, seen }, text) => {
        logger.error(text)
        const again = setInterval(() => logger.error(text), 1_000)
        await until(() => seen.delivered.includes(text))
        clearInterval(again)
      }
      const first = ${JSON.stringify(options)}
      ${body}`),
    { timeout: 240_000, env: { OTHER: JSON.stringify(other) } },
  )
}

const named = (service: string, { options }: Awaited<ReturnType<typeof openHook>>) => ({
  ...options,
  service,
  closeTimeout: '1s',
})

describe('a network drive', () => {
  it('is known by its mount, also behind a link and before the directory is there', async (context) => {
    const { directory } = await openDrive(context)
    const beside = mkdtempSync(join(tmpdir(), 'alert-beside-'))
    context.onTestFinished(() => rmSync(beside, { recursive: true, force: true }))
    symlinkSync(directory, join(beside, 'link'))
    for (const path of [directory, join(directory, 'a/b'), join(beside, 'link'), join(beside, 'link/a')])
      expect([path, isOnNetworkDrive(path)]).toEqual([path, true])
    for (const path of [beside, `${directory}-2`, join(beside, 'none/x'), '/', '.'])
      expect([path, isOnNetworkDrive(path)]).toEqual([path, false])
    expect(await answersInTime(join(directory, 'a/b'))).toBe(true)
  })
})

describe('a state directory on a network drive', () => {
  it.concurrent.for(['alertStream', 'target'] as const)(
    'that never answers: alerting runs in memory, and holds neither other hubs nor the exit, with %s',
    // The time is measured, and on a busy machine once more.
    { retry: 2 },
    async (adapter, context) => {
      const drive = await openDrive(context)
      const hook = await openHook()
      context.onTestFinished(() => hook.close())
      const state = { dir: join(drive.directory, 'alerts') }
      const { code, stdout, stderr } = await run(
        adapter,
        drive,
        { ...named('blocked', hook), state },
        named('free', hook),
        `stop()
         const blocked = await open(first)
         const free = await open(JSON.parse(process.env.OTHER))
         await Promise.all([logUntilDelivered(blocked, 'first problem'), logUntilDelivered(free, 'other problem')])
         process.exitCode = 3
         console.log(JSON.stringify({ at: Date.now(), codes: blocked.seen.codes, other: free.seen.codes }))
         process.exit()`,
      )
      const endedAt = Date.now()
      context.expect(code).toBe(3)
      const { at, codes, other } = JSON.parse(stdout)
      context.expect(codes).toEqual(['ALERT_STATE_UNUSABLE'])
      context.expect(other).toEqual([])
      context.expect(stderr).toContain(`${state.dir} cannot be used: it does not answer`)
      context.expect(stderr).toContain('choose a local disk')
      context.expect(endedAt - at).toBeLessThan(9_000)
    },
  )

  it.concurrent.for(['alertStream', 'winston', 'target'] as const)(
    'that answers no more: alerting continues in memory, and holds neither other hubs nor the exit, with %s',
    { retry: 2 },
    async (adapter, context) => {
      const drive = await openDrive(context)
      const hook = await openHook()
      context.onTestFinished(() => hook.close())
      const state = { dir: join(drive.directory, 'alerts') }
      const { code, stdout } = await run(
        adapter,
        drive,
        { ...named('blocked', hook), state },
        named('free', hook),
        `const blocked = await open(first)
         const free = await open(JSON.parse(process.env.OTHER))
         await Promise.all([logUntilDelivered(blocked, 'first problem'), logUntilDelivered(free, 'other problem')])
         const before = [...blocked.seen.codes]
         stop()
         await Promise.all([logUntilDelivered(blocked, 'second problem'), logUntilDelivered(free, 'next problem')])
         process.exitCode = 3
         console.log(JSON.stringify({ at: Date.now(), before, codes: blocked.seen.codes, other: free.seen.codes }))
         process.exit()`,
      )
      const endedAt = Date.now()
      context.expect(code).toBe(3)
      const { at, before, codes, other } = JSON.parse(stdout)
      context.expect(before).toEqual([])
      context.expect(codes).toEqual(['ALERT_WORKER_STALLED', 'ALERT_STATE_UNUSABLE'])
      context.expect(other).toEqual([])
      context.expect(endedAt - at).toBeLessThan(9_000)
    },
  )

  it('is used as any other while it answers, by the next process too', async (context) => {
    const drive = await openDrive(context)
    const hook = await openHook({ hangs: true })
    context.onTestFinished(() => hook.close())
    const options = { ...named('kept', hook), state: { dir: join(drive.directory, 'alerts') } }
    const logAndDie = `const kept = await open(first)
      kept.logger.fatal('never sent')
      await kept.alerts.stats()
      await kept.alerts.close()`
    await run('alertStream', drive, options, {}, logAndDie)
    const open = await openHook()
    context.onTestFinished(() => open.close())
    const channels = open.options.channels
    const { stderr } = await run(
      'alertStream',
      drive,
      { ...options, channels },
      {},
      `const kept = await open(first)
       await until(() => kept.seen.delivered.includes('never sent'))
       await kept.alerts.close()`,
    )
    expect(stderr).not.toContain('ALERT_STATE')
    expect(JSON.stringify(open.posts)).toContain('never sent')
  })
})

describe('files of the options on a network drive that does not answer', () => {
  it('count as unreadable, and other channels work', async (context) => {
    const drive = await openDrive(context)
    const hook = await openHook()
    context.onTestFinished(() => hook.close())
    const { channels, ...rest } = named('blocked', hook)
    const url = join(drive.directory, 'url')
    const document = join(drive.directory, 'more/alerts.json')
    mkdirSync(join(drive.directory, 'more'))
    writeFileSync(url, 'http://127.0.0.1:1/')
    writeFileSync(document, '{}')
    const lost = { type: 'webhook', url: { file: url } }
    const { code, stdout, stderr } = await run(
      'target',
      drive,
      { ...rest, reload: { file: document }, channels: { ...channels, lost } },
      {},
      `stop()
       const blocked = await open(first)
       await Promise.all([
         logUntilDelivered(blocked, 'first problem'),
         until(() => blocked.seen.codes.includes('ALERT_RELOAD_REFUSED')),
       ])
       console.log(blocked.seen.messages.join('\\n'))
       process.exit(3)`,
    )
    expect(code).toBe(3)
    expect(stderr).toMatch(/channels\.lost\.url: the file cannot be read: its network drive does not answer/)
    expect(stdout).toMatch(/alerts\.json: cannot be read: the file system does not answer/)
  })
})
