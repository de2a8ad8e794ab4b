// Small applications, bundled as docs/bundlers.md says, run in a folder that holds nothing but the bundle.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { inSoak, isSoak } from '../soak.ts'
import { type Inbox, inTime, openInbox, unhurried } from './app.ts'

const run = promisify(execFile)
const sources = fileURLToPath(new URL('./bundlers/', import.meta.url))
const adapters = ['target', 'stream', 'winston']
const ends = ['naturally', 'exit']
const everyCase = adapters.flatMap((adapter) => ends.map((end) => [adapter, end] as const))
const cases = inSoak(everyCase, [everyCase[1]!, everyCase[2]!, everyCase[4]!])
const bundlers = inSoak(['esbuild', 'webpack'] as const, ['esbuild'] as const)

let inbox: Inbox
const folders: string[] = []
beforeAll(async () => {
  inbox = await openInbox()
})
beforeEach(() => inbox.clear())
afterAll(async () => {
  await inbox.close()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

describe('bundled', () => {
  let project: string
  beforeAll(async () => {
    project = await folder()
    await cp(sources, project, { recursive: true })
    const tools = { esbuild: ['esbuild@0.25.8', 'esbuild-plugin-pino@2'], webpack: ['webpack@5'] }
    const packages = [...bundlers.flatMap((bundler) => tools[bundler]), 'pino@10', 'winston@3']
    await writeFile(join(project, 'package.json'), '{ "private": true }\n')
    await run('npm', ['install', '--no-audit', '--no-fund', ...(await tarballs()), ...packages], {
      cwd: project,
    })
  })

  const building = new Map<string, Promise<unknown>>()

  /** A folder that holds what the bundler wrote, or of it what is asked for, and nothing else. */
  async function bundle(bundler: string, ...files: readonly string[]): Promise<string> {
    const done = building.get(bundler) ?? run(process.execPath, [`${bundler}.cjs`], { cwd: project })
    building.set(bundler, done)
    await done
    const place = await folder()
    const wanted = files.length === 0 ? [''] : files
    for (const file of wanted)
      await cp(join(project, bundler, file), join(place, bundler, file), { recursive: true })
    return place
  }

  describe.each(bundlers)('by %s', (bundler) => {
    let place: string
    beforeAll(async () => {
      place = await bundle(bundler)
    })

    it.each(cases)('%s delivers once, and ends %s', async (adapter, end) => {
      const ended = await start(place, join(bundler, `${adapter}.js`), { END: end })
      expect(ended.stderr).toBe('')
      expect(ended.code).toBe(end === 'exit' ? 1 : 0)
      expect(inbox.received().map(({ ok }) => ok)).toEqual([true])
    })
  })

  it('delivers from its own process if the worker file is beside the bundle', async () => {
    const place = await bundle('esbuild')
    const ended = await start(place, 'esbuild/winston.js', { END: 'exit' }, { runIn: 'process' })
    expect(ended.stderr).toBe('')
    await expect.poll(() => inbox.received().length, { timeout: 60_000 }).toBe(1)
  })

  it.each(inSoak(['stream', 'winston'], ['winston']))(
    '%s without the worker file delivers once from the application itself, and one warning says so',
    async (adapter) => {
      const place = await bundle('esbuild', `${adapter}.js`)
      const ended = await start(place, `esbuild/${adapter}.js`, {})
      expect(ended.stderr.match(/Warning/g)).toHaveLength(1)
      expect(ended.stderr).toContain('[ALERT_WORKER_UNAVAILABLE]')
      expect(ended.code).toBe(0)
      expect(inbox.received()).toHaveLength(1)
    },
  )
})

if (isSoak)
  describe('compiled by Bun into one executable', () => {
    it.each(['stream', 'winston'])(
      '%s delivers once from the application itself, and one warning says so',
      async (adapter) => {
        const project = await folder()
        await cp(join(sources, 'src'), join(project, 'src'), { recursive: true })
        await writeFile(join(project, 'package.json'), '{ "private": true }\n')
        const packages = [...(await tarballs()), 'bun@1', 'pino@10', 'winston@3']
        await run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: project })
        const place = await folder()
        const executable = join(place, 'app')
        const bun = join(project, 'node_modules', '.bin', 'bun')
        await run(bun, ['build', '--compile', `src/${adapter}.mjs`, '--outfile', executable], {
          cwd: project,
        })
        // As on another machine: an executable remembers where its packages were.
        await rm(project, { recursive: true })
        const ended = await startCommand(place, [executable], {})
        expect(ended.stderr.match(/Warning:/g)).toHaveLength(1)
        expect(ended.stderr).toContain('[ALERT_WORKER_UNAVAILABLE]')
        expect(ended.code).toBe(0)
        expect(inbox.received().map(({ ok }) => ok)).toEqual([true])
      },
    )
  })

if (isSoak)
  describe("under Yarn's Plug'n'Play", () => {
    let project: string
    let nodeOptions: string
    beforeAll(async () => {
      const tools = await folder()
      await writeFile(join(tools, 'package.json'), '{ "private": true }\n')
      await run('npm', ['install', '--no-audit', '--no-fund', '@yarnpkg/cli-dist@4'], { cwd: tools })
      project = await folder()
      await cp(join(sources, 'src'), join(project, 'src'), { recursive: true })
      const own = Object.fromEntries(
        (await tarballs()).map((file) => [file.match(/([a-z-]+)-\d[^/\\]*$/)![1]!, `file:${file}`]),
      )
      const manifest = {
        private: true,
        dependencies: { ...own, pino: '^10', winston: '^3' },
        resolutions: own,
      }
      await writeFile(join(project, 'package.json'), JSON.stringify(manifest))
      await writeFile(join(project, 'yarn.lock'), '')
      const registry = (await run('npm', ['config', 'get', 'registry'])).stdout.trim()
      const settings = {
        nodeLinker: 'pnp',
        enableTelemetry: false,
        enableGlobalCache: false,
        enableImmutableInstalls: false,
        npmRegistryServer: registry,
        unsafeHttpWhitelist: [new URL(registry).hostname],
      }
      await writeFile(join(project, '.yarnrc.yml'), JSON.stringify(settings))
      const yarn = join(tools, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js')
      await run(process.execPath, [yarn, 'install'], { cwd: project })
      // As `yarn node` starts it.
      const loader = pathToFileURL(join(project, '.pnp.loader.mjs')).href
      nodeOptions = `--no-warnings=ExperimentalWarning --require ${join(project, '.pnp.cjs')} --experimental-loader ${loader}`
    })

    it.each(cases)('%s delivers once, and ends %s', async (adapter, end) => {
      const ended = await start(project, `src/${adapter}.mjs`, { END: end, NODE_OPTIONS: nodeOptions })
      expect(ended.stderr).not.toContain('ALERT_')
      expect(ended.code).toBe(end === 'exit' ? 1 : 0)
      expect(inbox.received().map(({ ok }) => ok)).toEqual([true])
    })
  })

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'alert-bundle-'))
  folders.push(made)
  return made
}

async function tarballs(): Promise<string[]> {
  const packed = join(inject('app'), 'tarballs')
  return (await readdir(packed))
    .filter((file) => !file.startsWith('alert-transport'))
    .map((file) => join(packed, file))
}

function start(cwd: string, file: string, env: Readonly<Record<string, string>>, extra: object = {}) {
  return startCommand(cwd, [process.execPath, file], env, extra)
}

async function startCommand(
  cwd: string,
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  extra: object = {},
) {
  const options = { ...extra, channels: { hook: { ...inbox.channels.webhook, type: 'webhook' } } }
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', OPTIONS: JSON.stringify(unhurried(options)), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return inTime({ code, stderr })
}
