/**
 * Bursts of large lines into a small heap. Node gives each thread of a process the same limit, so the worker
 * may run out of memory; the application must not notice.
 */
import { describe, it } from 'vitest'
import { countDelivered, openHook } from '../../unit/winston/hook.ts'
import { type Adapter, adapters, inline, runNode } from '../../unit/worker/program.ts'

const target = `const { default: pino } = await import('pino')
  const { alertTransport } = await import('pino-alert-transport')
  alerts = alertTransport(options)
  logger = pino({ transport: { targets: [{ ...alerts, options: alerts.options }] } })`

const ways: readonly (readonly [Adapter | 'target', 'worker' | 'process'])[] = [
  ['target', 'worker'],
  ['alertStream', 'worker'],
  ['winston', 'worker'],
  ['alertStream', 'process'],
]

describe('bursts of lines of 400 KB into a heap of 64 MB', () => {
  it.for(ways)(
    'do not end the application, and what is not alerted is counted, with %s in a %s',
    async ([adapter, runIn], { expect, onTestFinished }) => {
      const hook = await openHook()
      onTestFinished(() => hook.close())
      const source = `
      const options = { ...${JSON.stringify(hook.options)}, runIn: '${runIn}' }
      let alerts, logger
      ${adapter === 'target' ? target : adapters[adapter]}
      const codes = []
      alerts.on('alert', ({ type, code }) => type === 'error' && codes.push(code))
      const text = 'x'.repeat(400_000)
      for (let n = 0; n < 200; n++) {
        logger.error({ text }, 'large order failed')
        if (n % 50 === 49) await new Promise(setImmediate)
      }
      let accounted = 0
      // pino passes on to a target only what its worker has taken.
      while (accounted < 200) {
        const { lines, failures } = (await alerts.stats()) ?? { lines: 0, failures: {} }
        accounted = Object.values(failures).reduce((sum, count) => sum + count, lines)
      }
      const { delivered } = await alerts.close()
      console.log(JSON.stringify({ accounted, codes, delivered }))`
      const ended = await runNode(inline(source), {
        timeout: 200_000,
        env: { NODE_OPTIONS: '--max-old-space-size=64' },
      })
      expect(ended).toMatchObject({ code: 0, signal: null })
      const said = JSON.parse(ended.stdout)
      expect(said).toMatchObject({ accounted: 200, delivered: true })
      // A slow machine may take the search for memory for a standstill.
      for (const code of said.codes) expect(code).toMatch(/^ALERT_WORKER_(LOST|STALLED)$/)
      expect(countDelivered(hook.posts)).toBeGreaterThan(0)
    },
  )
})
