/** A thousand transports with different options: what they cost beyond one. */
import { expect, it } from 'vitest'
import { openHook } from '../../unit/winston/hook.ts'
import { inline, runNode } from '../../unit/worker/program.ts'

it('a thousand different transports are one thread, and at most 250 MB more than one', async () => {
  const hook = await openHook()
  const { stdout, stderr } = await runNode(
    inline(`
      import winston from 'winston'
      import { AlertTransport } from 'winston-alert-transport'
      const { channels, ...options } = ${JSON.stringify(hook.options)}
      const rules = [{ name: 'refused', match: { 'err.code': 'ECONNREFUSED' } }, { name: 'late', match: { msg: 'late' } }]
      let started = 0
      process.on('worker', () => started++)
      const all = []
      /** With two channels and two rules, and an alert that waits. */
      const open = async (index) => {
        const more = { rules, channels: { hook: { ...channels.hook, wait: '1h' }, calm: { ...channels.hook, wait: '1h', minSeverity: 'critical' } } }
        const transport = new AlertTransport({ ...options, service: 'shop-' + index, ...more })
        const logger = winston.createLogger({ transports: [transport] })
        all.push({ transport, logger })
        logger.error('order failed')
        if ((await transport.stats()).matched !== 1) throw new Error('not matched')
      }
      await open(0)
      const one = process.memoryUsage.rss()
      for (let index = 1; index < 1_000; index++) await open(index)
      console.log(JSON.stringify({ started, megabytes: (process.memoryUsage.rss() - one) / 1e6 }))
      process.reallyExit(0)`),
    { timeout: 300_000 },
  )
  await hook.close()
  expect(stderr).toBe('')
  const { started, megabytes } = JSON.parse(stdout)
  console.info(`A thousand transports: ${megabytes.toFixed(0)} MB more than one`)
  expect(started).toBe(1)
  expect(megabytes).toBeLessThan(250)
})
