import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { controlHandler } from '#core/control/control-handler.ts'
import { createHub } from '#core/hub/create-hub.ts'
import type { Hub } from '#core/hub/hub-types.ts'
import type { AlertOptions } from '#core/options.ts'
import { run } from './run-command.ts'

const hubs: Hub[] = []
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close(100)))
})

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'alert-answer-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A service whose messages go nowhere. */
async function startHub(options: AlertOptions): Promise<Hub> {
  const hub = createHub(
    { channels: { ops: { type: 'console', wait: 0 } }, ...options },
    { env: {}, warn: () => {}, sender: () => ({ send: async () => ({ status: 'delivered' }) }) },
  )
  hubs.push(hub)
  while (hub.stats().state?.ready === false) await new Promise(setImmediate)
  return hub
}

function fail(hub: Hub, msg: string): { id: string; shortId: string } {
  hub.write(JSON.stringify({ level: 50, time: Date.now(), msg }))
  return hub.status().alerts.find(({ headline }) => headline === msg)!
}

describe('alert-transport status', () => {
  it('shows what fires, for people and as JSON', async () => {
    const dir = aDirectory()
    const { shortId } = fail(await startHub({ state: { dir }, service: 'payments' }), 'card gateway timeout')
    const shown = await run('status', '--state-dir', dir)
    expect(shown).toMatch(/^payments: 1 alert fires\n/)
    expect(shown).toContain(shortId)
    expect(shown).toContain('card gateway timeout')
    expect(shown).toContain('Console')
    expect(JSON.parse(await run('status', '--state-dir', dir, '--json'))).toMatchObject({
      service: 'payments',
      alerts: [{ shortId, count: 1 }],
    })
  })

  it('shows times in the zone of the service', async () => {
    const dir = aDirectory()
    const hub = await startHub({ state: { dir }, timeZone: 'Asia/Kathmandu' })
    const at = Date.UTC(2030, 0, 1, 20, 30)
    hub.silence({ match: { rule: 'nightly' }, until: new Date(at).toISOString() })
    for (const command of ['status', 'silences']) {
      const shown = await run(command, '--state-dir', dir)
      expect(shown).toContain('Times are UTC+5:45.')
      expect(shown).toContain('2030-01-02 02:15')
    }
    const file = join(dir, 'status.html')
    await run('status', '--state-dir', dir, '--page', file)
    expect(readFileSync(file, 'utf8')).toContain('2030-01-02 02:15')
    const { id } = hub.status().silences[0]!
    expect(await run('unsilence', id.slice(0, 8), '--state-dir', dir)).toContain(
      'until 2030-01-02 02:15:00 UTC+5:45',
    )
  })

  it('prints a link that opens the page, or says how to get one', async () => {
    const secret = ['a', 'secret', 'for', 'this', 'test'].join('-')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops`
    const dir = aDirectory()
    const hub = await startHub({ state: { dir }, control: { url, secret, port: 0 } })
    server.on('request', controlHandler(hub))
    fail(hub, 'disk is full')

    const bare = await run('status', '--state-dir', dir)
    expect(bare).toContain(`Page: ${url} (opened by Details in a message`)
    expect((await fetch(url)).status).toBe(403)

    const [config, file] = [join(dir, 'alerts.json'), join(dir, 'secret')]
    writeFileSync(file, `${secret}\n`)
    for (const given of [secret, { file }]) {
      for (const place of [{ state: { dir } }, {}]) {
        writeFileSync(config, JSON.stringify({ ...place, control: { url, secret: given } }))
        const [, link = ''] =
          /^Page, for one hour: (\S+)$/m.exec(await run('status', '--config', config)) ?? []
        expect(link.startsWith(`${url}/?t=`)).toBe(true)
        const page = await fetch(link)
        expect(page.status).toBe(200)
        expect(await page.text()).toContain('disk is full')
      }
    }
    // The variable may be set for the service only.
    const unset = `\${${['ALERT', 'NOT', 'SET', 'HERE'].join('_')}}`
    writeFileSync(config, JSON.stringify({ state: { dir }, control: { url, secret: unset } }))
    expect(await run('status', '--config', config)).toContain(`Page: ${url} (`)
    expect(JSON.parse(await run('status', '--state-dir', dir, '--json'))).toMatchObject({ page: url })
  })

  it('writes the page to a file, which needs no server', async () => {
    const dir = aDirectory()
    fail(await startHub({ state: { dir } }), 'disk is full')
    const file = join(dir, 'status.html')
    expect(await run('status', '--state-dir', dir, '--page', file)).toBe(`${file} is written.\n`)
    expect(readFileSync(file, 'utf8')).toContain('disk is full')
  })

  it('writes the last day into it, also that of a process before', async () => {
    const dir = aDirectory()
    const former = await startHub({ state: { dir } })
    fail(former, 'net is down')
    await former.close(100)
    fail(await startHub({ state: { dir } }), 'disk is full')
    const file = join(dir, 'status.html')
    await run('status', '--state-dir', dir, '--page', file)
    const [timeline = ''] = /<svg.*<\/svg>/.exec(readFileSync(file, 'utf8')) ?? []
    expect(timeline).toContain('disk is full')
    expect(timeline).toContain('net is down')
  })

  it('takes the directory from the configuration of the service', async () => {
    const dir = aDirectory()
    fail(await startHub({ state: { dir } }), 'disk is full')
    const config = join(dir, 'alerts.yaml')
    writeFileSync(config, `state:\n  dir: ${JSON.stringify(dir)}\n`)
    expect(await run('status', '--config', config)).toContain('disk is full')
  })

  it('says what to do if no process answers', async () => {
    const dir = aDirectory()
    const config = join(dir, 'alerts.yaml')
    writeFileSync(config, 'service: payments\n')
    await expect(run('status')).rejects.toThrow('say which service: --config')
    await expect(run('status', '--config', config)).rejects.toThrow(
      'has none of state.dir, state.redis and control.url',
    )
    await expect(run('status', '--state-dir', join(dir, 'nowhere'))).rejects.toThrow('it does not exist')
    await expect(run('status', '--state-dir', dir)).rejects.toThrow(`no process listens in ${dir}`)
    await expect(run('status', '--url', 'http://127.0.0.1:9')).rejects.toThrow('ALERT_CONTROL_SECRET')
  })
})

describe('alert-transport ack and silence', () => {
  it('answer an alert by its short id, in the name of the user', async () => {
    const dir = aDirectory()
    const hub = await startHub({ state: { dir } })
    const { shortId } = fail(hub, 'disk is full')
    const named = `${shortId} (disk is full)`
    const me = userInfo().username
    expect(await run('ack', shortId, '--state-dir', dir, '--comment', 'on it')).toBe(
      `${named} is acknowledged by ${me}.\n`,
    )
    expect(hub.status().alerts[0]?.acknowledged).toMatchObject({ by: me, comment: 'on it' })
    expect(await run('ack', shortId, '--undo', '--state-dir', dir)).toBe(
      `${named} is not acknowledged any more.\n`,
    )
    expect(hub.status().alerts[0]).not.toHaveProperty('acknowledged')
    expect(await run('silence', shortId, '2h', '--by', 'ann', '--state-dir', dir)).toBe(
      `${named} is silenced for 2h.\n`,
    )
    expect(hub.status().silences).toMatchObject([{ alert: shortId, by: 'ann' }])
    expect(await run('silences', '--state-dir', dir)).toContain('ann')
    expect(JSON.parse(await run('silences', '--state-dir', dir, '--json'))).toMatchObject([{ by: 'ann' }])
    expect(await run('unsilence', shortId, '--state-dir', dir)).toMatch(
      new RegExp(`^The silence of ${shortId}, .* is ended\\.\n$`),
    )
    expect(await run('silences', '--state-dir', dir)).toBe('There are no silences.\n')
  })

  it('name the alerts that are near an id that none has', async () => {
    const dir = aDirectory()
    const { shortId } = fail(await startHub({ state: { dir } }), 'disk is full')
    await expect(run('ack', 'ffffff', '--state-dir', dir)).rejects.toThrow(`Of those that fire: ${shortId}.`)
    await expect(run('silence', 'zzzz', '--state-dir', dir)).rejects.toThrow(
      "No alert that fires has the id 'zzzz'",
    )
    await expect(run('unsilence', 'ffffff', '--state-dir', dir)).rejects.toThrow('there are none')
    await expect(run('silence', shortId, 'soon', '--state-dir', dir)).rejects.toThrow(
      "'soon' is not a duration",
    )
  })

  it('hold on each process that uses the directory, also on one that has not seen the alert', async () => {
    const dir = aDirectory()
    const [one, other] = [await startHub({ state: { dir } }), await startHub({ state: { dir } })]
    const { id, shortId } = fail(one, 'disk is full')
    await run('silence', shortId, '1h', '--state-dir', dir)
    const silences = [one, other].map((hub) => hub.status().silences.map(({ match }) => match))
    for (const matches of silences) expect(matches).toContainEqual({ '@fingerprint': id })
    expect(JSON.parse(await run('status', '--state-dir', dir, '--json')).alerts).toHaveLength(1)
  })

  it('hold for a whole fleet: the process that notifies sends nothing of what any of them sees', async () => {
    const dir = aDirectory()
    const sent: string[] = []
    const options: AlertOptions = {
      state: { dir, fleet: true },
      channels: { ops: { type: 'console', wait: 0, interval: 0, repeat: '1s' } },
    }
    const members = [0, 1].map(() =>
      createHub(options, {
        env: {},
        warn: () => {},
        sender: () => ({
          async send(message) {
            sent.push(message.subject)
            return { status: 'delivered' }
          },
        }),
      }),
    )
    hubs.push(...members)
    const roles = () => members.map((hub) => hub.stats().fleet?.role)
    while (roles().toSorted().join() !== 'follower,speaker') await new Promise(setImmediate)
    const follower = members[roles().indexOf('follower')]!

    for (const [command, msg, reason] of [
      ['silence', 'disk is full', 'silenced'],
      ['ack', 'net is down', 'acknowledged'],
    ] as const) {
      const log = (hub: Hub) => hub.write(JSON.stringify({ level: 50, time: Date.now(), msg }))
      log(follower)
      while (!sent.some((subject) => subject.includes(msg))) await new Promise(setImmediate)
      const { alerts } = JSON.parse(await run('status', '--state-dir', dir, '--json'))
      const { shortId } = alerts.find((alert: { headline: string }) => alert.headline === msg)
      await run(command, shortId, '--state-dir', dir)
      // A fleet shares its silences: none makes one of its own.
      expect(new Set(members.flatMap((hub) => hub.status().silences.map(({ id }) => id))).size).toBe(1)
      const before = sent.length
      const suppressed = new Promise<void>((resolve) => {
        for (const hub of members)
          hub.subscribe((event) => event.type === 'suppressed' && event.reason === reason && resolve())
      })
      for (const hub of members) log(hub)
      await suppressed
      expect(sent.slice(before)).toEqual([])
    }
  })

  it('reach a service by the url of its page, with its secret', async () => {
    const secret = ['a', 'secret', 'for', 'this', 'test'].join('-')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops`
    const hub = await startHub({ control: { url, secret } })
    server.on('request', controlHandler(hub))
    const { shortId } = fail(hub, 'disk is full')
    const config = join(aDirectory(), 'alerts.json')
    writeFileSync(config, JSON.stringify({ control: { url, secret } }))
    expect(await run('ack', shortId, '--config', config)).toContain('is acknowledged')
    expect(hub.status().alerts[0]).toHaveProperty('acknowledged')
    process.env['ALERT_CONTROL_SECRET'] = secret
    onTestFinished(() => void delete process.env['ALERT_CONTROL_SECRET'])
    const byUrl = ['--url', url, '--by', 'ann']
    expect(await run('ack', shortId, '--undo', ...byUrl)).toContain('is not acknowledged any more')
    expect(await run('silence', shortId, '2h', ...byUrl)).toBe(
      `${shortId} (disk is full) is silenced for 2h.\n`,
    )
    await expect(run('silence', shortId, '--until-release', ...byUrl)).rejects.toThrow('the option `release`')
    expect(await run('status', '--url', url)).toContain('silenced until')
    expect(JSON.parse(await run('silences', '--url', `${url}/`, '--json'))).toMatchObject([{ by: 'ann' }])
    expect(await run('unsilence', shortId, '--url', url)).toContain('is ended')
    expect(hub.status().silences).toEqual([])
    await expect(run('ack', 'ffffff', ...byUrl)).rejects.toThrow(`Of those that fire: ${shortId}.`)
    writeFileSync(config, JSON.stringify({ control: { url, secret: `${secret}-of-another` } }))
    await expect(run('ack', shortId, '--config', config)).rejects.toThrow(
      'refused: the secret of `control` is another one',
    )
  })
})
