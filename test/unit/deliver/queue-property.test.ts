import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Notification, Receipt } from '#core/model.ts'
import { inSoak } from '../../soak.ts'
import { aNotification, anItem } from '../render/support.ts'
import { createRig, type Step } from './rig.ts'

const receipts = fc.oneof(
  fc.constant<Receipt>({ status: 'delivered' }),
  fc.integer({ min: 0, max: 100_000 }).map<Receipt>((delayMs) => ({ status: 'delivered', delayMs })),
  fc.constant<Receipt>({ status: 'retry', why: 'busy' }),
  fc
    .integer({ min: 0, max: 400_000 })
    .map<Receipt>((delayMs) => ({ status: 'retry', why: 'later', delayMs })),
  fc.constant<Receipt>({ status: 'failed', why: 'no' }),
  fc.constant<Receipt>({ status: 'failed', why: 'no', httpStatus: 403 }),
  fc.constant<Receipt>({ status: 'failed', why: 'no', tooLong: true }),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: receipts },
  fc.constant<Step>('hang'),
  fc.constant<Step>(() => Promise.reject(new Error('broken'))),
)

const move = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      alerts: fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 }),
      added: fc.integer({ min: 1, max: 50 }),
      resolved: fc.boolean(),
    }),
  },
  fc.record({ ms: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 700_000 })) }),
)

const addressCount = fc.integer({ min: 1, max: 3 })

const addedIn = (notification: Notification) => notification.items.reduce((sum, item) => sum + item.added, 0)

test('whatever the provider does, every record offered is delivered, failed or returned exactly once', async () => {
  const limits = fc.record({ perMinute: fc.integer({ min: 1, max: 20 }) }, { requiredKeys: [] })
  const property = fc.asyncProperty(
    fc.array(move, { maxLength: 40 }),
    fc.array(step, { maxLength: 40 }),
    limits,
    addressCount,
    fc.integer({ min: 0, max: 20_000 }),
    async (moves, script, pace, addresses, closeMs) => {
      const notified = new Map<string, Notification>()
      const { queue, clock, sent, events, failures } = createRig(script, {
        limits: pace,
        addresses,
        maxWaiting: 6,
        timeoutMs: 5000,
        render: (notification) => {
          notified.set(notification.id, notification)
          return {
            id: notification.id,
            cards: [],
            brief: [],
            closing: [],
            locale: 'en',
            notification,
          } as never
        },
      })
      let offered = 0
      let number = 0
      for (const one of moves) {
        if ('ms' in one) {
          await clock.advance(one.ms)
          continue
        }
        const items = one.alerts.map((alert) =>
          anItem(
            { id: String(alert), state: one.resolved ? 'resolved' : 'firing', count: 10 },
            { added: one.added, reason: one.resolved ? 'resolved' : 'repeat' },
          ),
        )
        offered += one.added * items.length
        number += 1
        queue.offer(aNotification(items, { id: `n${number}` }))
      }
      const closing = queue.close(closeMs)
      await clock.advance(closeMs)
      const unsent = await closing

      const delivered = events.flatMap((event) =>
        event.type === 'delivered' ? [notified.get(event.notification)!] : [],
      )
      const outcomes = [...delivered, ...failures.map((failure) => failure.notification), ...unsent]
      expect(outcomes.reduce((sum, one) => sum + addedIn(one), 0)).toBe(offered)

      const contents = new Map<string, string>()
      for (const { message } of sent) {
        const content = JSON.stringify(message)
        expect(contents.get(message.id) ?? content).toBe(content)
        contents.set(message.id, content)
      }

      const after = [sent.length, events.length]
      await clock.advance(3_600_000)
      expect([sent.length, events.length]).toEqual(after)
      expect(clock.pending()).toBe(0)
      expect(queue.waiting()).toBe(0)
    },
  )
  await fc.assert(property, { numRuns: inSoak(2_000, 120) })
})

test('no two attempts are ever made at once, and the pace and the pauses of each address are kept', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 }),
    fc.array(step, { maxLength: 60 }),
    addressCount,
    async (pauses, script, addresses) => {
      const limits = { perMinute: 5 }
      const { queue, clock, sent } = createRig(script, { limits, addresses, timeoutMs: 5000 })
      let number = 0
      for (const pause of pauses) {
        number += 1
        queue.offer(aNotification([anItem({ id: String(number % 5) })], { id: `n${number}` }))
        await clock.advance(pause)
        expect(sent.slice(0, -1).every(isOver)).toBe(true)
      }
      for (let address = 0; address < addresses; address++) {
        const own = sent.flatMap((one, index) =>
          one.context.address === address ? [{ at: one.at, step: script[index] }] : [],
        )
        for (const [index, { at }] of own.entries()) {
          expect(at - (own[index - 5]?.at ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(60_000)
          const before = own[index - 1]
          if (before) expect(at - before.at).toBeGreaterThanOrEqual(pauseAfter(before.step))
        }
      }

      // An attempt that hangs is over once its signal says so; any other one is over in the turn it starts
      // in.
      function isOver({ context }: (typeof sent)[number], index: number): boolean {
        return script[index] !== 'hang' || context.signal.aborted
      }
    },
  )
  await fc.assert(property, { numRuns: inSoak(1_000, 60) })
})

/** The pause that the address asked for by what it answered, ms. */
function pauseAfter(answered: Step | undefined): number {
  if (answered === undefined || typeof answered !== 'object' || answered.status === 'failed') return 0
  return answered.delayMs ?? 0
}
