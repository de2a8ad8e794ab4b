// A thousand processes that beat and submit to a Redis in memory, of which one is real: the speaker.
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { atMost } from '../lib/goals.mjs'
import { openProvider, startMember, until } from '../lib/members.mjs'
import { isShort } from '../lib/size.mjs'
import { importSource } from '../lib/source.mjs'

const tests = fileURLToPath(new URL('../../test/', import.meta.url))
const size = isShort ? 100 : 1_000
const measuredMs = isShort ? 500 : 10_000
/** As often as a follower calls Redis with nothing to say, and while it counts records. */
const idleEveryMs = 2_000
const busyEveryMs = 1_000

export async function fleetOfMany(kinds) {
  const { startFakeRedis } = await importSource('unit/fleet/fake-redis.ts', tests)
  const redis = await startFakeRedis()
  const provider = await openProvider()
  const hook = { type: 'webhook', url: provider.url, interval: 0, limit: [], wait: 500, repeat: '12s' }
  const speaker = await startMember({
    process: 'web-0',
    state: { redis: redis.url },
    channels: { hook: { ...hook, repeatMax: '12s' } },
  })
  try {
    const members = Array.from({ length: size }, (_, n) => ({ id: `m${n}`, number: 0 }))
    const isTaken = (member, deltas) =>
      redis.beat('bench', [
        member.id,
        '',
        '',
        `member/${member.id}`,
        '0',
        '1',
        '0',
        `${deltas.length}`,
        ...deltas,
      ])[9] === 0
    const idle = await cpuOf(speaker, () =>
      inTurns(members, idleEveryMs, (member) => void isTaken(member, [])),
    )
    const busy = await cpuOf(speaker, () =>
      inTurns(members, busyEveryMs, (member) => {
        // What the full inbox does not take is submitted again with the next call.
        if (isTaken(member, [deltaOf(member, kinds)])) member.number++
      }),
    )
    const submitted = members.reduce((sum, { number }) => sum + number * kinds.length, 0)
    const counted = () => kinds.reduce((sum, kind) => sum + provider.counted(kind), 0)
    await until(() => counted() >= submitted)
    return resultOf({ idle, busy, submitted, counted: counted() })
  } finally {
    speaker.kill()
    await redis.stop()
    provider.close()
  }
}

function resultOf({ idle, busy, submitted, counted }) {
  const row = (what, cpuMs) => ({
    fleet: `Redis in memory, ${what}`,
    processes: size + 1,
    'CPU time a second of the speaker, ms': cpuMs.toFixed(0),
  })
  const of = `of ${size} processes`
  return {
    rows: [
      row('all idle', idle),
      {
        ...row('each submits 8 kinds a second', busy),
        'counted / logged in the storm': `${counted} / ${submitted}`,
      },
    ],
    goals: [
      // A process that needs more than one core does not keep up.
      atMost(`CPU time a second of the speaker ${of}, each submits 8 kinds a second`, 1_000, busy, {
        unit: ' ms',
        digits: 0,
      }),
      atMost(`records counted wrong ${of}`, 0, Math.abs(counted - submitted), { digits: 0 }),
    ],
  }
}

/** ms of CPU time in a second. */
async function cpuOf({ ask }, work) {
  const [before, from] = [await ask('cpuMs'), performance.now()]
  await work()
  return ((await ask('cpuMs')) - before) / ((performance.now() - from) / 1_000)
}

/** Each member once in so long, evenly. */
async function inTurns(members, everyMs, call) {
  const from = performance.now()
  let calls = 0
  while (performance.now() - from < measuredMs) {
    const due = ((performance.now() - from) / everyMs) * members.length
    for (; calls < due; calls++) call(members[calls % members.length])
    await sleep(10)
  }
}

/** As a process writes it: see redis-delta.ts. */
function deltaOf({ id, number }, kinds) {
  const at = Date.now()
  const items = kinds.map((msg, n) => {
    const record = { time: at, level: 50, levelLabel: 'error', msg, fields: {} }
    const what = { id: `${n}`.padStart(16, '0'), rule: 'error', key: msg, labels: {}, severity: 'error' }
    const occurrence = { ...what, action: 'fire', record, resolveAfterMs: 900_000 }
    return { occurrence, count: 1, firstAt: at, lastAt: at }
  })
  return JSON.stringify({ v: 1, m: id, p: id, o: '', n: number + 1, l: 1, i: items })
}
