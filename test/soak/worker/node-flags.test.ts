/** The table of SECURITY.md: what works under Node's flags that restrict a process. Each cell is tried. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openHook } from '../../unit/winston/hook.ts'
import { type Adapter, adapters, root, runNode } from '../../unit/worker/program.ts'

const page = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8')
const columns: readonly Adapter[] = ['alertStream', 'alertTransport', 'winston']
const known = process.allowedNodeEnvironmentFlags

/** As this version of Node calls them. */
function flagsOf(text: string): string[] {
  const flags = [...text.matchAll(/--[\w-]+(?:=\S+?)?(?=[\s`])/g)].map(([flag]) => flag)
  if (!flags.includes('--permission')) return flags
  if (known.has('--allow-net')) flags.push('--allow-net')
  return flags.map((flag) =>
    flag === '--permission' && !known.has('--permission') ? '--experimental-permission' : flag,
  )
}

const cells = page
  .split('\n')
  .filter((line) => line.startsWith('| `--'))
  .flatMap((line) => {
    const [flags, ...results] = line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim())
    return columns.map((adapter, at) => ({ flags: flags!, adapter, result: results[at]! }))
  })

let folder: string
beforeAll(async () => {
  // Where the packages are found.
  folder = await mkdtemp(join(root, 'node_modules/.flags-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** pino without us, used in the same way. */
const bare: Readonly<Record<Adapter, string>> = {
  alertStream: `const { default: pino } = await import('pino')
    pino({}, pino.multistream([{ stream: { write() {} } }])).error('order failed')`,
  alertTransport: `const { default: pino } = await import('pino')
    pino({ transport: { target: 'pino/file' } }).error('order failed')`,
  winston: '',
}

async function run(flags: readonly string[], source: string) {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.mjs`)
  await writeFile(file, source)
  return runNode([...flags, file], { timeout: 120_000 })
}

it('the table has every flag and every adapter', ({ expect }) => {
  expect(cells).toHaveLength(15)
})

describe('under the flags of the table', () => {
  it.concurrent.for(cells)(
    '$flags, by $adapter: $result',
    async ({ flags, adapter, result }, { expect, onTestFinished }) => {
      const hook = await openHook()
      onTestFinished(() => hook.close())
      const runIn = flags.includes("runIn: 'process'") ? 'process' : 'worker'
      const { code, stdout, stderr } = await run(
        flagsOf(flags),
        `const options = { ...${JSON.stringify(hook.options)}, runIn: '${runIn}' }
      let alerts, logger
      ${adapters[adapter]}
      logger.error('order failed')
      console.log(JSON.stringify(await alerts.close()))`,
      )
      if (result === 'pino does not start') {
        expect(code).not.toBe(0)
        expect((await run(flagsOf(flags), bare[adapter])).code).not.toBe(0)
        return
      }
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toEqual({ delivered: true, pending: 0 })
      expect(hook.posts).toHaveLength(1)
      expect(stderr.match(/\bALERT_\w+/g) ?? []).toEqual(
        result === 'works' ? [] : ['ALERT_WORKER_UNAVAILABLE'],
      )
    },
  )
})
