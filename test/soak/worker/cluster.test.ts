import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openHook } from '../../unit/winston/hook.ts'
import { adapters, root, runNode } from '../../unit/worker/program.ts'

let folder: string
beforeAll(async () => {
  // Where the packages are found.
  folder = await mkdtemp(join(root, 'node_modules/.cluster-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const ways = {
  ...adapters,
  'a plain target': `const { default: pino } = await import('pino')
    logger = pino({ transport: { target: 'pino-alert-transport', options } })`,
} as const

type Way = keyof typeof ways

interface End {
  /** What the primary does when the worker has logged. */
  readonly inPrimary: string
  /** What the worker does then. */
  readonly inWorker: string
  readonly options?: object
  /** A plain target gets no signals; a target's lines leave the process after the log call: docs/exit.md. */
  readonly exceptFor?: readonly Way[]
}

const ends: Record<string, End> = {
  'process.exit() of the worker': { inPrimary: '', inWorker: 'process.exit(0)' },
  'an error of the worker': {
    inPrimary: '',
    inWorker: `throw new Error('it ends')`,
    options: { crashes: false },
  },
  'worker.disconnect() of the primary': { inPrimary: 'worker.disconnect()', inWorker: 'server.close()' },
  'worker.disconnect() in the worker': { inPrimary: '', inWorker: 'cluster.worker.disconnect()' },
  'worker.kill() in the worker': { inPrimary: '', inWorker: 'cluster.worker.kill()' },
  'worker.kill() of the primary, with handleSignals': {
    inPrimary: 'worker.kill()',
    inWorker: '',
    options: { handleSignals: true },
    exceptFor: ['a plain target'],
  },
  'worker.kill() of the primary, in a process': {
    inPrimary: 'worker.kill()',
    inWorker: '',
    options: { runIn: 'process' },
    exceptFor: ['a plain target', 'alertTransport'],
  },
  'process.exit() of the primary': { inPrimary: 'process.exit(0)', inWorker: '' },
  'SIGKILL of the primary': { inPrimary: `process.kill(process.pid, 'SIGKILL')`, inWorker: '' },
}

const waysOf = ({ exceptFor = [] }: End) =>
  (Object.keys(ways) as Way[]).filter((way) => !exceptFor.includes(way))

describe.each(Object.entries(ends))(
  'what the worker of a cluster has logged before %s is delivered',
  (_, end) => {
    it.concurrent.for(waysOf(end))('by %s', async (way, { expect, onTestFinished }) => {
      const hook = await openHook()
      onTestFinished(() => hook.close())
      const file = join(folder, `${Math.random().toString(36).slice(2)}.mjs`)
      await writeFile(
        file,
        `import cluster from 'node:cluster'
       import { createServer } from 'node:http'
       if (cluster.isPrimary) {
         const worker = cluster.fork()
         worker.once('message', () => { ${end.inPrimary} })
       } else {
         const server = createServer().listen(0, '127.0.0.1')
         await new Promise((resolve) => server.once('listening', resolve))
         const options = ${JSON.stringify({ ...hook.options, ...end.options })}
         let alerts, logger
         ${ways[way]}
         logger.error('in the worker')
         process.send('logged', () => { ${end.inWorker} })
       }`,
      )
      const { stderr } = await runNode([file])
      await hook.came(1)
      expect(hook.posts.map(({ subject }) => subject)).toEqual([expect.stringContaining('in the worker')])
      if (!('crashes' in (end.options ?? {}))) expect(stderr).toBe('')
    })
  },
)
