// What is left when the process that notifies for a directory is killed: all that it has counted itself.
import { describe, expect, it } from 'vitest'
import type { Hub } from '#core/hub/hub-types.ts'
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

it.each(['notifies', 'follows', 'does not take part yet'])(
  'a silence stays until it is ended, and then ends for good, if its process %s',
  async (role) => {
    const directory = aDirectory()
    const fleet = aFleet(directory)
    await fleet.startAll(2)
    const silence = { match: { k: 'deploy' }, for: '1h' } as const
    const isSpeaker = (hub: Hub) => hub.stats().fleet?.role === 'speaker'
    const maker =
      role === 'does not take part yet'
        ? fleet.start({}, (hub) => hub.silence(silence))
        : fleet.hubs.find((hub) => isSpeaker(hub) === (role === 'notifies'))!.silence(silence)
    await maker
    await fleet.pass(second)
    expect(await silencesAfterKill()).toBe(1)
    await fleet.changeLead()
    await fleet.start()
    await fleet.pass(second)
    expect(await silencesAfterKill()).toBe(1)
    for (const hub of fleet.hubs) expect(hub.status().silences).toHaveLength(1)
    fleet.hubs.find(isSpeaker)!.unsilence(fleet.hubs[0]!.status().silences[0]!.id)
    await fleet.pass(second)
    expect(await silencesAfterKill()).toBe(0)

    async function silencesAfterKill(): Promise<number> {
      const state = { dir: imageOf(directory), fleet: false }
      const next = openHub({ ...options, state }, { at: fleet.now() })
      await started(next)
      return next.hub.status().silences.length
    }
  },
)
