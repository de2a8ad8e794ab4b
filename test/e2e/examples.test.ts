// Every example runs with its one command, from packed packages and npm's, and notifies an inbox exactly
// once.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Inbox, openInbox } from './app.ts'

const run = promisify(execFile)
const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
/** The demo has a step of its own in the gate; the examples of rules have tests of their own. */
const elsewhere = ['demo', 'rules']
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !elsewhere.includes(entry.name))
  .map(({ name }) => name)

/** The expected subject of each; the count shows that all records were read. */
const said: Readonly<Record<string, string>> = {
  express: '[ERROR] shop: card gateway timeout for order … ×20',
  fastify: '[ERROR] shop: card gateway timeout for order … ×20',
  nestjs: '[ERROR] shop: card gateway timeout for order … ×20',
  bundled: '[ERROR] edge: drawing failed ×10',
  'pino-pretty': '[ERROR] ledger: ledger differs ×10',
  winston: '[ERROR] mailer: letter … not sent ×10',
  fleet: '[ERROR] checkout: order … not saved ×20',
  'custom-provider': '[ERROR] warehouse: scan failed ×3',
  'no-logger': '[ERROR] nightly-settlement: the books do not agree ×3',
}

describe('the examples', () => {
  let inbox: Inbox
  let copy: string

  beforeAll(async () => {
    inbox = await openInbox({ rateLimits: false })
    copy = join(inject('app'), 'examples')
    await mkdir(copy)
    for (const name of folders)
      await cp(join(examples, name), join(copy, name), {
        recursive: true,
        filter: (path) => !/[/\\](?:node_modules|dist)$|\.log$/.test(path),
      })
    await install()
  })
  afterAll(() => inbox.close())

  it('are all listed, each with a page and a sentence to expect', () => {
    const list = readFileSync(join(examples, 'README.md'), 'utf8')
    expect(folders.toSorted()).toEqual(Object.keys(said).toSorted())
    for (const name of folders) {
      expect(list).toContain(`(${name}/README.md)`)
      expect(readFileSync(join(examples, name, 'README.md'), 'utf8')).toContain('npm start')
    }
  })

  it.each(folders)('%s notifies once of what broke, however often', async (name) => {
    inbox.clear()
    const ended = await start(name, {
      SLACK_URL: String(inbox.channels.slack['url']),
      PAGER_URL: String(inbox.channels.webhook['url']),
    })
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    expect(inbox.received()).toHaveLength(1)
    const [{ ok, view }] = inbox.received() as [ReturnType<Inbox['received']>[number]]
    expect(ok).toBe(true)
    expect(`${view.subject} ${view.text}`).toContain(said[name])
  })

  it.each(['express', 'winston'])('%s shows a card on stderr where no channel is set', async (name) => {
    inbox.clear()
    const ended = await start(name, {})
    expect(ended.code).toBe(0)
    expect(ended.stderr.match(/\[ERROR\]/g)).toHaveLength(1)
    expect(ended.stderr).toContain(said[name])
    expect(inbox.received()).toEqual([])
  })

  /** All of them from one install: their dependencies, with the packed tarballs in place of the workspace. */
  async function install(): Promise<void> {
    const tarballs = await readdir(join(inject('app'), 'tarballs'))
    const dependencies: Record<string, string> = {}
    for (const name of folders) {
      const manifest = JSON.parse(readFileSync(join(copy, name, 'package.json'), 'utf8'))
      for (const [dependency, range] of Object.entries<string>(manifest.dependencies)) {
        const isOurs = range.startsWith('workspace:')
        dependencies[dependency] = isOurs ? packed(dependency) : range
      }
      // As a user would write them: npm knows no workspaces of ours.
      await writeFile(
        join(copy, name, 'package.json'),
        JSON.stringify({ ...manifest, dependencies: undefined }),
      )
    }
    dependencies['alert-core'] = packed('alert-core')
    await writeFile(join(copy, 'package.json'), JSON.stringify({ private: true, dependencies }))
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], {
      cwd: copy,
    })

    function packed(name: string): string {
      const file = tarballs.find((each) => each.replace(/-\d.*$/, '') === name)
      if (file === undefined) throw new Error(`${name} is not packed`)
      return `file:../tarballs/${file}`
    }
  }

  async function start(name: string, env: Readonly<Record<string, string>>) {
    const child = spawn('npm', ['start', '--silent'], {
      cwd: join(copy, name),
      env: { ...process.env, NODE_OPTIONS: '', SLACK_URL: '', PAGER_URL: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const [code] = await once(child, 'close')
    return { code: code as number | null, stdout, stderr }
  }
})
