// What is left when the process that notifies for a directory is killed: all that it has counted itself.
import { describe, expect, it } from 'vitest'
import { createProcesses } from './processes-rig.ts'
import { aDirectory, hook, imageOf, ok, openHub, second, start, started } from './state-rig.ts'

const options = {
  service: 'orders',
  channels: { ops: { ...hook('ops'), wait: second, interval: 0, repeat: second } },
} as const

/** So few alerts do not take longer to be saved. */
const savedWithinMs = 20

function aFleet(directory: string) {
  const processes = createProcesses({
    startMs: start,
    directory,
    options,
    ports: { fetch: async () => ok() },
  })
  const pass = (ms: number) => processes.passTo(processes.now() + ms)
  return { ...processes, pass }
}

/** What a process that starts after the kill knows. */
async function countsIn(image: string, at: number): Promise<readonly (readonly [string, number])[]> {
  const next = openHub({ ...options, state: { dir: image, fleet: false } }, { at })
  await started(next)
  const alerts = next.hub.status().alerts.filter(({ rule }) => !rule.startsWith('@'))
  return alerts.map(({ headline, count }): [string, number] => [headline, count]).sort()
}

describe('the one of several processes that notifies', () => {
  it.each([1, 5, 400])('has saved its own records when it is killed, %s at a time', async (perTurn) => {
    const directory = aDirectory()
    const fleet = aFleet(directory)
    await fleet.startAll(3)
    const speaker = fleet.hubs.find((hub) => hub.stats().fleet?.role === 'speaker')!
    let logged = 0
    for (let turn = 0; turn < 20; turn++) {
      for (let n = 0; n < perTurn; n++) fleet.log(speaker, { msg: `pool ${++logged} is empty` })
      await fleet.pass(savedWithinMs)
      const [[, count] = ['', 0]] = await countsIn(imageOf(directory), fleet.now())
      expect(count).toBe(logged)
    }
  })

  it('takes little longer for 900 alerts', async () => {
    const directory = aDirectory()
    const fleet = aFleet(directory)
    await fleet.startAll(2)
    const speaker = fleet.hubs.find((hub) => hub.stats().fleet?.role === 'speaker')!
    const kinds = Array.from({ length: 900 }, (_, n) => `key${n}`)
    for (const key of kinds) fleet.log(speaker, { msg: 'failed', alert: { key } })
    await fleet.pass(second)
    for (const key of kinds) fleet.log(speaker, { msg: 'failed', alert: { key } })
    await fleet.pass(200)
    const counts = await countsIn(imageOf(directory), fleet.now())
    expect(counts.map(([, count]) => count)).toEqual(kinds.map(() => 2))
  })
})
