import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertEvent } from '#core/model.ts'
import type { Host, HostEvents } from '#core/worker/host.ts'
import { noAnswer } from '#core/worker/hub-requests.ts'
import { createLink } from '#core/worker/link.ts'
import { createLineFlow, createOverflow } from '#core/worker/overflow.ts'
import { createLineReader } from '#core/worker/wire.ts'

const stack = 'Error: boom\\n    at save (/srv/app/src/save.js:4:2)'
const errorLine = (n: number, words = 'could not be saved', id = `req-${n}`) =>
  `{"level":50,"time":${1_790_000_000_000 + n},"requestId":"${id}","err":{"message":"boom","stack":"${stack}"},"msg":"order ${n} ${words}"}\n`

/** A host with a hub, and without room for a line until `makeRoom`. */
function openClosedHost() {
  const hub = createHub({ dryRun: true, channels: { ops: { type: 'console', wait: '1h' } } })
  const reader = createLineReader(hub)
  let isFull = true
  let events: HostEvents | undefined
  const host: Host = {
    write(lines) {
      reader.write(lines)
      return isFull ? 'full' : 'open'
    },
    flushSync() {},
    flush: async () => noAnswer,
    close: async () => noAnswer,
    stats: async () => hub.stats(),
    request: async () => {
      throw new Error('no request in this test')
    },
    abandon() {},
    closeAtExit: () => () => {},
  }
  const open = {
    open(_: unknown, given: HostEvents) {
      events = given
      return host
    },
  }
  const link = createLink({ options: {}, wire: {}, closeTimeoutMs: 100 }, [open])
  const heard: AlertEvent[] = []
  link.subscribe((event) => heard.push(event))
  return {
    link,
    hub,
    heard,
    makeRoom() {
      isFull = false
      events?.onDrain()
    },
  }
}

/** A host that takes everything. */
function hostInto(taken: string[]): Host {
  const write = (lines: string) => {
    taken.push(lines)
    return 'open' as const
  }
  return { write } as Host
}

test('a line longer than all the room is kept shortened until the host is ready, and its neighbours whole', () => {
  const read: string[] = []
  const flow = createLineFlow(() => {})
  const long = `{"level":50,"err":{"message":"boom","body":"${'x'.repeat(9_000_000)}"},"team":"a","msg":"too much"}\n`
  flow.write(undefined, errorLine(1))
  flow.write(undefined, long)
  flow.write(undefined, errorLine(2))
  expect(flow.dropped()).toBe(0)
  flow.pump(hostInto(read))
  expect(read.map((line) => JSON.parse(line).msg)).toEqual([
    'order 1 could not be saved',
    'too much',
    'order 2 could not be saved',
  ])
  expect(JSON.parse(read[1]!)).toMatchObject({ level: 50, team: 'a', err: { message: 'boom' } })
  expect(read[1]!.length).toBeLessThan(100_000)
})

test('lines that a host gives back are kept too, the long one shortened', () => {
  const flow = createLineFlow(() => {})
  const long = `{"level":50,"pad":"${'x'.repeat(9_000_000)}","msg":"too much"}\n`
  flow.putBack([`${errorLine(1)}${long}${errorLine(2)}`])
  const read: string[] = []
  flow.pump(hostInto(read))
  expect(read.join('').match(/"msg":"[^"]+"/g)).toEqual([
    '"msg":"order 1 could not be saved"',
    '"msg":"too much"',
    '"msg":"order 2 could not be saved"',
  ])
})

test('every record of a burst too big to keep is counted, whatever its ids', async () => {
  const { link, hub, heard, makeRoom } = openClosedHost()
  for (let n = 0; n < 60_000; n++) link.write(errorLine(n, 'could not be saved', crypto.randomUUID()))
  expect(hub.stats().lines).toBe(1)
  makeRoom()
  expect(hub.stats()).toMatchObject({ lines: 60_000, matched: 60_000 })
  expect(await link.stats()).toMatchObject({ dropped: 0 })
  expect(heard).toEqual([])
  await hub.close()
})

test('kinds too many even to be counted are reported as dropped; kept, counted and dropped add up', async () => {
  const { link, hub, heard, makeRoom } = openClosedHost()
  const words = (n: number) => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
  const total = 60_000
  for (let n = 0; n < total; n++) link.write(errorLine(1, words(n)))
  makeRoom()
  const { dropped } = await link.stats()
  expect(dropped).toBeGreaterThan(0)
  expect(hub.stats().lines + dropped).toBe(total)
  expect(heard).toMatchObject([{ type: 'dropped', reason: 'queue-limit', count: dropped }])
  link.write(errorLine(2))
  expect(hub.stats().lines + dropped).toBe(total + 1)
  await hub.close()
})

test('the overflow keeps the first line of each kind, and how many there were', () => {
  const overflow = createOverflow({ maxKinds: 2 })
  expect(overflow.add(errorLine(1) + errorLine(2) + errorLine(3, 'is lost'))).toBe(0)
  expect(overflow.add(errorLine(4, 'is gone') + errorLine(5))).toBe(1)
  expect(overflow.shift()).toEqual({ line: errorLine(1), times: 3 })
  expect(overflow.shift()).toEqual({ line: errorLine(3, 'is lost'), times: 1 })
  expect(overflow.shift()).toBeUndefined()
})

test('lines differ in kind by their words, not by words with digits in them', () => {
  const word = fc.stringMatching(/^[a-zA-Z_-]{1,12}$/)
  const id = fc.stringMatching(/^[a-z_-]{0,6}[0-9][a-z0-9-]{0,30}$/)
  fc.assert(
    fc.property(word, word, id, id, (one, other, firstId, secondId) => {
      const kinds = createOverflow({ maxKinds: 1 })
      expect(kinds.add(`{"msg":"${one} ${firstId}"}\n`)).toBe(0)
      expect(kinds.add(`{"msg":"${one} ${secondId}"}\n`)).toBe(0)
      expect(kinds.add(`{"msg":"${other} ${secondId}"}\n`)).toBe(one === other ? 0 : 1)
    }),
  )
})

test('the overflow is bounded in kinds and in size, and takes lines again when it was emptied', () => {
  const overflow = createOverflow({ maxKinds: 10, maxChars: 1_000 })
  const long = `{"msg":"${'x'.repeat(900)}"}\n`
  expect(overflow.add(long)).toBe(0)
  expect(overflow.add(`{"msg":"${'y'.repeat(900)}"}\n`)).toBe(1)
  expect(overflow.add(long)).toBe(0)
  expect(overflow.shift()).toEqual({ line: long, times: 2 })
  expect(overflow.add(`{"msg":"${'y'.repeat(900)}"}\n`)).toBe(0)
  expect(overflow.add(`{"msg":"${'z'.repeat(20_000)}"}\n`)).toBe(1)
})

test('what a lost worker had not read is put back into a full backlog with its counts', () => {
  const overflow = createOverflow({ maxKinds: 2 })
  const [one, other, third] = [errorLine(1), errorLine(2, 'is late'), errorLine(3, 'is lost')]
  expect(overflow.add(`${one}\u0002499\n${one}\u000230\n${other}${other}`)).toBe(0)
  expect(overflow.add(`\u00027\n${third}${third}`)).toBe(8)
  expect(overflow.shift()).toEqual({ line: one, times: 500 })
  expect(overflow.shift()).toEqual({ line: other, times: 31 })
})

test('a line that stands for others is counted by every rule as often', async () => {
  const hub = createHub({
    dryRun: true,
    rules: [{ name: 'often', when: { count: 500, within: '1m' }, channels: ['ops'] }],
    channels: { ops: { type: 'console', wait: 0 } },
  })
  const notified: AlertEvent[] = []
  hub.subscribe(
    (event) => notified.push(event),
    ({ type }) => type === 'delivered',
  )
  const reader = createLineReader(hub)
  reader.write(`\u0002499\n${errorLine(1)}`)
  await hub.flush()
  expect(notified).toEqual([])
  reader.write(errorLine(2))
  await hub.flush()
  expect(notified).toMatchObject([{ type: 'delivered', channel: 'ops' }])
  expect(hub.stats()).toMatchObject({ lines: 500, matched: 500 })
  await hub.close()
})
