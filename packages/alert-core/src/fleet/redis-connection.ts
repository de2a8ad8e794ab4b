/**
 * The connection to Redis, by ioredis, which the application installs. A connection that fails is given up,
 * and the next call opens another one: nothing waits in a queue, and no connection keeps a process alive.
 */
import { createHash } from 'node:crypto'
import type { Redis as Client, RedisOptions } from 'ioredis'
import { isObject } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import { createSteadyClock, systemClock } from '../time/clock.ts'
import { inTime } from './call-limit.ts'
import { redisDatabase } from './redis-address.ts'
import { failureOf, isConnectionOver, isRefused, namedRight, neededServer, textOf } from './redis-failures.ts'
import { readHistory, writeHistory } from './redis-history.ts'
import {
  answerKey,
  askScript,
  beatScript,
  keysOf,
  probeKey,
  probeScript,
  resignScript,
  saveScript,
} from './redis-scripts.ts'
import { answerMs, type BeatAnswer, type RedisStore, type StoredLease, StoreFailure } from './redis-store.ts'

export interface RedisConnectionOptions {
  readonly url: string
  readonly fleet: string
  readonly sentinels?: readonly string[]
  /** How an entry of the state begins that says how far a process was counted. */
  readonly memberKey: string
}

const connectMs = 2_000
/** What takes longer counts as failed. */
const callMs = 1_000

/** No timer keeps the process alive. */
const clock = createSteadyClock(systemClock)

const timedOut = () => new Error('timed out')

function answered<Result>(answer: Promise<Result>): Promise<Result> {
  return inTime(clock, callMs, answer, timedOut)
}

export function createRedisConnection(options: RedisConnectionOptions): RedisStore {
  const keys = keysOf(options.fleet)
  const [, , inbox = '', state = ''] = keys
  let opened: Promise<Client> | undefined
  /** Where the keys are, if another server of a cluster said so. */
  let moved: { readonly host: string; readonly port: number } | undefined
  let isClosed = false
  const probed = new WeakSet<Client>()

  async function connected(): Promise<Client> {
    opened ??= open(options, moved)
    const attempt = opened
    try {
      return await inTime(clock, connectMs, attempt, timedOut)
    } catch (error) {
      if (opened === attempt) giveUp()
      moved = undefined
      throw failureOf(error, true)
    }
  }

  async function ask<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    try {
      return await answered(work(await connected()))
    } catch (error) {
      if (error instanceof StoreFailure) throw error
      if (isConnectionOver(error)) giveUp()
      const [, host, port] = /MOVED \d+ (\S*):(\d+)/.exec(textOf(error)) ?? []
      if (host === undefined || isClosed) throw failureOf(error, isRefused(error))
      moved = { host: host || hostOf(options.url), port: Number(port) }
    }
    const other = await connected()
    return answered(work(other)).catch((error) => {
      throw failureOf(error, isRefused(error))
    })
  }

  function giveUp(): void {
    const over = opened
    opened = undefined
    over?.then(
      (client) => client.disconnect(),
      () => {},
    )
  }

  const run = (script: string, args: Arguments) => ask((client) => runIn(client, script, keys, args))

  /** Once for each connection, before its first beat. */
  async function probe(client: Client): Promise<void> {
    if (probed.has(client)) return
    await runIn(client, probeScript, [...keys, probeKey(options.fleet)], [])
    probed.add(client)
  }

  return {
    async beat({ id, renew = '', take = '', deltas, alerts, silences, isAble, isLeaving }) {
      const field = options.memberKey + id
      const flags = [isAble ? 1 : 0, isLeaving ? 1 : 0]
      const args = [id, renew, take, field, silences, ...flags, deltas.length, ...deltas, ...alerts]
      const answer = await ask(async (client) => {
        await probe(client)
        return runIn(client, beatScript, keys, args)
      })
      return answerOf(answer, alerts, isLeaving)
    },
    async submitted(most) {
      const found = await ask((client) => client.xrange(inbox, '-', '+', 'COUNT', most))
      return found.map(([place, fields]) => ({ place, json: fields[1] ?? '' }))
    },
    async load() {
      return new Map(Object.entries(await ask((client) => client.hgetall(state))))
    },
    async save({ id, term, stateId, history, revision, since, isWhole, changes, notified, ...rest }) {
      const { silences = '', received, aheadMs } = rest
      const triples = (list: typeof changes) =>
        list.flatMap(([key, json]) => (json === undefined ? ['-', key, ''] : ['+', key, json]))
      const answer = await run(saveScript, [
        ...[id, term, revision, since, isWhole ? 1 : 0, silences, stateId, writeHistory(history), aheadMs],
        ...[received.length, ...received.flatMap((place) => ['-', place, ''])],
        ...[changes.length, ...triples(changes)],
        ...[notified.length, ...triples(notified)],
      ])
      return answer === 'done' || answer === 'differs' ? answer : 'refused'
    },
    async ask(json) {
      const outcome = await run(askScript, [json])
      return outcome === 'asked' || outcome === 'full' ? outcome : 'no-speaker'
    },
    async answer(id, json) {
      await ask((client) => client.set(answerKey(options.fleet, id), json, 'PX', answerMs))
    },
    async answered(id) {
      return (await ask((client) => client.get(answerKey(options.fleet, id)))) ?? undefined
    },
    async resign(id, term) {
      await run(resignScript, [id, term])
    },
    close() {
      isClosed = true
      giveUp()
    },
  }
}

type Arguments = readonly (string | number)[]

async function runIn(
  client: Client,
  script: string,
  keys: readonly string[],
  args: Arguments,
): Promise<unknown> {
  try {
    return await client.evalsha(hashOf(script), keys.length, ...keys, ...args)
  } catch (error) {
    if (!textOf(error).startsWith('NOSCRIPT')) throw namedRight(error, script)
    return await client.eval(script, keys.length, ...keys, ...args).catch((again) => {
      throw namedRight(again, script)
    })
  }
}

async function open(
  { url, sentinels }: RedisConnectionOptions,
  moved: { readonly host: string; readonly port: number } | undefined,
): Promise<Client> {
  const Redis = await loadClient()
  const db = redisDatabase(url)
  const client =
    sentinels === undefined
      ? new Redis(addressOf(url, moved), { ...settings, db })
      : new Redis({ ...behind(url, sentinels), db })
  let cause: unknown
  client.on('error', (error) => {
    cause = error
  })
  client.on('connect', () => unref(client))
  const connected = client.connect()
  // The socket exists one turn later; it must not keep a process alive while it connects.
  setImmediate(() => unref(client))
  try {
    await connected
  } catch (error) {
    client.disconnect()
    throw cause ?? error
  }
  await refuseOld(client)
  // A wrong password is said in an event, and so is a refusal that follows a handshake of TLS.
  if (cause !== undefined) {
    client.disconnect()
    throw cause
  }
  return client
}

/**
 * Without the database, because the client prefers what stands in the address to all other options, and
 * selects 'NaN' for a word, in a promise that it handles nowhere.
 */
function addressOf(url: string, moved: { readonly host: string; readonly port: number } | undefined): string {
  const address = new URL(url)
  address.pathname = ''
  address.searchParams.delete('db')
  if (moved === undefined) return address.href
  address.hostname = moved.host.includes(':') ? `[${moved.host}]` : moved.host
  address.port = String(moved.port)
  return address.href
}

/** What an old server cannot do shows only later, and differs from one release to the next. */
async function refuseOld(client: Client): Promise<void> {
  // The rights that a fleet needs do not let it ask.
  const info = await client.info('server').catch(() => '')
  const [, version, major, minor] = /^redis_version:((\d+)\.(\d+)[\w.]*)/m.exec(info) ?? []
  if (version === undefined || Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 2)) return
  client.disconnect()
  throw new StoreFailure(`The server of state.redis is Redis ${version}: ${neededServer}`, {
    isLasting: true,
    isUnsent: true,
  })
}

const settings = {
  lazyConnect: true,
  enableOfflineQueue: false,
  enableReadyCheck: false,
  disableClientInfo: true,
  protocol: 2,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // Its own limits do not know whether this process was stalled.
  connectTimeout: 10 * connectMs,
  retryStrategy: () => null,
} satisfies RedisOptions

function behind(url: string, sentinels: readonly string[]): RedisOptions {
  const { username, password, hostname, protocol } = new URL(url)
  return {
    ...settings,
    name: hostname,
    sentinels: sentinels.map((place) => {
      const at = place.lastIndexOf(':')
      return { host: place.slice(0, at), port: Number(place.slice(at + 1)) }
    }),
    sentinelRetryStrategy: () => null,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

async function loadClient() {
  // In a `try`, so that bundlers accept that the package may be missing.
  try {
    const { Redis } = await import('ioredis')
    return Redis
  } catch {
    throw new StoreFailure('state.redis needs the package ioredis: npm install ioredis', {
      isLasting: true,
      isUnsent: true,
    })
  }
}

/** ioredis does not name its sockets in its types. */
function unref(client: Client): void {
  const { stream, connector } = client as unknown as {
    readonly stream?: { unref?(): void }
    readonly connector?: { readonly stream?: { unref?(): void } }
  }
  stream?.unref?.()
  connector?.stream?.unref?.()
}

function answerOf(raw: unknown, alerts: readonly string[], isLeaving: boolean): BeatAnswer {
  const [now, holder, seen, members, version, list, term, stateId, history, full, able, last, notified] =
    raw as [
      ...[string, string, string, number, string, string, string, string, string, number, string, string],
      string[],
    ]
  const lease = leaseOf(holder)
  return {
    now: Number(now),
    seen: seenOf(seen),
    members,
    history: readHistory(history),
    isFull: full === 1,
    ableAt: Number(able),
    ...(isLeaving && { staying: { others: members - 1, ...(last !== '' && { last }) } }),
    notified: new Map(alerts.flatMap((id, n) => (notified[n] ? [[id, notified[n]] as const] : []))),
    ...(lease === undefined ? {} : { lease }),
    ...(list === '' ? {} : { silences: { version: Number(version), json: list } }),
    ...(term === '' ? {} : { stateTerm: term, stateId }),
  }
}

function leaseOf(holder: string): StoredLease | undefined {
  const [id, term, renewedAt] = holder.split(' ')
  return id && term ? { id, term, renewedAt: Number(renewedAt) } : undefined
}

/** The number in the entry of a process; 0 if there is none. */
function seenOf(json: string): number {
  const entry = parseJson(json)
  return (isObject(entry) && Number(entry['number'])) || 0
}

function hashOf(script: string): string {
  const known = hashes.get(script)
  if (known !== undefined) return known
  const hash = createHash('sha1').update(script).digest('hex')
  hashes.set(script, hash)
  return hash
}

const hashes = new Map<string, string>()

function hostOf(url: string): string {
  return new URL(url).hostname
}
