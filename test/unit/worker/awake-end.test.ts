/** The last lines before the end of a process, written while the worker is awake: they cross by the ring. */
import { expect, it, type TestContext } from 'vitest'
import { countDelivered, openHook } from '../winston/hook.ts'
import { type Adapter, adapters, inline, runNode } from './program.ts'

const turns = 200

/** An error in each turn, one in the last, and then the end. */
async function run(adapter: Adapter, end: string, { onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const hook = await openHook()
  onTestFinished(() => hook.close())
  const options = { ...hook.options, closeTimeout: '9s' }
  const ended = await runNode(
    inline(`const options = ${JSON.stringify(options)}
      let alerts, logger
      ${adapters[adapter]}
      logger.error('order failed')
      await alerts.flush()
      for (let n = 0; n < ${turns}; n++) {
        logger.error('order failed')
        await new Promise(setImmediate)
      }
      logger.error('order failed')
      ${end}`),
  )
  return { ended, delivered: countDelivered(hook.posts) }
}

it.concurrent.for([
  ['alertStream', 'process.exit(3)', 3],
  ['winston', 'process.exit(3)', 3],
  ['alertStream', 'setImmediate(() => process.exit(3))', 3],
  ['winston', '', 0],
  ['alertStream', `throw new Error('no more orders')`, 1],
] as const)('%s: all of them are delivered before: %s', async ([adapter, end, code], test) => {
  const { ended, delivered } = await run(adapter, end, test)
  expect(ended.code).toBe(code)
  expect(delivered).toBe(turns + 2 + (code === 1 ? 1 : 0))
})
