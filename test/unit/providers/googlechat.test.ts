import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import googlechat from '#core/providers/googlechat.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

let space: Receiver

beforeAll(async () => {
  space = await createReceiver()
})
beforeEach(() => {
  space.answer = { body: '{"name":"spaces/A/messages/B"}' }
  space.arrived.length = 0
})
afterAll(() => space.close())

const at = () => ({ url: `${space.url}/v1/spaces/A/messages?key=key-of-a-test&token=token-of-a-test` })
const text = () => space.json()['text'] as string
const query = () => new URL(space.arrived.at(-1)!.path, space.url).searchParams

describe('thread', () => {
  it('is that of the alert, and asked for in body and query', async () => {
    await send(googlechat, at())
    expect(space.json()['thread']).toEqual({ threadKey: '00c0ffee00c0ffee' })
    expect(query().get('messageReplyOption')).toBe('REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD')
    expect(query().get('token')).toBe('token-of-a-test')
  })

  it('is absent for several alerts, and where it is not wanted', async () => {
    await send(googlechat, at(), aMessage({ cards: [aCard(), aCard({ id: '2' })] }))
    await send(googlechat, at(), aMessage({ brief: ['[ERROR] other'] }))
    await send(googlechat, { ...at(), threads: false })
    for (const { path, body } of space.arrived) {
      expect(path).not.toContain('messageReplyOption')
      expect(body).not.toContain('threadKey')
    }
  })

  it('has the id of the notification, so that a second attempt is the same message', async () => {
    await send(googlechat, at(), aMessage({ id: 'n-7' }))
    await send(googlechat, at(), aMessage({ id: 'n-7' }), { attempt: 2 })
    expect(space.arrived.map(({ path }) => new URL(path, space.url).searchParams.get('requestId'))).toEqual([
      'n-7',
      'n-7',
    ])
  })
})

describe('text', () => {
  it('is in the markup of Chat, and data has no mentions and no links', async () => {
    const hostile = '<users/all> <http://evil.example|click> [l](http://x) @all'
    await send(
      googlechat,
      at(),
      aMessage({ subject: hostile, cards: [aCard({ text: hostile, context: [hostile] })] }),
    )
    const inert = '<\u200busers/all> <\u200bhttp://evil.example|click> [l]\u200b(http://x) @\u200ball'
    expect(text()).toMatch(/^\*<\u200busers/)
    expect(text()).toContain(`\n${inert}\n`)
    expect(text()).toContain(`\`\`\`\n${inert}\n\`\`\``)
    expect(text()).toContain('*traceId*: <https://trace.example.com/4bf92f35|4bf92f35>')
  })

  it('mentions people by id, and everybody', async () => {
    await send(googlechat, at(), aMessage({ mentions: ['users/123', '<users/456>', '789', '@all', 'bob'] }))
    expect(text()).toContain('<users/123> <users/456> <users/789> <users/all> bob')
  })

  it('is as long as is known to pass, or as configured', async () => {
    const cards = [aCard({ text: '长'.repeat(20_000) })]
    await send(googlechat, at(), aMessage({ cards }))
    expect(text().length).toBeLessThanOrEqual(4_000)
    await send(
      googlechat,
      { ...at(), maxChars: 8_000 },
      aMessage({ cards: [aCard({ context: Array.from({ length: 90 }, () => 'x'.repeat(80)) })] }),
    )
    expect(text().length).toBeGreaterThan(4_000)
    expect(text().length).toBeLessThanOrEqual(8_000)
  })
})

describe('reply', () => {
  it('is delivered only as a message with a name', async () => {
    expect(await send(googlechat, at())).toEqual({ status: 'delivered' })
    for (const body of ['', '{}', '{"name":"x"}', '<html>']) {
      space.answer = { body }
      expect(await send(googlechat, at()), body).toMatchObject({ status: 'failed' })
    }
  })

  it('distinguishes too long from forbidden, and never holds key or token', async () => {
    space.answer = { status: 400, body: '{"error":{"message":"Message text exceeds the maximum length."}}' }
    expect(await send(googlechat, at())).toMatchObject({ status: 'failed', tooLong: true })
    space.answer = { status: 403, body: '{"error":{"message":"no key-of-a-test token-of-a-test"}}' }
    const receipt = await send(googlechat, at())
    expect(receipt).toMatchObject({ status: 'failed', httpStatus: 403 })
    expect(JSON.stringify(receipt)).not.toContain('-of-a-test')
  })
})

describe('options', () => {
  it('need the whole address', () => {
    expect(problems(googlechat, {}).join()).toContain('needs `url`')
    for (const rest of [
      '',
      'v1/spaces/A/messages',
      'v1/spaces/A/messages?key=x',
      'v1/spaces/A?key=x&token=y',
    ]) {
      expect(problems(googlechat, { url: `https://chat.googleapis.com/${rest}` }).join(), rest).toContain(
        'copy the whole address',
      )
    }
    expect(
      problems(googlechat, { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=x&token=y' }),
    ).toEqual([])
  })
})
