/** The counted values on disk: how often they are written, what a kill loses, what an edited file breaks. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { isEntry } from '#core/state/entry-schemas.ts'
import { aDirectory, hook, imageOf, line, openHub, second, start, started } from '../hub/state-rig.ts'

const options: AlertOptions = {
  channels: { a: { ...hook('a'), wait: 0, interval: 0, repeat: '1h' } },
  impact: ['userId'],
}
const failed = (user: number, at: number) => line({ msg: 'charge failed', userId: user, time: at })

function journalOf(directory: string): string {
  const [name] = readdirSync(directory).filter((file) => file.endsWith('.journal'))
  return join(directory, name!)
}

function impactLines(directory: string): string[] {
  return readFileSync(journalOf(directory), 'utf8')
    .split('\n')
    .filter((text) => text.includes('impact/'))
}

async function countAfter(directory: string, at: number): Promise<number | undefined> {
  const next = openHub({ ...options, state: { dir: imageOf(directory) } }, { at })
  await started(next)
  next.hub.write(failed(0, at))
  await next.clock.advance(3600 * second)
  const alert = next.posts.flatMap(({ body }) => body.alerts).find(({ rule }) => rule === 'error')
  return (alert as { impact?: { userId: number } } | undefined)?.impact?.userId
}

describe('the values that an alert counted', () => {
  it('are written ever less often, and a kill loses an eighth of them at most', async () => {
    const dir = aDirectory()
    const rig = openHub({ ...options, state: { dir } })
    await started(rig)
    for (let user = 0; user < 300; user++) {
      rig.hub.write(failed(user, rig.clock.now()))
      await rig.clock.advance(1.1 * second)
    }
    // One by one up to 64, then 72, 81, 92, …
    expect(impactLines(dir).length).toBeGreaterThan(60)
    expect(impactLines(dir).length).toBeLessThan(90)
    const count = await countAfter(dir, rig.clock.now())
    expect(count).toBeGreaterThan((300 * 7) / 8)
    expect(count).toBeLessThanOrEqual(300)
  })

  it('are all kept by a close', async () => {
    const dir = aDirectory()
    const rig = openHub({ ...options, state: { dir } })
    await started(rig)
    for (let user = 0; user < 300; user++) {
      rig.hub.write(failed(user, rig.clock.now()))
      await rig.clock.advance(1.1 * second)
    }
    const at = rig.clock.now()
    const closed = rig.hub.close()
    await rig.clock.advance(10 * second)
    await closed
    expect(await countAfter(dir, at)).toBe(300)
  })

  it('are forgotten alone if somebody edited them: the alert lives on', async () => {
    const dir = aDirectory()
    const rig = openHub({ ...options, state: { dir } })
    await started(rig)
    for (const user of [0, 1, 2]) rig.hub.write(failed(user, start))
    await rig.clock.advance(3 * second)
    const image = imageOf(dir)
    const path = journalOf(image)
    const edited = readFileSync(path, 'utf8').replace(/("impact\/\w+",)\{[^\n]*\}(?=\])/, '$17')
    expect(edited).toMatch(/"impact\/\w+",7/)
    writeFileSync(path, edited)
    expect(await countAfter(image, start + 60 * second)).toBe(1)
  })
})

describe('what is read back', () => {
  it('of values and releases is skipped if it does not fit', () => {
    expect(isEntry('impact', { userId: { values: 'AAAAAAAB' } })).toBe(true)
    expect(isEntry('seen', { id: 'a', release: '1.4.1' })).toBe(true)
    for (const bad of [undefined, null, 7, 'text', { userId: 7 }, { userId: { values: 7 } }])
      expect(isEntry('impact', bad)).toBe(false)
    for (const bad of [undefined, {}, { id: 'a' }, { id: 7, release: '1' }])
      expect(isEntry('seen', bad)).toBe(false)
  })
})
