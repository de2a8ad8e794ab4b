import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createConsul } from '#cli/consul.ts'
import { createHub } from '#core/hub/create-hub.ts'
import type { Hub, Wanted } from '#core/hub/hub-types.ts'
import type { AlertEvent } from '#core/model.ts'
import type { AlertOptions } from '#core/options.ts'
import type { Message } from '#core/provider/provider.ts'

/** A hub on the machine's clock whose channels note what they are sent. */
function openHub(options: AlertOptions, env: Readonly<Record<string, string>> = {}) {
  const heard = new EventEmitter()
  const notified: { channel: string; message: Message }[] = []
  const events: AlertEvent[] = []
  const wanted: Wanted[] = []
  const hub = createHub(options, {
    env,
    sender: (channel) => ({
      async send(message) {
        notified.push({ channel, message })
        return { status: 'delivered' }
      },
    }),
    onWanted: (now) => wanted.push(now),
  })
  hub.subscribe((event) => {
    events.push(event)
    heard.emit('event')
  })
  // The hub's timers hold no process; a test that waits for it does.
  const alive = setInterval(() => heard.emit('event'), 20)
  return {
    hub,
    notified,
    events,
    wanted,
    async until(holds: () => boolean): Promise<void> {
      while (!holds()) await once(heard, 'event')
    },
    async close() {
      await hub.close()
      clearInterval(alive)
    },
  }
}

let folder: string
let file: string
let rig: ReturnType<typeof openHub> | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-reload-'))
  file = join(folder, 'alerts.yaml')
})
afterEach(async () => {
  await rig?.close()
  rig = undefined
  rmSync(folder, { recursive: true, force: true })
})

const line = (fields: object) => JSON.stringify({ level: 50, time: Date.now(), ...fields })
const ruleOf = (hub: Hub) => hub.explain(line({ msg: 'disk is full' })).rule
const rulesOf = (name: string) => `rules: [{ name: ${name}, match: { msg: { regex: disk } } }]\n`
const console = { type: 'console', wait: 0 } as const
const addedBy = (notified: readonly { message: Message }[]) =>
  notified.flatMap(({ message }) => message.cards).map((card) => Number(card.data['newCount']))

describe('a hub whose options name a document', () => {
  it('takes the very first lines by the document, not by the options', async () => {
    writeFileSync(
      file,
      `${rulesOf('quiet').replace(' }]', ", severity: 'off' }]")}channels: { other: { type: console, wait: 0 } }`,
    )
    rig = openHub({ channels: { ops: console }, reload: { file } })
    rig.hub.write(line({ msg: 'disk is full' }))
    rig.hub.write(line({ msg: 'the network is down' }))
    await rig.hub.flush()
    expect(rig.notified.map(({ channel, message }) => [channel, message.cards.length])).toEqual([
      ['other', 1],
    ])
    expect(rig.hub.stats().suppressed).toEqual({ off: 1 })
  })

  it('that cannot be read leaves the options in force, with one warning that names the place', async () => {
    rig = openHub({ channels: { ops: console }, reload: { file, every: 100 } })
    rig.hub.write(line({ msg: 'disk is full' }))
    await rig.hub.flush()
    expect(addedBy(rig.notified)).toEqual([1])
    const errors = rig.events.filter((event) => event.type === 'error')
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({
      code: 'ALERT_RELOAD_REFUSED',
      message: expect.stringContaining(`${file}: cannot be read: ENOENT`),
    })
  })

  it('keeps what is in force where the next one is broken, foreign or wrong, says each once, and takes the one after', async () => {
    writeFileSync(file, rulesOf('first'))
    rig = openHub({ channels: { ops: console }, reload: { file, every: 100 } })
    const { hub, events } = rig
    await rig.until(() => ruleOf(hub) === 'first')
    const errors = () => events.flatMap((event) => (event.type === 'error' ? event.message : []))
    writeFileSync(file, 'rules: [')
    await rig.until(() => errors().length === 1)
    writeFileSync(file, `service: other\n${rulesOf('foreign')}`)
    await rig.until(() => errors().length === 2)
    writeFileSync(file, `${rulesOf('wrong')}levle: warn\n`)
    await rig.until(() => errors().length === 3)
    writeFileSync(file, rulesOf('wrong').replace('regex: disk', 'regx: disk'))
    await rig.until(() => errors().length === 4)
    expect(ruleOf(hub)).toBe('first')
    expect(errors()).toEqual([
      expect.stringMatching(/neither JSON nor YAML/),
      expect.stringMatching(/service cannot be replaced while running; these can: .*rules/),
      expect.stringMatching(/levle cannot be replaced/),
      expect.stringMatching(/rules\[0\]/),
    ])
    writeFileSync(file, rulesOf('second'))
    await rig.until(() => ruleOf(hub) === 'second')
    expect(errors()).toHaveLength(4)
  })

  it('is not refused for what was wrong with the options from the start', async () => {
    writeFileSync(file, rulesOf('first'))
    rig = openHub({
      channels: { ops: console, odd: { type: 'slack', url: 'nonsense' } },
      reload: { file, every: 100 },
    } as AlertOptions)
    const { hub } = rig
    await rig.until(() => ruleOf(hub) === 'first')
  })

  it('that is their configuration file follows what may change in it, beneath the options in code', async () => {
    const config = (name: string, service = 'billing') => `service: ${service}\nlevel: warn\n${rulesOf(name)}`
    writeFileSync(file, config('first'))
    rig = openHub({ config: file, level: 'error', channels: { ops: console }, reload: { file, every: 100 } })
    const { hub } = rig
    expect(ruleOf(hub)).toBe('first')

    writeFileSync(file, config('second'))
    await rig.until(() => ruleOf(hub) === 'second')
    expect(rig.wanted.at(-1)?.level).toBe(50)

    const refused = () => rig!.events.filter((event) => event.type === 'error')
    writeFileSync(file, config('third', 'orders'))
    await rig.until(() => refused().length === 1)
    expect(refused()[0]).toMatchObject({
      code: 'ALERT_RELOAD_REFUSED',
      message: expect.stringContaining('service cannot be replaced while running'),
    })
    expect(ruleOf(hub)).toBe('second')

    writeFileSync(file, 'service: billing\n')
    await rig.until(() => ruleOf(hub) !== 'second')
  })

  it('says which records it wants to see from now on', async () => {
    writeFileSync(file, 'level: warn\n')
    rig = openHub({ channels: { ops: console }, reload: { file, every: 100 } })
    const { wanted } = rig
    await rig.until(() => wanted.length === 1)
    writeFileSync(file, "rules: [{ name: slow, match: { msg: 'slow', level: info } }]\n")
    await rig.until(() => wanted.length === 2)
    expect(wanted).toEqual([
      { level: 40, wantsAll: false },
      { level: 50, wantsAll: true },
    ])
  })

  it('writes nothing to the state directory that the document hides', async () => {
    writeFileSync(file, "redact: { paths: ['customer'] }\n")
    const dir = join(folder, 'state')
    rig = openHub({
      channels: { ops: { ...console, wait: '1h' } },
      reload: { file, every: 100 },
      state: { dir },
    })
    const { hub, wanted } = rig
    await rig.until(() => wanted.length === 1)
    hub.write(line({ msg: 'disk is full', level: 60, customer: 'Ada Hidden' }))
    await rig.close()
    rig = undefined
    const { readdirSync, readFileSync } = await import('node:fs')
    const written = readdirSync(dir)
      .map((name) => readFileSync(join(dir, name), 'utf8'))
      .join('')
    expect(written).toContain('disk is full')
    expect(written).not.toContain('Ada Hidden')
  })

  it('reads it from an http address, and from a Consul key with the token of the environment', async () => {
    const server = createServer((_request, response) => response.end(rulesOf('by-url')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts.yaml`
    rig = openHub({ channels: { ops: console }, reload: { url } })
    const byUrl = rig.hub
    await rig.until(() => ruleOf(byUrl) === 'by-url')
    await rig.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))

    const consul = await createConsul({ token: 'store-token' })
    consul.set('alerts/billing', rulesOf('by-consul'))
    rig = openHub(
      { channels: { ops: console }, reload: { consul: 'alerts/billing' } },
      { CONSUL_HTTP_ADDR: consul.url, CONSUL_HTTP_TOKEN: 'store-token' },
    )
    const byConsul = rig.hub
    await rig.until(() => ruleOf(byConsul) === 'by-consul')
    consul.set('alerts/billing', rulesOf('next'))
    await rig.until(() => ruleOf(byConsul) === 'next')
    await rig.close()
    rig = undefined
    await consul.close()
  })

  it('that hangs holds up the first alert for a moment, and the end within closeTimeout', async () => {
    const server = createServer(() => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    rig = openHub({ channels: { ops: console }, reload: { url }, closeTimeout: '1s' })
    rig.hub.write(line({ msg: 'disk is full' }))
    const { delivered } = await rig.hub.close()
    expect(delivered).toBe(true)
    expect(addedBy(rig.notified)).toEqual([1])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('names exactly one place', () => {
    for (const reload of [{}, { file: 'a.json', url: 'https://example.com/a.json' }]) {
      expect(() => createHub({ reload, strict: true } as AlertOptions)).toThrow(
        /reload: must have exactly one of/,
      )
    }
  })
})
