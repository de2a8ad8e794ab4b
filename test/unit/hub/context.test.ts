import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertOptions } from '#core/options.ts'
import type { Message } from '#core/provider/provider.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

const start = Date.UTC(2026, 0, 1, 14, 5)
const line = (fields: object) => JSON.stringify({ level: 30, time: start, ...fields })

function open(options: AlertOptions) {
  const clock = createVirtualClock(start)
  const notified: Message[] = []
  const hub = createHub(
    { timeZone: 'UTC', channels: { ops: { type: 'console', wait: '5s' } }, ...options },
    {
      clock,
      env: {},
      sender: () => ({
        async send(message) {
          notified.push(message)
          return { status: 'delivered' }
        },
      }),
    },
  )
  return { hub, clock, notified }
}

describe('the lines that led to an alert', () => {
  it('are those before it began, though others come while it waits; at their level and time, secrets hidden', async () => {
    const { hub, clock, notified } = open({ context: { lines: 2 } })
    hub.write(line({ msg: 'order 7 accepted', requestId: 'req-7', time: start + 120 }))
    hub.write(line({ msg: 'noise' }))
    hub.write(line({ level: 20, msg: 'login with password=hunter2hunter2', requestId: 'req-7' }))
    hub.write(line({ level: 50, msg: 'payment failed', requestId: 'req-7' }))
    for (let n = 0; n < 100; n++) hub.write(line({ msg: 'later', requestId: 'req-7' }))
    await clock.advance(10_000)
    expect(notified.map(({ cards }) => cards.map(({ context }) => context))).toEqual([
      [['14:05:00.120 INFO order 7 accepted', '14:05:00.000 DEBUG login with password=***']],
    ])
  })

  it('are not repeated with reminders and ends, nor shown in short messages or without being asked for', async () => {
    const contexts = async (options: AlertOptions) => {
      const { hub, clock, notified } = open(options)
      hub.write(line({ msg: 'before' }))
      for (let minute = 0; minute < 8; minute++) {
        hub.write(line({ level: 60, msg: 'disk is full' }))
        await clock.advance(60_000)
      }
      await clock.advance(3_600_000)
      return [...new Set(notified.map(({ reason, cards }) => `${reason} ${cards[0]?.context.length}`))]
    }
    expect(await contexts({ context: {} })).toEqual(['first 1', 'repeat 0', 'resolved 0'])
    const short = { ops: { type: 'console', format: 'short' } } as const
    expect(await contexts({ context: {}, channels: short })).toEqual(['first 0', 'repeat 0', 'resolved 0'])
    expect(await contexts({})).toEqual(['first 0', 'repeat 0', 'resolved 0'])
    expect(await contexts({ context: false })).toEqual(['first 0', 'repeat 0', 'resolved 0'])
  })

  it('come with the record that completes a condition', async () => {
    const { hub, clock, notified } = open({
      context: { lines: 1 },
      rules: [{ name: 'twice', match: { code: 'X' }, when: { count: 2, within: '1m' } }],
    })
    hub.write(line({ msg: 'before the first' }))
    hub.write(line({ level: 50, code: 'X', msg: 'failed' }))
    hub.write(line({ msg: 'before the second' }))
    hub.write(line({ level: 50, code: 'X', msg: 'failed' }))
    await clock.advance(10_000)
    expect(notified[0]?.cards[0]?.context).toEqual(['14:05:00.000 INFO before the second'])
  })

  it('are in the journal, without secrets', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'alert-context-'))
    const options = {
      context: {},
      state: { dir },
      channels: { ops: { type: 'console', wait: '1h' } },
    } as const
    try {
      const first = open(options)
      first.hub.write(line({ msg: 'token=abcdefghijkl0123 used' }))
      first.hub.write(line({ level: 60, msg: 'out of memory' }))
      const written = readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? readFileSync(join(dir, entry.name), 'utf8') : [],
      )
      expect(written.join('')).toContain('out of memory')
      expect(written.join('')).toContain('token=***')
      await first.hub.close()
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })
})
