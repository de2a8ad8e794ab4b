import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFit } from '#core/deliver/fit.ts'
import discord from '#core/providers/discord.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const ok = { body: '{"id":"1300000000000000000","type":0}' }
let webhook: Receiver

beforeAll(async () => {
  webhook = await createReceiver()
})
beforeEach(() => {
  webhook.answer = ok
  webhook.arrived.length = 0
})
afterAll(() => webhook.close())

const at = (token = 'webhook-of-a-test') => ({ url: `${webhook.url}/api/webhooks/1/${token}` })

interface Body {
  readonly content: string
  readonly embeds: readonly { readonly color: number; readonly description: string }[]
  readonly allowed_mentions: object
}
const body = () => webhook.json() as unknown as Body

describe('body', () => {
  it('has the subject as content and an embed for each alert, coloured by how bad it is', async () => {
    const cards = [aCard(), aCard({ id: '2', title: '[ERROR] disk full ×2', text: 'ENOSPC' })]
    await send(discord, at(), aMessage({ cards }))
    expect(body().content).toBe('**\\[ERROR\\] payments prod: card gateway timeout ×37**')
    const [first, second, closing] = body().embeds
    expect(first?.description).toMatch(
      /^\*\*\\\[ERROR\\\] card gateway timeout ×37\*\*\ncard gateway timeout after 3000 ms\n\*\*since\*\*: 14:05:00/,
    )
    expect(first?.description).toContain('[4bf92f35](https://trace.example.com/4bf92f35)')
    expect(second?.description).toMatch(/^\*\*\\\[ERROR\\\] disk full ×2\*\*\nENOSPC/)
    expect(closing?.description).toBe('next reminder in 5 min')
    expect(first?.color).toBe(0xd93025)
    await send(discord, at(), aMessage({ reason: 'resolved' }))
    expect(body().embeds[0]?.color).toBe(0x188038)
  })

  it('asks to wait for what becomes of the message, and names the thread', async () => {
    await send(discord, { ...at(), threadId: '130', username: 'Alerts' })
    expect(webhook.arrived[0]?.path).toBe('/api/webhooks/1/webhook-of-a-test?wait=true&thread_id=130')
    expect(webhook.json()['username']).toBe('Alerts')
    await send(discord, { url: `${at().url}?thread_id=7` })
    expect(webhook.arrived[1]?.path).toBe('/api/webhooks/1/webhook-of-a-test?thread_id=7&wait=true')
  })

  it('shows data as it is, and allows no mention that was not asked for', async () => {
    const hostile = '*b* _i_ ~s~ `c` |s| > # - [l](http://x) <@1> @everyone ``` end'
    await send(discord, at(), aMessage({ cards: [aCard({ text: hostile, context: [hostile] })] }))
    expect(body().embeds[0]?.description).toContain(
      '\\*b\\* \\_i\\_ \\~s\\~ \\`c\\` \\|s\\| \\> # - \\[l\\]\\(http://x\\) \\<@1\\> @everyone',
    )
    expect(body().embeds[0]?.description.match(/```/g)).toHaveLength(2)
    expect(body().allowed_mentions).toEqual({ parse: [], users: [], roles: [] })
  })

  it('mentions users, roles and everybody, each by name in allowed_mentions', async () => {
    const mentions = [
      '80351110224678912',
      '<@80351110224678913>',
      'role:165511591545143296',
      '&165511591545143297',
    ]
    await send(discord, at(), aMessage({ mentions: [...mentions, 'here', 'bob*'] }))
    expect(body().content).toContain(
      '<@80351110224678912> <@80351110224678913> <@&165511591545143296> <@&165511591545143297> @here bob\\*',
    )
    expect(body().allowed_mentions).toEqual({
      parse: ['everyone'],
      users: ['80351110224678912', '80351110224678913'],
      roles: ['165511591545143296', '165511591545143297'],
    })
  })

  it('keeps each limit and that of all embeds together', async () => {
    const cards = Array.from({ length: 30 }, (_, index) =>
      aCard({ id: String(index), title: `[ERROR] problem ${index}`, text: '磁盘*已满*\n'.repeat(900) }),
    )
    for (const given of [cards, cards.slice(0, 1)]) {
      await send(
        discord,
        at(),
        aMessage({ cards: given, mentions: Array.from({ length: 90 }, () => 'x'.repeat(9)) }),
      )
      const { content, embeds } = body()
      expect(content.length).toBeLessThanOrEqual(2000)
      expect(embeds.length).toBeLessThanOrEqual(10)
      for (const { description } of embeds) expect(description.length).toBeLessThanOrEqual(4096)
      expect(embeds.reduce((sum, { description }) => sum + description.length, 0)).toBeLessThanOrEqual(6000)
    }
  })

  it('is text alone on the second try after "too long"', async () => {
    await send(discord, at(), aMessage({ plain: true }))
    expect(Object.keys(webhook.json())).toEqual(['content', 'allowed_mentions'])
  })
})

describe('reply', () => {
  it('is delivered as a saved message, or as 204 from what does not know how to wait', async () => {
    expect(await send(discord, at())).toEqual({ status: 'delivered' })
    webhook.answer = { status: 204 }
    expect(await send(discord, at())).toEqual({ status: 'delivered' })
    for (const body of ['', '{}', '<html>sign in</html>', '{"id":1}']) {
      webhook.answer = { body }
      expect(await send(discord, at()), body).toMatchObject({ status: 'failed' })
    }
  })

  it('says to the millisecond how long to wait, or in its header alone', async () => {
    const limited = (body: string, headers = {}) => ({ status: 429, body, headers })
    webhook.answer = limited('{"message":"x","retry_after":64.571,"global":true}', { 'retry-after': '65' })
    expect(await send(discord, at())).toMatchObject({ status: 'retry', delayMs: 65_000 })
    webhook.answer = limited('{"message":"x","retry_after":0.3001}')
    expect(await send(discord, at())).toMatchObject({ status: 'retry', delayMs: 301 })
    webhook.answer = limited('<html>1015</html>', { 'retry-after': '9' })
    expect(await send(discord, at())).toMatchObject({ status: 'retry', delayMs: 9_000 })
    webhook.answer = limited('{"retry_after":1e99}')
    expect(await send(discord, at())).toMatchObject({ delayMs: 3_600_000 })
  })

  it('says when its bucket is empty, and is left alone until it is full again', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.25' }
    webhook.answer = { ...ok, headers }
    expect(await send(discord, at())).toEqual({ status: 'delivered', delayMs: 1250 })
    webhook.answer = { ...ok, headers: { ...headers, 'x-ratelimit-remaining': '4' } }
    expect(await send(discord, at())).toEqual({ status: 'delivered' })
    webhook.answer = { ...ok, headers: { ...headers, 'x-ratelimit-reset-after': 'soon' } }
    expect(await send(discord, at())).toEqual({ status: 'delivered' })
  })

  it('distinguishes too long from wrong', async () => {
    const error = (code: string) => `{"code":50035,"errors":{"content":{"_errors":[{"code":"${code}"}]}}}`
    webhook.answer = { status: 400, body: error('BASE_TYPE_MAX_LENGTH') }
    expect(await send(discord, at())).toMatchObject({ status: 'failed', tooLong: true })
    webhook.answer = { status: 400, body: '{"message":"Cannot send an empty message","code":50006}' }
    expect(await send(discord, at())).not.toHaveProperty('tooLong')
  })

  it('that the webhook is unknown is final: it is never asked again, and others take over', async () => {
    const provider = discord.open(discord.options.parse({ url: [at('one').url, at('two').url] }))
    const sender = await provider
    const message = aMessage()
    const once = (address: number) =>
      sender.send(message, {
        fetch,
        signal: new AbortController().signal,
        now: () => noon,
        attempt: 1,
        address,
        fit: createFit(message, discord.limits),
      })
    webhook.answer = { status: 404, body: '{"message":"Unknown Webhook","code":10015}' }
    expect(await once(0)).toMatchObject({ status: 'retry' })
    webhook.answer = ok
    expect(await once(0)).toEqual({ status: 'delivered' })
    webhook.answer = { status: 404, body: '{"message":"Unknown Webhook","code":10015}' }
    expect(await once(1)).toMatchObject({ status: 'failed', httpStatus: 404 })
    webhook.answer = ok
    expect(await once(0)).toMatchObject({
      status: 'failed',
      lasting: true,
      why: expect.stringContaining('deleted'),
    })
    expect(webhook.arrived.map(({ path }) => path.split('/').at(-1))).toEqual([
      'one?wait=true',
      'two?wait=true',
      'two?wait=true',
    ])
  })

  it('of something else that answers 404 is not final', async () => {
    webhook.answer = { status: 404, body: '<html>no such page</html>' }
    const sender = await discord.open(discord.options.parse(at()))
    const message = aMessage()
    const context = { fetch, signal: new AbortController().signal, now: () => noon, attempt: 1, address: 0 }
    const fit = createFit(message, discord.limits)
    expect(await sender.send(message, { ...context, fit })).toMatchObject({ status: 'failed' })
    webhook.answer = ok
    expect(await sender.send(message, { ...context, fit })).toEqual({ status: 'delivered' })
  })
})

describe('options', () => {
  it('name what is wrong with an address, with the cure', () => {
    const url = 'https://discord.com/api/webhooks/1/abc'
    expect(problems(discord, {}).join()).toContain('needs `url`')
    expect(problems(discord, { url: `${url}/slack` }).join()).toContain('leave out /slack')
    for (const wrong of [
      'https://discord.com/channels/1/2',
      'https://discord.com/api/webhooks/1',
      'https://discordapp.com/',
    ]) {
      expect(problems(discord, { url: wrong }).join(), wrong).toContain('Copy Webhook URL')
    }
    for (const right of [
      url,
      'https://canary.discord.com/api/v10/webhooks/1/a-b_c',
      'https://proxy.example/discord',
    ]) {
      expect(problems(discord, { url: right }), right).toEqual([])
    }
  })

  it('know which names and threads Discord takes', () => {
    const found = problems(discord, { username: 'Discord alerts', threadId: 'general' }).join()
    expect(found).toContain("username: must not contain 'discord'")
    expect(found).toContain('threadId: must be the id of a thread')
    expect(found).toContain('url: needs `url`')
  })
})
