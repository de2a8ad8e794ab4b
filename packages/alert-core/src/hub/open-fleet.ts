/** The fleet of a hub with a state directory: the processes of this host that share it and its channels. */
import { randomBytes } from 'node:crypto'
import type { Fleet } from '../fleet/fleet-types.ts'
import { createLocalGround } from '../fleet/local-ground.ts'
import { createPeer } from '../fleet/peer.ts'
import { createSolo } from '../fleet/solo.ts'
import type { Plan } from '../options.ts'
import { hash64 } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'

/** Processes of versions that do not understand each other are two fleets. */
const protocol = 1

export function openFleet(directory: string, plan: Plan, clock: Clock): Fleet {
  if (!plan.enabled || !plan.fleet) return createSolo()
  const { service, env, dryRun, level, rules, muting } = plan
  const channels = plan.channels.map(({ name, type }) => `${name} ${type}`).sort()
  // Without what may hold a secret.
  const settings = plan.channels.map(({ definition: _, providerOptions: __, to: ___, ...channel }) => channel)
  // Without a name of the service, what runs in another folder is another service.
  const place = service === undefined ? process.cwd() : ''
  return createPeer({
    id: randomBytes(6).toString('hex'),
    process: plan.process || String(process.pid),
    ground: createLocalGround({ directory, identity: [protocol, service, env, place, dryRun, channels] }),
    clock,
    options: hash64(JSON.stringify([level, rules, muting, settings])),
  })
}
