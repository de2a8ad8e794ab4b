/** The fleet of a hub: the processes of this host that share its directory, or all that share a Redis. */
import { randomBytes } from 'node:crypto'
import { fleetName } from '../fleet/fleet-name.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import { createLocalLeases } from '../fleet/local-leases.ts'
import { createPeer } from '../fleet/peer.ts'
import { withoutTexts } from '../fleet/redis-delta.ts'
import { createJournalKeeper, type JournalKeeper } from '../fleet/redis-journal.ts'
import { createRedisPeer } from '../fleet/redis-peer.ts'
import type { RedisStore } from '../fleet/redis-store.ts'
import { createSolo } from '../fleet/solo.ts'
import type { Plan } from '../options.ts'
import { keys } from '../state/state-format.ts'
import { hash64 } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'

/** Processes of versions that do not understand each other are two fleets. */
const protocol = 1

export interface OpenedFleet {
  readonly fleet: Fleet
  /** Where the state is kept, if that is not a directory. */
  readonly journal?: JournalKeeper
}

/** `clock` is steady, `wallNow` the clock of the moments that a hub keeps. */
export function openFleet(plan: Plan, clock: Clock, wallNow: () => number): OpenedFleet {
  const { stateDir, redis } = plan
  if (!plan.enabled) return { fleet: createSolo() }
  if (redis !== undefined) return openShared(plan, redis, clock, wallNow)
  return { fleet: stateDir === undefined || !plan.fleet ? createSolo() : openLocal(stateDir, plan, clock) }
}

function openLocal(directory: string, plan: Plan, clock: Clock): Fleet {
  const { service, env, dryRun } = plan
  const channels = plan.channels.map(({ name, type }) => `${name} ${type}`).sort()
  // Without a name of the service, what runs in another folder is another service.
  const place = service === undefined ? process.cwd() : ''
  return createPeer({
    id: newId(),
    process: plan.process || String(process.pid),
    leases: createLocalLeases({ directory, identity: [protocol, service, env, place, dryRun, channels] }),
    clock,
    options: settingsOf(plan),
  })
}

/** Without what may hold a secret. */
function settingsOf({ level, rules, muting, channels }: Plan): string {
  const settings = channels.map(({ definition: _, providerOptions: __, to: ___, ...channel }) => channel)
  return hash64(JSON.stringify([level, rules, muting, settings]))
}

function openShared(
  plan: Plan,
  redis: NonNullable<Plan['redis']>,
  clock: Clock,
  wallNow: () => number,
): OpenedFleet {
  const journal = createJournalKeeper()
  const fleet = createRedisPeer({
    id: newId(),
    process: plan.process || String(process.pid),
    store: lazyStore(plan, redis),
    journal,
    clock,
    wallNow,
    newTerm: newId,
    options: settingsOf(plan),
    ...(redis.sample ? {} : { replacer: withoutTexts }),
  })
  return { fleet, journal }
}

/** Connection and client are loaded at the first call. */
function lazyStore(plan: Plan, { url, sentinels, fleet: given }: NonNullable<Plan['redis']>): RedisStore {
  const fleet = fleetName({ ...plan, fleet: given })
  let opened: Promise<RedisStore> | undefined
  const open = () =>
    (opened ??= import('../fleet/redis-connection.ts').then(({ createRedisConnection }) =>
      createRedisConnection({ url, fleet, memberKey: keys.member, ...(sentinels && { sentinels }) }),
    ))
  return {
    beat: async (query) => (await open()).beat(query),
    submitted: async (most) => (await open()).submitted(most),
    load: async () => (await open()).load(),
    save: async (query) => (await open()).save(query),
    ask: async (json) => (await open()).ask(json),
    answer: async (id, json) => (await open()).answer(id, json),
    answered: async (id) => (await open()).answered(id),
    resign: async (id, term) => (await open()).resign(id, term),
    close: () =>
      void opened?.then(
        (store) => store.close(),
        () => {},
      ),
  }
}

function newId(): string {
  return randomBytes(6).toString('hex')
}
