/**
 * A message whose answer never came may have been taken: where a provider knows a message again by a key, the
 * second attempt carries the key of the first, and another message another. One case for each provider that
 * says of itself that it has such a key.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import { createFit } from '#core/deliver/fit.ts'
import type { Receipt } from '#core/model.ts'
import type { Message } from '#core/provider/provider.ts'
import { aCard, aMessage } from '../unit/providers/support.ts'
import type { Remote } from './row.ts'
import { providerRows, type Row, rows, settings } from './rows.ts'
import { strictly } from './strictly.ts'

/** SNS keeps keys for topics of this kind only. */
const topicArn = 'arn:aws:sns:eu-central-1:000000000000:alerts.fifo'

const withKey = Object.entries(rows).filter(
  (entry): entry is [string, Row & { remote: Remote }] =>
    entry[1].remote !== undefined && entry[1].provider.supports?.dedup !== undefined,
)

let inbox: Inbox
beforeAll(async () => {
  inbox = await createInbox({
    settings: { ...settings, sns: { ...settings.sns, topicArn } },
    rateLimits: false,
  })
})
beforeEach(() => inbox.clear())
afterAll(() => inbox.close())

const notified = (key: string) =>
  aMessage({
    id: `message-${key}`,
    to: ['ops@example.com'],
    at: Date.now(),
    cards: [aCard({ id: `alert-${key}` })],
  })

/** An attempt that is ended, as by its timeout, once its request has arrived and is not answered. */
async function attempt(
  row: Row & { remote: Remote },
  message: Message,
  isAnswered: boolean,
): Promise<Receipt> {
  const { fake } = row.remote
  inbox.behave(fake, isAnswered ? 'ok' : 'hang')
  const timeout = new AbortController()
  const stop = inbox.subscribe((received) => {
    if (received?.provider === fake && !isAnswered)
      timeout.abort(new DOMException('too slow', 'TimeoutError'))
  })
  const sender = await row.provider.open(z.parse(strictly(row.provider.options), row.options(inbox)))
  try {
    return await sender.send(row.to === undefined ? message : { ...message, to: row.to }, {
      fetch: globalThis.fetch,
      signal: timeout.signal,
      now: Date.now,
      attempt: 1,
      address: 0,
      fit: createFit(message, row.provider.limits),
    })
  } finally {
    stop()
    await sender.close?.()
  }
}

describe.each(withKey)('%s', (name, row) => {
  it('knows a message again by its key when the first answer did not come', async () => {
    const unanswered = await attempt(row, notified('one'), false)
    expect(unanswered).toMatchObject({ status: 'retry', uncertain: true })
    expect(await attempt(row, notified('one'), true)).toMatchObject({ status: 'delivered' })
    await attempt(row, notified('two'), true)
    const [first, again, other] = inbox
      .received({ provider: row.remote.fake })
      .map((one) => providerRows[name]?.keyOf?.(one))
    expect(first).toEqual(expect.stringMatching(/./))
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })
})
