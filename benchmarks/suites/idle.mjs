// What a hub costs while nothing goes wrong: memory, and how often its threads wake.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { atMost } from '../lib/goals.mjs'
import { few, rounds as roundsOf } from '../lib/size.mjs'
import { median, spread } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./idle.child.mjs', import.meta.url))
const rounds = roundsOf(5)
const hub = 'a hub with one channel'
const names = [hub, 'a thread without code', 'nothing more']

export async function idle() {
  const taken = new Map(few(names).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const [name, each] of taken) each.push((await runChild(child, [name])).result)
  const rows = [...taken].map(([name, each]) => ({
    'beside the loaded adapter': name,
    'memory, MiB': median(each.map(({ mib }) => mib)).toFixed(1),
    spread: spread(
      each.map(({ mib }) => mib),
      1,
    ),
    'wakeups a second': each.some(({ perSecond }) => perSecond === null)
      ? '–'
      : median(each.map(({ perSecond }) => perSecond)).toFixed(1),
  }))
  const ofHub = taken.get(hub)
  const goals = [
    atMost('memory of one idle hub', 12, median(ofHub.map(({ mib }) => mib)), { unit: ' MiB', digits: 1 }),
    atMost(
      'wakeups a second of an idle hub',
      0,
      median(ofHub.map(({ perSecond }) => perSecond ?? Number.NaN)),
      {
        digits: 1,
      },
    ),
  ]
  return { rows, goals }
}
