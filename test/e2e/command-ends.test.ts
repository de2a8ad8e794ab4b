// The commands end once their work is done, whatever a configuration that is a module leaves open.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'
import { runCommand, runProgram } from './app.ts'

/** A command that does not end by itself would end by this, with an exit code of its own. */
const leftOpen = `
  import { createServer } from 'node:http'
  setInterval(() => {}, 1000)
  createServer().listen(0, '127.0.0.1')
  setTimeout(() => process.exit(99), 120_000)
`
const options = "export default { service: 'orders', channels: { ops: { type: 'console' } } }\n"
const line = '{"level":50,"msg":"payment failed"}'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alert-command-'))
  await writeFile(join(folder, 'alerts.mjs'), leftOpen + options)
  await writeFile(join(folder, 'wrong.mjs'), `${leftOpen}export default { levle: 'error' }\n`)
  await writeFile(join(folder, 'never.mjs'), `await new Promise(() => {})\n${options}`)
  await writeFile(join(folder, 'app.log'), `${line}\n`)
})
afterAll(() => rm(folder, { recursive: true }))

const cli = () => join(inject('app'), 'node_modules/alert-transport/dist/cli.js')
const run = (...args: readonly string[]) => runCli(cli(), args)
const runCli = (file: string, args: readonly string[]) =>
  runCommand([process.execPath, file, ...args], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } })

describe('with a module that leaves a timer and a server open', () => {
  it.each([
    ['check', ['check', 'alerts.mjs'], 0, /^alerts\.mjs is valid/],
    ['check of what is wrong', ['check', 'wrong.mjs'], 1, /^$/],
    ['replay', ['replay', 'app.log', '--config', 'alerts.mjs', '--json'], 0, /^\{[\s\S]*\n\}\n$/],
    ['send-test', ['send-test', '--config', 'alerts.mjs'], 0, /^✓ ops: delivered/],
    [
      'watch',
      ['watch', '--config', 'alerts.mjs', '--', 'node', '-e', 'process.exitCode = 7; console.log("{}")'],
      7,
      /^\{\}\n$/,
    ],
    ['status', ['status', '--config', 'alerts.mjs'], 1, /^$/],
  ])('%s ends with its own exit code', async (_name, args, code, printed) => {
    const ended = await run(...args)
    expect(ended).toMatchObject({ code })
    expect(ended.stdout).toMatch(printed)
  })

  it('explain writes all of a long output into a pipe', async () => {
    const records = Array.from({ length: 3000 }, (_, id) => `{"level":50,"msg":"order ${id} not paid"}`)
    await writeFile(join(folder, 'records.log'), records.join('\n'))
    const command = `"$0" "$1" explain --json --config alerts.mjs < records.log`
    const ended = await runCommand(['sh', '-c', command, process.execPath, cli()], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout.length).toBeGreaterThan(500_000)
    expect(
      ended.stdout
        .trimEnd()
        .split('\n')
        .map((each) => JSON.parse(each)),
    ).toHaveLength(3000)
  })
})

it('a module that awaits what never comes is not called valid', async () => {
  expect(await run('check', 'never.mjs')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'alert-transport: not done: the configuration awaits something that never comes\n',
  })
})

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a command that reads its input', async (signal) => {
  const child = spawn(process.execPath, [cli(), 'explain'], { stdio: ['pipe', 'pipe', 'inherit'] })
  // It reads: its signals are in place.
  child.stdin.write(`${line}\n`)
  await once(child.stdout, 'data')
  child.kill(signal)
  child.stdout.resume()
  expect(await once(child, 'close')).toEqual([null, signal])
})

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends the inbox with exit code 0', async (signal) => {
  const args = [cli(), 'inbox', '--port', '0', '--smtp-port', '0', '--certificate', '/dev/null', '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [first] = await once(child.stdout, 'data')
  expect(String(first)).toContain('"listening"')
  child.kill(signal)
  const rest = text(child.stdout)
  expect(await once(child, 'close')).toEqual([0, null])
  expect(await rest).toBe('')
})

/** Of the packages in their own folder: beside the installed ones there is no ioredis. */
const built = (path: string) => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url))
const ownCli = built('alert-transport/dist/cli.js')

/** Runs commands while it notifies for a fleet, and prints how each ended. */
const service = (redis: string) => `
  import { execFile } from 'node:child_process'
  import { setTimeout as sleep } from 'node:timers/promises'
  import { createHub } from '${built('alert-core/dist/index.js')}'
  const ops = { type: 'webhook', url: 'http://127.0.0.1:1', wait: '1h' }
  const hub = createHub({ service: 'orders', state: { redis: '${redis}' }, channels: { ops } })
  hub.write('${line}')
  while (hub.stats().fleet.role === 'starting' || hub.status().alerts.length === 0) await sleep(10)
  const [{ shortId }] = hub.status().alerts
  const run = (...args) =>
    new Promise((resolve) => {
      const command = ['${ownCli}', ...args, '--redis', '${redis}']
      execFile(process.execPath, command, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }))
    })
  const status = await run('status', '--fleet', 'orders')
  const silence = await run('silence', shortId, '1h', '--fleet', 'orders')
  const silences = hub.status().silences.length
  const absent = await run('status', '--fleet', 'shop')
  await hub.close()
  console.log(JSON.stringify({ status, silence, silences, absent }))
`

describe.skipIf(whyNoRedis !== '')(`a command that asks a fleet in Redis${whyNoRedis}`, () => {
  it('ends with the answer, or with what is wrong', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const { stdout } = await runProgram(service(server.url))
    expect(JSON.parse(stdout)).toEqual({
      status: { code: 0, stdout: expect.stringContaining('payment failed'), stderr: '' },
      silence: { code: 0, stdout: expect.stringContaining('is silenced for 1h'), stderr: '' },
      silences: 1,
      absent: { code: 1, stdout: '', stderr: expect.stringContaining("no process of the fleet 'shop'") },
    })
    server.pause()
    const paused = await runCli(ownCli, ['status', '--redis', server.url, '--fleet', 'orders'])
    server.continue()
    expect(paused).toMatchObject({ code: 1, stderr: expect.stringContaining('Redis does not answer') })
  })
})
