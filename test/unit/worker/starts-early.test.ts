import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkOptions } from '#core/options.ts'
import { type LinkSetup, startsEarly } from '#core/worker/shared-links.ts'

describe('the worker', () => {
  it('starts with the first line', () => {
    expect(isEarly({})).toBe(false)
    expect(isEarly({ rules: [{ name: 'disks', match: { msg: 'disk' } }] })).toBe(false)
  })

  it.each([
    { state: { dir: '/var/lib/orders/alerts' } },
    { state: { redis: 'redis://localhost:6379' } },
    { reload: { file: 'alerts.json' } },
    { heartbeat: { url: 'https://hc.example.com/x' } },
    { metrics: {} },
    { rules: [{ name: 'backup', match: { msg: 'backup done' }, when: { absent: '1d' } }] },
  ])('starts at once with %j, in code or in a file', (options) => {
    expect(isEarly(options)).toBe(true)
    const folder = mkdtempSync(join(tmpdir(), 'starts-early-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const config = join(folder, 'alerts.json')
    writeFileSync(config, JSON.stringify(options))
    expect(isEarly({ config })).toBe(true)
  })
})

function isEarly(given: object): boolean {
  const options = { channels: { hook: { type: 'webhook', url: 'https://hooks.example.com/a' } }, ...given }
  const checked = checkOptions(options as LinkSetup['options'], {})
  expect(checked.problems).toEqual([])
  return startsEarly({ runIn: 'worker', checked })
}
