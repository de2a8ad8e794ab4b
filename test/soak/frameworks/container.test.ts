// What a container does to a process, without a container: process 1 of a namespace, a root file system that
// cannot be written, a ConfigMap as the kubelet mounts it, secrets as files, a scrape from another address.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Inbox, openInbox } from '../../e2e/app.ts'
import { examples } from './run-example.ts'

const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child']
const canIsolate = spawnSync(namespaces[0]!, [...namespaces.slice(1), 'true']).status === 0
const service = join(examples, 'docker/service.mjs')

let inbox: Inbox
let folder: string
let running: ChildProcess | undefined
beforeEach(async () => {
  inbox = await openInbox({ rateLimits: false })
  folder = mkdtempSync(join(tmpdir(), 'alert-container-'))
})
afterEach(async () => {
  running?.kill('SIGKILL')
  running = undefined
  await inbox.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The service, listening; `under` is a command before it. */
async function start(env: Readonly<Record<string, string>>, under: readonly string[] = []) {
  const [first, ...rest] = [...under, process.execPath, service]
  const child = spawn(first!, rest, {
    env: { ...process.env, NODE_OPTIONS: '', SLACK_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running = child
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }))
  const lines: string[] = []
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line)
      const [, found] = /^listening on (\d+)$/.exec(line) ?? []
      if (found !== undefined) resolve(found)
    })
    void ended.then(({ stderr }) => reject(new Error(`It ended before it listened: ${stderr}`)))
  })
  const pay = (id: string) => fetch(`http://127.0.0.1:${port}/orders/${id}/pay`)
  return { child, ended, lines, pay, stderr: () => stderr }
}

/** A ConfigMap's folder: the files are links to those behind `..data`, which is swapped at once. */
function mountConfig(name: string, text: string): void {
  const version = `..${name}`
  mkdirSync(join(folder, version))
  writeFileSync(join(folder, version, 'alerts.yaml'), text)
  symlinkSync(version, join(folder, '..data_tmp'))
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
}

const texts = () => inbox.received({ provider: 'slack', ok: true }).map(({ view }) => view.text)
const slack = () =>
  `channels: { slack: { url: { file: ${join(folder, 'slack-url')} }, wait: 0 } }\ncloseTimeout: 9s\n`

describe.skipIf(!canIsolate)(`as process 1${canIsolate ? '' : ' (needs unshare as root)'}`, () => {
  it('with a read-only root: SIGTERM sends what is pending; the directory that cannot be written is reported once', async () => {
    writeFileSync(
      join(folder, 'alerts.yaml'),
      `service: shop\ncloseTimeout: 9s\nstate: { dir: ${folder}/state }\n`,
    )
    chmodSync(folder, 0o755)
    const readOnly = `mount --make-rprivate / && mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder} && exec "$@"`
    const { child, ended, pay } = await start(
      { ALERT_CONFIG: join(folder, 'alerts.yaml'), SLACK_URL: String(inbox.channels.slack['url']) },
      [...namespaces, 'sh', '-c', readOnly, 'sh'],
    )
    await pay('1001')
    await pay('1002')
    await pay('none')
    // `unshare` is outside of the namespace; its child is process 1 of it.
    const first = execFileSync('pgrep', ['--parent', String(child.pid)], { encoding: 'utf8' }).trim()
    process.kill(Number(first), 'SIGTERM')
    const { stderr } = await ended
    expect(stderr.match(/ALERT_STATE_UNUSABLE/g)).toHaveLength(1)
    expect(stderr).toContain('EROFS')
    expect(texts().join()).toMatch(/card gateway timeout for order …/)
    expect(texts().join()).not.toContain('no such order')
  })
})

it('a ConfigMap that the kubelet swaps is taken without a restart, and its secret is read from a file', async () => {
  writeFileSync(join(folder, 'slack-url'), `${inbox.channels.slack['url']}\n`)
  mountConfig('1', `${slack()}rules: [{ name: quiet, match: { msg: { regex: . } }, severity: 'off' }]\n`)
  symlinkSync('..data/alerts.yaml', join(folder, 'alerts.yaml'))
  const { child, ended, pay } = await start({ ALERT_CONFIG: join(folder, 'alerts.yaml') })
  await pay('1001')
  mountConfig(
    '2',
    `${slack()}rules: [{ name: payments, match: { msg: { regex: . }, 'res.statusCode': 500 }, code: PAY }]\n`,
  )
  const payAgain = async () => {
    await pay('1002')
    return texts().length
  }
  await expect.poll(payAgain, { timeout: 60_000 }).toBeGreaterThan(0)
  child.kill('SIGTERM')
  await ended
  expect(texts().join()).toContain('PAY')
  expect(texts().join()).not.toContain('1001')
})

const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

it.skipIf(address === undefined)('metrics on 0.0.0.0 are scraped by the address of the pod', async () => {
  writeFileSync(join(folder, 'slack-url'), `${inbox.channels.slack['url']}\n`)
  writeFileSync(join(folder, 'alerts.yaml'), `${slack()}metrics: { host: 0.0.0.0, port: 9464 }\n`)
  const { child, ended, pay } = await start({ ALERT_CONFIG: join(folder, 'alerts.yaml') })
  await pay('1001')
  await expect.poll(() => texts().length, { timeout: 60_000 }).toBe(1)
  const scrape = await (await fetch(`http://${address}:9464/metrics`)).text()
  expect(scrape).toMatch(/^alert_deliveries_total\{.*outcome="delivered".*\} 1$/m)
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ stderr: '' })
})
