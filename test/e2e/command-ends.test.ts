// The commands end once their work is done, whatever a configuration that is a module leaves open.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { runCommand } from './app.ts'

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
const run = (...args: readonly string[]) =>
  runCommand([process.execPath, cli(), ...args], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } })

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
