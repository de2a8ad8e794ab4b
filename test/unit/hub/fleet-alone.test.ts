/**
 * Processes of one host that cannot reach each other for a while: the folder for their sockets, which is used
 * where the path of the directory is too long, is gone. Real hubs under one virtual clock.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createProcesses } from './processes-rig.ts'
import { aDirectory, hook, ok, second, start } from './state-rig.ts'

interface Body {
  readonly id: string
  readonly reason: string
  readonly alerts: readonly {
    readonly rule: string
    readonly latestMessage: string
    readonly reason: string
    readonly newCount: number
  }[]
}

let folder = ''
beforeEach(() => {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = aDirectory()
  folder = join(process.env['TMPDIR'], `alert-fleet-${process.getuid?.() ?? 0}`)
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
})

/** No process reaches another one; those that were connected are cut off. */
function blockSockets(sockets: ReadonlySet<Socket>) {
  mkdirSync(folder, { recursive: true })
  renameSync(folder, `${folder}-away`)
  writeFileSync(folder, '')
  for (const socket of sockets) socket.destroy()
}

function allowSockets() {
  rmSync(folder)
  renameSync(`${folder}-away`, folder)
}

function createFleet(more: { readonly limit?: { count: number; per: '1h' }[] } = {}) {
  const directory = join(aDirectory(), 'long-'.repeat(30))
  const bodies: Body[] = []
  const warnings: string[] = []
  const sockets = new Set<Socket>()
  const note = (message: unknown) => sockets.add((message as { readonly socket: Socket }).socket)
  subscribe('net.client.socket', note)
  onTestFinished(() => void unsubscribe('net.client.socket', note))
  const options = {
    service: 'orders',
    channels: {
      ops: { ...hook('ops'), wait: second, interval: 0, repeat: second, repeatMax: second, ...more },
    },
  }
  const processes = createProcesses({
    startMs: start,
    directory,
    options,
    ports: {
      async fetch(_, init) {
        bodies.push(JSON.parse(String(init?.body)) as Body)
        return ok()
      },
      warn: (message, code) => warnings.push(`${code} ${message}`),
    },
  })
  const pass = (ms: number) => processes.passTo(processes.now() + ms)
  let logged = 0
  const items = () => bodies.flatMap(({ alerts }) => alerts).filter(({ rule }) => !rule.startsWith('@'))
  return {
    ...processes,
    bodies,
    warnings,
    sockets,
    logInAll(msg: string) {
      for (const hub of processes.hubs) processes.log(hub, { msg })
      logged += processes.hubs.length
    },
    logged: () => logged,
    counted: () => items().reduce((sum, { newCount }) => sum + newCount, 0),
    ends: () => items().filter(({ reason }) => reason === 'resolved').length,
    firsts: (msg: string) =>
      items().filter(({ latestMessage, reason }) => latestMessage === msg && reason === 'first').length,
    pass,
    /** Each tries again by itself, later each time. */
    async untilTogether(): Promise<void> {
      while (processes.roles().includes('alone')) {
        await pass(second)
        await processes.until(() => !processes.roles().includes('starting'))
      }
    },
  }
}

describe('processes that cannot reach each other', () => {
  it('from the start on notify each for itself, and as one once they can', async () => {
    blockSockets(new Set())
    const fleet = createFleet()
    await fleet.startAll(3)
    expect(fleet.roles()).toEqual(['alone', 'alone', 'alone'])
    fleet.logInAll('disk is full')
    await fleet.pass(3 * second)
    expect([fleet.firsts('disk is full'), fleet.counted()]).toEqual([3, 3])
    expect(fleet.warnings).toEqual(
      Array(3).fill(
        `ALERT_FLEET_ALONE ${folder} cannot be created (EEXIST): remove what is there, or use a shorter path as state.dir.`,
      ),
    )

    allowSockets()
    await fleet.untilTogether()
    expect(fleet.roles().toSorted()).toEqual(['follower', 'follower', 'speaker'])
    for (const msg of ['disk is full', 'memory is full']) fleet.logInAll(msg)
    await fleet.pass(5 * second)
    expect(fleet.firsts('memory is full')).toBe(1)
    expect(fleet.counted()).toBe(fleet.logged())
    expect(fleet.warnings.filter((text) => text.startsWith('ALERT_FLEET_RECOVERED'))).toHaveLength(3)
  })

  it('for a while count each record once, and notify as one before and after it', async () => {
    const fleet = createFleet()
    await fleet.startAll(3)
    expect(fleet.roles()).toEqual(['speaker', 'follower', 'follower'])
    fleet.logInAll('disk is full')
    await fleet.pass(3 * second)
    expect([fleet.firsts('disk is full'), fleet.counted()]).toEqual([1, 3])

    fleet.logInAll('disk is full')
    blockSockets(fleet.sockets)
    fleet.logInAll('disk is full')
    await fleet.pass(5 * second)
    expect(fleet.roles()).toEqual(['speaker', 'alone', 'alone'])
    fleet.logInAll('disk is full')
    await fleet.pass(3 * second)

    allowSockets()
    await fleet.untilTogether()
    expect(fleet.roles()).toEqual(['speaker', 'follower', 'follower'])
    for (const msg of ['disk is full', 'memory is full']) fleet.logInAll(msg)
    await fleet.pass(5 * second)
    expect(fleet.firsts('memory is full')).toBe(1)
    expect(fleet.counted()).toBe(fleet.logged())
    expect(new Set(fleet.bodies.map(({ id }) => id)).size).toBe(fleet.bodies.length)
  })

  it('end together what a record ended that one of them logged meanwhile', async () => {
    const fleet = createFleet()
    await fleet.startAll(3)
    fleet.log(fleet.hubs[0]!, { msg: 'disk is full', alert: { code: 'disk' } })
    await fleet.pass(3 * second)
    blockSockets(fleet.sockets)
    await fleet.pass(5 * second)
    expect(fleet.roles()).toEqual(['speaker', 'alone', 'alone'])
    fleet.log(fleet.hubs[1]!, { level: 30, msg: 'disk has room', alert: { code: 'disk', resolve: true } })
    await fleet.pass(3 * second)
    expect(fleet.ends()).toBe(0)

    allowSockets()
    await fleet.untilTogether()
    await fleet.pass(5 * second)
    expect(fleet.ends()).toBe(1)
  })

  it('have each its part of the limit of a channel meanwhile, and afterwards the whole', async () => {
    const fleet = createFleet({ limit: [{ count: 9, per: '1h' }] })
    await fleet.startAll(3)
    await fleet.pass(2 * second)
    blockSockets(fleet.sockets)
    await fleet.pass(5 * second)
    expect(fleet.roles()).toEqual(['speaker', 'alone', 'alone'])
    const logInOne = async (...kinds: string[]) => {
      for (const kind of kinds) {
        fleet.log(fleet.hubs[1]!, { level: 60, msg: `${kind} full` })
        await fleet.pass(5 * second)
      }
    }
    await logInOne('disk', 'memory', 'queue', 'mailbox', 'cache')
    expect(fleet.bodies).toHaveLength(3)

    allowSockets()
    await fleet.untilTogether()
    await fleet.pass(3_601 * second)
    const before = fleet.bodies.length
    await logInOne('table', 'printer', 'channel', 'index', 'backlog')
    expect(fleet.bodies.length - before).toBeGreaterThan(3)
  })

  it('are one fleet again at once if only their links broke', async () => {
    const fleet = createFleet()
    await fleet.startAll(3)
    for (let round = 0; round < 5; round++) {
      fleet.logInAll('disk is full')
      for (const socket of fleet.sockets) socket.destroy()
      fleet.logInAll('disk is full')
      await fleet.pass(second)
    }
    await fleet.pass(5 * second)
    expect(fleet.roles()).toEqual(['speaker', 'follower', 'follower'])
    expect([fleet.firsts('disk is full'), fleet.counted()]).toEqual([1, fleet.logged()])
    expect(fleet.warnings).toEqual([])
  })
})
