import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'vitest'
import { type Hook, openHook } from '../../unit/winston/hook.ts'
import { type Adapter, adapters, inline, runNode } from '../../unit/worker/program.ts'

/** For one test: they run side by side. */
async function open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const hook = await openHook()
  const directory = await mkdtemp(join(tmpdir(), 'alert-inline-'))
  onTestFinished(async () => {
    await hook.close()
    await rm(directory, { recursive: true, force: true })
  })
  return { hook, directory }
}

function run(hook: Hook, adapter: Adapter, body: string, more: object) {
  return runNode(
    inline(`const options = ${JSON.stringify({ ...hook.options, runIn: 'inline', ...more })}
      let alerts, logger
      ${adapters[adapter]}
      ${body}`),
  )
}

const ends: Record<string, string> = {
  'process.exit() in the first tick': `logger.error('card gateway gone'); process.exit(1)`,
  'a throw in the first tick': `logger.error('card gateway gone'); throw new Error('boot failed')`,
  'a crash that nothing logged': `throw new TypeError('card gateway gone')`,
  'a later crash that nothing logged': `setTimeout(() => { throw new TypeError('card gateway gone') }, 50)`,
}

describe.each(['alertStream', 'winston'] as const)(
  'in the thread of the application, with %s,',
  (adapter) => {
    it.concurrent.for(Object.entries(ends))(
      'the state directory keeps the alerts of %s for the next start',
      async ([, body], { expect, onTestFinished }) => {
        const { hook, directory } = await open({ onTestFinished })
        const state = { state: { dir: directory } }
        const { code, stderr } = await run(hook, adapter, body, state)
        expect(code).toBe(1)
        expect(stderr).not.toContain('ALERT_')
        expect(hook.posts).toEqual([])
        // Another program with the same directory.
        await run(hook, adapter, `logger.info('up again')`, state)
        await expect
          .poll(() => JSON.stringify(hook.posts), { timeout: 30_000 })
          .toContain('card gateway gone')
      },
    )

    it.concurrent.for(Object.entries(ends))(
      'a warning says what %s lost, and what would keep it',
      async ([, body], { expect, onTestFinished }) => {
        const { hook } = await open({ onTestFinished })
        const { code, stderr } = await run(hook, adapter, body, {})
        expect(code).toBe(1)
        expect(stderr.match(/ALERT_UNDELIVERED/g)).toHaveLength(1)
        expect(stderr).toContain('set state.dir')
      },
    )
  },
)
