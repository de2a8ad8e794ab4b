// What one voice from many processes costs: how much later people are notified, how often Redis is called,
// and how busy the process is that notifies for a thousand.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { atMost } from '../lib/goals.mjs'
import { openProvider, startMember, until } from '../lib/members.mjs'
import { isShort } from '../lib/size.mjs'
import { importSource } from '../lib/source.mjs'
import { median } from '../lib/stats.mjs'
import { fleetOfMany } from './fleet-of-many.mjs'

const tests = fileURLToPath(new URL('../../test/', import.meta.url))

const size = isShort ? 3 : 10
// With the takeovers no more than twenty alerts in half a minute: more are a storm, and are sent together.
const calls = isShort ? 1 : 8
const takeovers = isShort ? 1 : 3
const waitMs = isShort ? 100 : 1_000
const idleMs = isShort ? 500 : 10_000
const stormMs = isShort ? 300 : 10_000
const perSecond = isShort ? 300 : 2_000
/** So unlike each other that none are merged. */
const kinds = [
  'the cache is down',
  'no answer from the payment gateway',
  'mailer: too many connections',
  'search index cannot be opened',
  'ledger differs',
  'printer has no paper left in any tray',
  'queue overflow',
  'cannot parse the configuration of billing',
]
const common = { type: 'webhook', interval: 0, limit: [] }
const ms = { unit: ' ms', digits: 0 }

export async function fleet() {
  const redis = await importSource('unit/fleet/redis-server.ts', tests)
  const fleets = [
    { name: 'one process', size: 1 },
    { name: 'a state directory', size },
    ...(redis.whyNoRedis === '' ? [{ name: 'Redis', size, redis }] : []),
  ]
  const [solo, ...measured] = await inTurn(fleets.map((one) => () => measure(one)))
  const rows = [solo, ...measured].map((one) => rowOf(one, solo))
  if (redis.whyNoRedis !== '')
    rows.push({ fleet: `Redis${redis.whyNoRedis.replace('skipped', 'not measured')}` })
  const many = await fleetOfMany(kinds)
  return {
    rows: [...rows, ...many.rows],
    goals: [...measured.flatMap((one) => goalsOf(one, solo)), ...many.goals],
  }
}

/** One after the other; in a quick run, whose figures mean nothing, all at once. */
async function inTurn(works) {
  if (isShort) return Promise.all(works.map((work) => work()))
  const results = []
  for (const work of works) results.push(await work())
  return results
}

function rowOf(one, solo) {
  const { name, size, firstMs, criticalMs, takeoverMs, logged, counted, callsPerRecord, idleCalls } = one
  const isSolo = one === solo
  return {
    fleet: name,
    processes: size,
    'first message after `wait`, p50, ms': firstMs.toFixed(0),
    'later than one process, ms': isSolo ? '' : (firstMs - solo.firstMs).toFixed(0),
    'critical record to message, p50, ms': criticalMs.toFixed(0),
    'most from the end of the speaker to the next message, ms': takeoverMs?.toFixed(0) ?? '',
    'counted / logged in the storm': isSolo ? '' : `${counted} / ${logged}`,
    'Redis calls a record': callsPerRecord?.toFixed(4) ?? '',
    'Redis calls/s of an idle follower': idleCalls?.toFixed(2) ?? '',
  }
}

function goalsOf({ name, firstMs, criticalMs, takeoverMs, logged, counted, ...redis }, solo) {
  const of = `${size} processes that share ${name}`
  const goals = [
    atMost(`first message later than one process, p50, ${of}`, 150, firstMs - solo.firstMs, ms),
    atMost(`critical record of a follower to its message, p50, ${of}`, 150, criticalMs, ms),
    atMost(`end of the speaker to the next message, ${of}`, 5_000, takeoverMs, ms),
    atMost(`records of a storm counted wrong, ${of}`, 0, Math.abs(logged - counted), { digits: 0 }),
  ]
  if (redis.idleCalls !== undefined)
    goals.push(
      atMost('Redis calls a record in a storm', 0.02, redis.callsPerRecord, { digits: 4 }),
      atMost('Redis calls a second of an idle follower', 0.6, redis.idleCalls),
    )
  return goals
}

async function measure({ name, size, redis }) {
  const directory = mkdtempSync(join(tmpdir(), 'alert-bench-'))
  const provider = await openProvider()
  const server = await redis?.startRedis()
  const options = {
    state: server === undefined ? { dir: directory, fleet: size > 1 } : { redis: server.url },
    channels: {
      // No alert is on both: a storm does not slow down the other channel.
      news: {
        ...common,
        url: provider.url,
        match: { storm: { exists: false } },
        wait: waitMs,
        repeat: false,
      },
      counts: { ...common, url: provider.url, match: { storm: true }, wait: waitMs, ...afterStorm() },
    },
  }
  const start = (_, n) => startMember({ ...options, process: `web-${n + 1}` })
  const members = await Promise.all(Array.from({ length: size }, start))
  try {
    const count = async () => Math.min(...(await askAll(members, 'members')))
    await until(async () => (await count()) >= size)
    const calls = server && (() => redis.callsOf(server.admin()))
    const idleCalls = calls && (await inIdleTime(calls, size))
    const firstMs = (await timeOfNews(members, provider, 'news', 50)) - waitMs
    const criticalMs = await timeOfNews(members, provider, 'critical', 60)
    const storm = size > 1 ? await inStorm(members, provider, calls) : {}
    const takeoverMs = size > 1 ? await afterKill(members, provider) : undefined
    return { name, size, firstMs, criticalMs, takeoverMs, idleCalls, ...storm }
  } finally {
    for (const { kill } of members) kill()
    await server?.stop()
    provider.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** One reminder, with all that the storm brought. */
function afterStorm() {
  const repeat = stormMs + 2_000
  return { repeat, repeatMax: repeat }
}

const askAll = (members, task, value) => Promise.all(members.map(({ ask }) => ask(task, value)))

async function speakerOf(members) {
  let at = -1
  await until(async () => {
    at = (await askAll(members, 'role')).findIndex((role) => role === 'speaker' || role === 'solo')
    return at >= 0
  })
  return at
}

/** From records of others than the speaker to their messages, p50. */
async function timeOfNews(members, provider, name, level) {
  const speaker = await speakerOf(members)
  const others = members.length > 1 ? members.filter((_, n) => n !== speaker) : members
  const times = []
  for (let n = 0; n < calls; n++)
    times.push(await timeOf(provider, others[n % others.length], `${name} ${n}`, level))
  return median(times)
}

/** From the record to the first byte of its message, or from an earlier moment. */
async function timeOf(provider, { ask }, key, level, from) {
  const arrived = provider.arrival(key)
  const loggedAt = await ask('log', { msg: key, level, alert: { key } })
  return Number((await arrived) - (from ?? BigInt(loggedAt))) / 1e6
}

async function inIdleTime(calls, size) {
  const [before, from] = [await calls(), performance.now()]
  await sleep(idleMs)
  const seconds = (performance.now() - from) / 1_000
  // The speaker renews its lease each second.
  return (((await calls()).scripts - before.scripts) / seconds - 1) / (size - 1)
}

async function inStorm(members, provider, calls) {
  const before = await calls?.()
  const perTurn = Math.ceil((perSecond / members.length) * 0.02)
  const each = await askAll(members, 'storm', { ms: stormMs, kinds, perTurn })
  const logged = each.reduce((sum, count) => sum + count, 0)
  const callsPerRecord = calls && ((await calls()).all - before.all) / logged
  const counted = () => kinds.reduce((sum, kind) => sum + provider.counted(kind), 0)
  await until(() => counted() >= logged)
  return { logged, counted: counted(), callsPerRecord }
}

/** The longest from the end of the speaker to a message about what another process logged right after it. */
async function afterKill(members, provider) {
  let most = 0
  for (let round = 0; round < takeovers; round++) {
    const [speaker] = members.splice(await speakerOf(members), 1)
    const killedAt = process.hrtime.bigint()
    speaker.kill()
    most = Math.max(most, await timeOf(provider, members[0], `after end ${round}`, 60, killedAt))
  }
  return most
}
