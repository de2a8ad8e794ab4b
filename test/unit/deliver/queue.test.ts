import { describe, expect, test } from 'vitest'
import { inSoak } from '../../soak.ts'
import { aNotification, anItem, noon } from '../render/support.ts'
import { busy, createRig, delivered, no, story } from './rig.ts'

const named = (id: string, count = 1, alert = id) => aNotification([anItem({ id: alert, count })], { id })

describe('a notification that is offered', () => {
  test('is delivered at once, which an event says', async () => {
    const { queue, clock, sent, events } = createRig()
    queue.offer(named('n1'))
    expect(queue.waiting()).toBe(1)
    await queue.idle()
    expect(sent.map((one) => one.message.id)).toEqual(['n1'])
    expect(events).toEqual([
      {
        type: 'delivered',
        channel: 'ops',
        notification: 'n1',
        reason: 'first',
        alerts: ['n1'],
        about: [{ alert: 'n1', rule: 'error', key: 'card gateway timeout' }],
        attempts: 1,
        at: noon,
      },
    ])
    expect(queue.waiting()).toBe(0)
    expect(clock.pending()).toBe(0)
  })

  test('reports what the provider noted, without secrets', async () => {
    const { queue, events } = createRig([{ status: 'delivered', note: 'one of s3cr3t\nrefused' }])
    queue.offer(named('n1'))
    await queue.idle()
    expect(events[0]).toMatchObject({ note: 'one of *** refused' })
  })

  test('is sent with all that falls due in the same turn', async () => {
    const { queue, sent } = createRig()
    for (const id of ['a', 'b', 'c']) queue.offer(named(id))
    await queue.idle()
    expect(sent).toHaveLength(1)
    expect(sent[0]!.message.cards.map((card) => card.id)).toEqual(['a', 'b', 'c'])
  })

  test('is alone on its channel: what comes meanwhile is sent together afterwards', async () => {
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const { queue, clock, sent } = createRig([() => released.then(() => delivered)])
    queue.offer(named('n1'))
    await clock.advance(1)
    queue.offer(named('n2'))
    await clock.advance(1000)
    queue.offer(named('n3'))
    expect(sent).toHaveLength(1)
    release()
    await queue.idle()
    expect(sent.map((one) => one.message.cards.length)).toEqual([1, 2])
  })

  test('keeps the pace of its provider, and what waits for it is sent together', async () => {
    const { queue, clock, sent } = createRig([], { limits: { perMinute: 2 } })
    for (let index = 0; index < 10; index++) {
      queue.offer(named(`n${index}`))
      await clock.advance(1000)
    }
    await clock.advance(120_000)
    expect(sent.map((one) => one.at)).toEqual([0, 1000, 60_000])
    expect(sent[2]!.message.cards).toHaveLength(8)
    expect(queue.waiting()).toBe(0)
  })
})

describe('when the provider cannot take it now', () => {
  test('it is tried again, each time later, with the same id and the same words', async () => {
    const { queue, clock, sent, events } = createRig([busy, busy, busy])
    queue.offer(named('n1'))
    await clock.advance(3_600_000)
    expect(sent.map((one) => one.at)).toEqual([0, 1000, 3000, 7000])
    expect(sent.map((one) => one.context.attempt)).toEqual([1, 2, 3, 4])
    expect(new Set(sent.map((one) => JSON.stringify(one.message))).size).toBe(1)
    expect(story(events)).toEqual([
      'retrying n1 in 1000',
      'retrying n1 in 2000',
      'retrying n1 in 4000',
      'delivered n1 (4)',
    ])
  })

  test('the pauses are random below their ceiling, so that many processes do not come back together', async () => {
    const rolls = [0.5, 0.1]
    const { queue, clock, sent } = createRig([busy, busy], { random: () => rolls.shift() ?? 1 })
    queue.offer(named('n1'))
    await clock.advance(60_000)
    expect(sent.map((one) => one.at)).toEqual([0, 500, 700])
  })

  test('its own hint wins over the backoff, shorter or longer, and is reported to the hub', async () => {
    const hints = [120_000, 2000].map((delayMs) => ({ ...busy, delayMs }))
    const { queue, clock, sent, holds } = createRig([...hints, busy])
    queue.offer(named('n1'))
    await clock.advance(600_000)
    expect(sent.map((one) => one.at)).toEqual([0, 120_000, 122_000, 126_000])
    expect(holds).toEqual([120_000, 122_000])
  })

  test('a hint of 0 s, or nonsense, does not become a loop', async () => {
    const script = [0, -5, Number.NaN, Number.POSITIVE_INFINITY].map((delayMs) => ({ ...busy, delayMs }))
    const { queue, clock, sent } = createRig([script[0]!, script[1]!, script[2]!], {})
    queue.offer(named('n1'))
    await clock.advance(60_000)
    expect(sent.map((one) => one.at)).toEqual([0, 1000, 3000, 7000])
    const forever = createRig([script[3]!])
    forever.queue.offer(named('n1'))
    await forever.clock.advance(1)
    expect(forever.holds).toEqual([3_600_000])
  })

  test.each([0, -1000])('a hint of %i ms counts as none: attempts become rarer', async (delayMs) => {
    const { queue, clock, sent } = createRig(Array(1000).fill({ ...busy, delayMs }))
    queue.offer(named('n1'))
    await clock.advance(600_000)
    expect(sent.length).toBeLessThan(20)
  })

  test('what comes while it waits joins the next attempt under an id that no attempt has used', async () => {
    const { queue, clock, sent, events } = createRig([busy, busy])
    queue.offer(named('n1', 3, 'a'))
    await clock.advance(500)
    queue.offer(aNotification([anItem({ id: 'a', count: 5 }, { added: 2, reason: 'repeat' })], { id: 'n2' }))
    expect(queue.waiting()).toBe(1)
    await clock.advance(1000)
    queue.offer(named('n3', 1, 'b'))
    await clock.advance(10_000)
    expect(new Set(sent.map((one) => one.message.id)).size).toBe(3)
    expect(sent[1]!.message.cards.map((card) => card.data['newCount'])).toEqual([5])
    expect(sent[2]!.message.cards.map((card) => card.data['newCount'])).toEqual([5, 1])
    expect(story(events).at(-1)).toBe(`delivered ${sent[2]!.message.id} (3)`)
  })

  test('a sender that throws, or rejects with anything, is tried again; secrets stay out of what is said', async () => {
    const { queue, clock, sent, events } = createRig([
      () => {
        throw new Error('https://hooks.example/s3cr3t failed\n\u001b[31mbadly')
      },
      () => Promise.reject(undefined),
      () =>
        Promise.reject({
          toString: () => {
            throw new Error('no')
          },
        }),
    ])
    queue.offer(named('n1'))
    await clock.advance(60_000)
    expect(sent).toHaveLength(4)
    const whys = events.flatMap((event) => (event.type === 'retrying' ? [event.why] : []))
    expect(whys).toEqual(['https://hooks.example/*** failed badly', 'no reason given', 'the provider failed'])
  })

  test('a provider that cannot be opened is opened again at the next attempt', async () => {
    let opened = 0
    const { queue, clock, events } = createRig([], {
      sender: async () => {
        opened += 1
        if (opened < 3) throw new Error('no module s3cr3t')
        return { send: async () => delivered }
      },
    })
    queue.offer(named('n1'))
    await clock.advance(60_000)
    queue.offer(named('n2'))
    await clock.advance(1)
    expect(opened).toBe(3)
    expect(story(events).slice(2)).toEqual(['delivered n1 (3)', 'delivered n2 (1)'])
  })
})

describe('a provider that hangs', () => {
  test('is aborted at the timeout and asked again, even if it ignores its signal', async () => {
    const { queue, clock, sent, events } = createRig(['hang', 'hang'])
    queue.offer(named('n1'))
    await clock.advance(60_000)
    expect(sent.map((one) => one.at)).toEqual([0, 11_000, 23_000])
    expect(sent.map((one) => one.context.signal.aborted)).toEqual([true, true, false])
    expect(events[0]).toMatchObject({ type: 'retrying', why: 'no answer within 10 s' })
  })

  test('its late answer, good or bad, changes nothing', async () => {
    const late: { answer?: () => void; fail?: () => void } = {}
    const { queue, clock, sent, events } = createRig([
      () => new Promise((resolve) => (late.answer = () => resolve(no))),
      () => new Promise((_, reject) => (late.fail = () => reject(new Error('late')))),
    ])
    queue.offer(named('n1'))
    await clock.advance(60_000)
    late.answer?.()
    late.fail?.()
    await clock.advance(60_000)
    expect(sent).toHaveLength(3)
    expect(story(events)).toEqual(['retrying n1 in 1000', 'retrying n1 in 2000', 'delivered n1 (3)'])
  })

  test('hanging while it is opened is the same', async () => {
    const { queue, clock, events } = createRig([], { sender: () => new Promise(() => {}) })
    queue.offer(named('n1'))
    await clock.advance(10_000)
    expect(story(events)).toEqual(['retrying n1 in 1000'])
  })
})

describe('when time is over', () => {
  test('it is tried a last time at its deadline, then fails as expired', async () => {
    const { queue, clock, sent, events, failures } = createRig(Array(100).fill(busy), { retryForMs: 100_000 })
    queue.offer(named('n1'))
    await clock.advance(3_600_000)
    expect(sent.map((one) => one.at)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 100_000])
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      reason: 'expired',
      why: 'not delivered in time: busy',
    })
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatchObject({ reason: 'expired', notification: { id: 'n1' } })
    expect(queue.waiting()).toBe(0)
    expect(clock.pending()).toBe(0)
  })

  test('what came much later keeps its own deadline, and an id of its own', async () => {
    const { queue, clock, sent, failures } = createRig(Array(8).fill(busy), { retryForMs: 100_000 })
    queue.offer(named('n1', 1, 'a'))
    await clock.advance(50_000)
    queue.offer(named('n2', 1, 'b'))
    await clock.advance(60_000)
    expect(failures.map((failure) => failure.notification.id)).toEqual(['n1'])
    await clock.advance(60_000)
    const last = sent.at(-1)!
    expect(last.message.cards.map((card) => card.id)).toEqual(['b'])
    expect(failures).toHaveLength(1)
    const contents = new Map<string, string>()
    for (const { message } of sent) {
      const said = JSON.stringify(message)
      expect(contents.get(message.id) ?? said).toBe(said)
      contents.set(message.id, said)
    }
  })

  test('a hint beyond the deadline makes it fall back at once, with all that comes meanwhile', async () => {
    const { queue, clock, sent, failures, holds } = createRig([{ ...busy, delayMs: 900_000 }], {
      fallback: 'mail',
    })
    queue.offer(named('n1'))
    await clock.advance(1)
    queue.offer(named('n2'))
    expect(failures.map((failure) => [failure.notification.id, failure.reason])).toEqual([
      ['n1', 'expired'],
      ['n2', 'expired'],
    ])
    await clock.advance(400_000)
    queue.offer(named('n3'))
    await clock.advance(500_000)
    expect(sent.map((one) => one.at)).toEqual([0, 900_000])
    expect(holds).toEqual([900_000])
  })

  test('a hint beyond the deadline keeps it if it cannot fall back, with all that comes meanwhile', async () => {
    const { queue, clock, sent, events } = createRig([{ ...busy, delayMs: 900_000 }])
    queue.offer(named('n1'))
    await clock.advance(1000)
    queue.offer(named('n2'))
    await clock.advance(898_000)
    expect(story(events)).toEqual(['retrying n1 in 900000'])
    await clock.advance(2000)
    expect(sent.map((one) => one.at)).toEqual([0, 900_000])
    expect(sent[1]!.message.cards).toHaveLength(2)
    expect(events.at(-1)).toMatchObject({ type: 'delivered' })
  })

  test('what such a hint keeps expires once the provider has no hint, or after a day', async () => {
    const later = { ...busy, delayMs: 900_000 }
    const soon = createRig([later, busy])
    soon.queue.offer(named('n1'))
    await soon.clock.advance(900_000)
    expect(story(soon.events).at(-1)).toBe('failed n1 expired')
    const never = createRig(Array(100).fill(later))
    never.queue.offer(named('n1'))
    await never.clock.advance(2 * 86_400_000)
    expect(never.sent.at(-1)!.at).toBe(86_400_000)
    expect(story(never.events).at(-1)).toBe('failed n1 expired')
  })

  test('with retries switched off it is still tried once', async () => {
    const { queue, clock, sent, failures } = createRig([busy], { retryForMs: 0 })
    queue.offer(named('n1'))
    await clock.advance(1)
    expect(sent).toHaveLength(1)
    expect(failures.map((failure) => failure.reason)).toEqual(['expired'])
  })

  test('after a long sleep of the machine it is tried before it fails', async () => {
    const { queue, clock, sent } = createRig([busy])
    queue.offer(named('n1'))
    await clock.advance(1)
    let slept = 0
    const awake = createRig([busy], { clock: { now: () => clock.now() + slept, after: clock.after } })
    awake.queue.offer(named('n1'))
    await clock.advance(10)
    slept = 86_400_000
    await clock.advance(5000)
    expect(awake.sent).toHaveLength(2)
    expect(sent).toHaveLength(2)
  })
})

describe('a refusal', () => {
  test('is reported at once to the fallback, and the next notification starts from attempt 1', async () => {
    const { queue, clock, sent, events, failures } = createRig([busy, { ...no, httpStatus: 400 }, busy], {
      fallback: 'mail',
    })
    queue.offer(named('n1'))
    await clock.advance(5000)
    expect(events.at(-1)).toMatchObject({ type: 'failed', reason: 'failed', why: 'no', fallback: 'mail' })
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatchObject({ httpStatus: 400, notification: { id: 'n1', channel: 'ops' } })
    queue.offer(named('n2'))
    await clock.advance(5000)
    expect(sent.map((one) => one.context.attempt)).toEqual([1, 2, 1, 2])
  })

  test.each([[undefined], ['ok'], [{ status: 'fine' }], [null]])(
    'is what %j counts as, instead of a receipt',
    async (answer) => {
      const { queue, failures } = createRig([() => answer as never])
      queue.offer(named('n1'))
      await queue.idle()
      expect(failures[0]).toMatchObject({ reason: 'failed', why: 'the provider gave no receipt' })
    },
  )

  test('"too long" is tried once more in the shortest form', async () => {
    const tooLong = { ...no, tooLong: true } as const
    const { queue, sent, events } = createRig([tooLong])
    queue.offer(
      aNotification(
        Array.from({ length: 30 }, (_, index) => anItem({ id: String(index) })),
        { id: 'n1' },
      ),
    )
    await queue.idle()
    expect(sent.map((one) => one.message.plain)).toEqual([false, true])
    expect(sent[1]!.message).toMatchObject({ id: 'n1-plain', cards: [], more: 25 })
    expect(story(events)).toEqual(['retrying n1 in 0', 'delivered n1 (2)'])
    const twice = createRig([tooLong, busy, tooLong])
    twice.queue.offer(named('n1'))
    await twice.clock.advance(60_000)
    expect(twice.sent).toHaveLength(3)
    expect(story(twice.events).at(-1)).toBe('failed n1 failed')
  })

  test('a message that cannot be written fails, and the channel keeps working', async () => {
    let broken = true
    const { queue, clock, events } = createRig([], {
      render: () => {
        if (broken) throw new Error('broken')
        return { id: 'x', subject: 'x' } as never
      },
    })
    queue.offer(named('n1'))
    await clock.advance(1)
    broken = false
    queue.offer(named('n2'))
    await clock.advance(1)
    expect(story(events)).toEqual(['failed n1 failed', 'delivered n2 (1)'])
  })
})

describe('the breaker', () => {
  test.each([
    { httpStatus: 401 },
    { httpStatus: 403 },
    { httpStatus: 404 },
    { httpStatus: 410 },
    { lasting: true } as const,
  ])(
    'after a refusal with $httpStatus$lasting there are no requests for five minutes, then one',
    async (failure) => {
      const { queue, clock, sent, failures } = createRig([
        { ...no, ...failure },
        { ...no, ...failure },
      ])
      queue.offer(named('n1'))
      await clock.advance(1)
      for (let index = 2; index < 12; index++) {
        queue.offer(named(`n${index}`))
        await clock.advance(29_000)
      }
      expect(sent).toHaveLength(1)
      expect(failures.map((failure) => failure.reason)).toEqual(['failed', ...Array(10).fill('breaker')])
      await clock.advance(10_000)
      queue.offer(named('half-open'))
      await clock.advance(1)
      queue.offer(named('open again'))
      await clock.advance(300_000)
      expect(sent).toHaveLength(2)
      queue.offer(named('closed'))
      await clock.advance(1)
      queue.offer(named('and stays so'))
      await queue.idle()
      expect(sent).toHaveLength(4)
    },
  )

  test('fails what waited behind the refused attempt', async () => {
    let answer = () => {}
    const { queue, clock, failures } = createRig([
      () => new Promise((resolve) => (answer = () => resolve({ ...no, httpStatus: 403 }))),
    ])
    queue.offer(named('n1'))
    await clock.advance(1)
    queue.offer(named('n2'))
    answer()
    await queue.idle()
    expect(failures.map((failure) => [failure.notification.id, failure.reason])).toEqual([
      ['n1', 'failed'],
      ['n2', 'breaker'],
    ])
  })

  test('stays closed on other refusals and on failures that are retried', async () => {
    const { queue, clock, sent } = createRig([
      { ...no, httpStatus: 400 },
      { ...busy, httpStatus: 403 },
    ])
    queue.offer(named('n1'))
    await clock.advance(1)
    queue.offer(named('n2'))
    await clock.advance(5000)
    expect(sent).toHaveLength(3)
  })
})

describe('too much waiting', () => {
  test('drops the least severe alerts, then the least frequent; they are counted and fall back', async () => {
    const { queue, clock, sent, failures } = createRig([busy], { maxWaiting: 3 })
    queue.offer(named('n1', 50, 'a'))
    await clock.advance(1)
    const warning = anItem({ id: 'w', severity: 'warning', count: 900 })
    queue.offer(
      aNotification([anItem({ id: 'b', count: 10 }), anItem({ id: 'c', count: 20 }), warning], { id: 'n2' }),
    )
    queue.offer(named('n3', 5, 'd'))
    await clock.advance(5000)
    const out = failures.flatMap((failure) => failure.notification.items.map((item) => item.alert.id))
    expect(out).toEqual(['w', 'd'])
    expect(failures.every((failure) => failure.reason === 'queue-limit')).toBe(true)
    expect(sent[1]!.message.cards.map((card) => card.id)).toEqual(['a', 'c', 'b'])
    expect(new Set(failures.map((failure) => failure.notification.id)).size).toBe(2)
  })

  test('what a failed attempt puts back counts too', async () => {
    const { queue, clock, failures } = createRig([busy], { maxWaiting: 3, timeoutMs: 100 })
    queue.offer(aNotification(['a', 'b', 'c'].map((id) => anItem({ id, count: 9 }))))
    await Promise.resolve()
    await Promise.resolve()
    queue.offer(named('n2', 1, 'd'))
    await clock.advance(1)
    expect(failures.map((failure) => [failure.reason, failure.notification.items.length])).toEqual([
      ['queue-limit', 1],
    ])
  })

  test('a single notification is taken whole, however many alerts it has', async () => {
    const { queue, sent, failures } = createRig([], { maxWaiting: 3 })
    queue.offer(
      aNotification(
        Array.from({ length: 50 }, (_, index) => anItem({ id: String(index) })),
        { reason: 'storm' },
      ),
    )
    await queue.idle()
    expect(failures).toEqual([])
    expect(sent[0]!.message.more).toBe(40)
  })

  test('a flood on a dead channel stays within its bound', async () => {
    const { queue, clock } = createRig(Array(1000).fill(busy))
    const count = inSoak(5000, 2000)
    for (let index = 0; index < count; index++) {
      queue.offer(named(`n${index}`))
      if (index % 100 === 0) await clock.advance(1000)
    }
    expect(queue.waiting()).toBeLessThan(15)
    expect(clock.pending()).toBeLessThanOrEqual(1)
  })
})

test('a listener that throws does not stop a delivery', async () => {
  const fail = () => {
    throw new Error('listener')
  }
  const { queue, clock, sent } = createRig([{ ...busy, delayMs: 1000 }, no], {
    onEvent: fail,
    onFailed: fail,
    onPaused: fail,
  })
  queue.offer(named('n1'))
  await clock.advance(5000)
  queue.offer(named('n2'))
  await queue.idle()
  expect(sent).toHaveLength(3)
})
