import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import { createFit } from '#core/deliver/fit.ts'
import type { Message, Sender } from '#core/provider/provider.ts'
import slack from '#core/providers/slack/slack.ts'
import { shortest } from '#core/render/shorten.ts'
import { aCard, aMessage, noon, problems } from './support.ts'

const token = 'xoxb-token-of-a-test'
let inbox: Inbox
let sender: Sender

beforeAll(async () => {
  inbox = await createInbox({ rateLimits: false, settings: { slack: { botToken: token } } })
})
beforeEach(async () => {
  inbox.clear()
  inbox.behave('slack', 'ok')
  sender = await slack.open(
    slack.options.parse({ token, channel: 'C0INBOX', endpoint: `${inbox.url}/slack/api/` }),
  )
})
afterAll(() => inbox.close())

const send = (message: Message, signal = new AbortController().signal) =>
  sender.send(message, {
    fetch,
    signal,
    now: () => noon,
    attempt: 1,
    address: 0,
    fit: createFit(message, slack.limits),
  })
/** A message about alerts by their ids, all for the same reason. */
const about = (reason: Message['reason'], ids: readonly string[], parts: Partial<Message> = {}) =>
  aMessage({
    reason,
    cards: ids.map((id) => aCard({ id, reason, title: `[ERROR] problem ${id}` })),
    ...parts,
  })

interface Body {
  readonly channel: string
  readonly text: string
  readonly ts?: string
  readonly thread_ts?: string
  readonly reply_broadcast?: boolean
  readonly blocks: readonly { readonly text: { readonly text: string } }[]
  readonly attachments: readonly { readonly color: string }[]
}
/** What Slack took, oldest first: 'post', 'reply to 1', 'update 1', by the order of first messages. */
const took = () => {
  const posts: string[] = []
  return inbox.received({ ok: true }).map(({ request, answer }) => {
    const body = JSON.parse(request.body) as Body
    const { ts } = JSON.parse(answer.body) as { ts: string }
    if (request.path.endsWith('chat.update')) return `update ${posts.indexOf(body.ts ?? '') + 1}`
    if (body.thread_ts !== undefined) return `reply to ${posts.indexOf(body.thread_ts) + 1}`
    posts.push(ts)
    return 'post'
  })
}
const body = (index = -1) => JSON.parse(inbox.received({ ok: true }).at(index)!.request.body) as Body
const error = (word: string) => ({ status: 200, body: JSON.stringify({ ok: false, error: word }) })

describe('one alert', () => {
  it('has a thread: later messages go under its first one', async () => {
    expect(await send(about('first', ['a']))).toEqual({ status: 'delivered' })
    await send(about('repeat', ['a']))
    await send(about('repeat', ['a']))
    expect(took()).toEqual(['post', 'reply to 1', 'reply to 1'])
    expect(body(0)).toMatchObject({ channel: 'C0INBOX', unfurl_links: false })
    expect(inbox.received()[0]?.request.headers['authorization']).toBe(`Bearer ${token}`)
  })

  it('that ends turns its first message green, says so there and below it, and keeps what led to it', async () => {
    const mentions = ['U012AB3CD']
    await send(about('first', ['a'], { mentions }))
    await send(about('resolved', ['a'], { subject: '[RESOLVED] payments: card gateway' }))
    expect(took()).toEqual(['post', 'update 1', 'reply to 1'])
    expect(body(1)).toMatchObject({
      text: '[RESOLVED] payments: card gateway',
      attachments: [{ color: '#188038' }],
    })
    expect(body(1).blocks[0]?.text.text).toBe('[RESOLVED] payments: card gateway')
    expect(body(1).blocks.slice(1)).toEqual(body(0).blocks.slice(1))
    expect(JSON.stringify(body(1).attachments)).toContain('14:04:59 warn slow')
  })

  it('that gets worse changes its first message, and the reply is shown in the channel as well', async () => {
    await send(about('first', ['a']))
    const subject = '[CRITICAL] payments: card gateway'
    const cards = [aCard({ id: 'a', reason: 'escalated', severity: 'critical' })]
    await send(aMessage({ reason: 'escalated', severity: 'critical', subject, cards }))
    expect(took()).toEqual(['post', 'update 1', 'reply to 1'])
    expect(body(1).attachments[0]?.color).toBe('#B3261E')
    expect(body(2).reply_broadcast).toBe(true)
    await send(about('repeat', ['a']))
    expect(body(3)).not.toHaveProperty('reply_broadcast')
  })

  it('that fires again after its end is a new message, also if the end was not sent', async () => {
    await send(about('first', ['a']))
    await send(about('resolved', ['a']))
    await send(about('regression', ['a']))
    await send(about('regression', ['a']))
    await send(about('repeat', ['a']))
    expect(took()).toEqual(['post', 'update 1', 'reply to 1', 'post', 'post', 'reply to 3'])
  })

  it('that is not known here, as after a restart, is a new message', async () => {
    await send(about('repeat', ['a']))
    await send(about('resolved', ['a']))
    await send(about('resolved', ['b']))
    expect(took()).toEqual(['post', 'update 1', 'reply to 1', 'post'])
  })
})

describe('several alerts', () => {
  it('of one message share a thread, which turns green when the last of them is over', async () => {
    await send(about('first', ['a', 'b'], { subject: '[ERROR] 2 alerts' }))
    await send(about('repeat', ['b', 'a']))
    await send(about('resolved', ['a']))
    await send(about('resolved', ['b']))
    expect(took()).toEqual(['post', 'reply to 1', 'reply to 1', 'update 1', 'reply to 1'])
    expect(body(3).blocks[0]?.text.text).toBe('✔ [ERROR] 2 alerts')
    expect(body(3).attachments[0]?.color).toBe('#188038')
  })

  it('of different threads are sent to the channel, and each keeps its own thread', async () => {
    await send(about('first', ['a']))
    await send(about('first', ['b']))
    await send(about('repeat', ['a', 'b']))
    await send(about('repeat', ['b']))
    await send(about('repeat', ['a'], { brief: ['[ERROR] another'] }))
    expect(took()).toEqual(['post', 'post', 'post', 'reply to 2', 'post'])
    await send(about('resolved', ['a', 'b']))
    expect(took().slice(5)).toEqual(['update 1', 'update 2', 'post'])
  })

  it('are remembered up to a limit, the longest unused forgotten first', async () => {
    const ids = Array.from({ length: 301 }, (_, index) => `id-${index}`)
    for (const id of ids) await send(about('first', [id], { plain: true }))
    await send(about('repeat', ['id-0'], { plain: true }))
    await send(about('repeat', ['id-300'], { plain: true }))
    expect(took().slice(-2)).toEqual(['post', 'reply to 301'])
  })
})

describe('an acknowledged alert', () => {
  const taken = (ids: readonly string[]) => {
    const message = about('repeat', ids, { answered: 'acknowledged' })
    const subject = '[ERROR] problem a (acknowledged)'
    return {
      ...message,
      subject,
      cards: message.cards.map((card) => ({ ...card, answered: 'acknowledged' as const })),
    }
  }
  const latestUpdate = () =>
    inbox
      .received({ ok: true })
      .filter(({ request }) => request.path.endsWith('chat.update'))
      .map(({ request }) => JSON.parse(request.body) as Body)
      .at(-1)!

  it('has a grey first message that says so, and the notice in its thread', async () => {
    await send(about('first', ['a']))
    await send(taken(['a']))
    expect(took()).toEqual(['post', 'update 1', 'reply to 1'])
    const grey = latestUpdate()
    expect(grey.blocks[0]!.text.text).toBe('[ERROR] problem a (acknowledged)')
    expect(grey.attachments.map(({ color }) => color)).toEqual(['#5F6368'])
  })

  it('is in colour again once it is notified again, and green once it has ended', async () => {
    await send(about('first', ['a']))
    await send(taken(['a']))
    await send(about('repeat', ['a']))
    expect(latestUpdate().attachments.map(({ color }) => color)).toEqual(['#D93025'])
    await send(about('resolved', ['a']))
    expect(latestUpdate().attachments.map(({ color }) => color)).toEqual(['#188038'])
  })

  it('is one of several in a message that stays as it is', async () => {
    await send(about('first', ['a', 'b']))
    await send(taken(['a']))
    expect(took()).toEqual(['post', 'reply to 1'])
  })
})

describe('a failure on the way', () => {
  it('with the update puts the whole off before anything is said twice', async () => {
    await send(about('first', ['a']))
    inbox.behave('slack', { status: 503, times: 1 })
    expect(await send(about('resolved', ['a']))).toMatchObject({ status: 'retry' })
    expect(inbox.received()).toHaveLength(2)
    expect(await send(about('resolved', ['a']))).toEqual({ status: 'delivered' })
    expect(took()).toEqual(['post', 'update 1', 'reply to 1'])
  })

  it('with the reply repeats the update, which changes nothing', async () => {
    await send(about('first', ['a']))
    const stop = new AbortController()
    const off = inbox.subscribe((received) => {
      if (received?.request.path.endsWith('chat.update')) inbox.behave('slack', { status: 503, times: 1 })
    })
    expect(await send(about('resolved', ['a']), stop.signal)).toMatchObject({ status: 'retry' })
    off()
    expect(await send(about('resolved', ['a']))).toEqual({ status: 'delivered' })
    expect(took()).toEqual(['post', 'update 1', 'update 1', 'reply to 1'])
  })

  it('a first message that may no longer be changed still has its thread', async () => {
    await send(about('first', ['a']))
    inbox.behave('slack', { ...error('edit_window_closed'), times: 1 })
    expect(await send(about('resolved', ['a']))).toEqual({ status: 'delivered' })
    expect(took()).toEqual(['post', 'reply to 1'])
  })

  it('a first message that was deleted is replaced by another one', async () => {
    await send(about('first', ['a']))
    inbox.behave('slack', { ...error('message_not_found'), times: 1 })
    expect(await send(about('resolved', ['a']))).toEqual({ status: 'delivered' })
    await send(about('first', ['b']))
    inbox.behave('slack', { ...error('thread_not_found'), times: 1 })
    expect(await send(about('repeat', ['b']))).toMatchObject({ status: 'retry' })
    expect(await send(about('repeat', ['b']))).toEqual({ status: 'delivered' })
    expect(took()).toEqual(['post', 'post', 'post', 'post'])
  })

  it('plain text after "too long" goes into the thread as well, and is not repainted', async () => {
    await send(about('first', ['a']))
    await send({ ...about('repeat', ['a']), plain: true })
    expect(took()).toEqual(['post', 'reply to 1'])
    expect(body()).not.toHaveProperty('blocks')
    const plain = shortest(about('first', ['b']))
    expect(await send(plain)).toEqual({ status: 'delivered' })
    await send({ ...about('first', ['c']), plain: true })
    await send(about('resolved', ['c']))
    expect(took().slice(2)).toEqual(['post', 'post', 'reply to 3'])
  })
})

describe('reply', () => {
  it('is read from ok: HTTP 200 says nothing', async () => {
    for (const [word, receipt] of [
      ['ratelimited', { status: 'retry' }],
      ['internal_error', { status: 'retry' }],
      ['msg_blocks_too_long', { status: 'failed', tooLong: true }],
      ['no_text', { status: 'failed' }],
      ['not_in_channel', { status: 'failed', lasting: true, why: expect.stringContaining('/invite') }],
      ['missing_scope', { status: 'failed', lasting: true, why: expect.stringContaining('chat:write') }],
      ['constructor', { status: 'failed', why: 'Slack answered constructor' }],
    ] as const) {
      inbox.behave('slack', error(word))
      expect(await send(about('first', ['a'])), word).toMatchObject(receipt)
    }
    for (const body of ['ok', '{"ok":true}', '{"ok":false}', '<html>']) {
      inbox.behave('slack', { status: 200, body })
      expect(await send(about('first', ['a'])), body).toMatchObject({ status: 'failed' })
    }
    inbox.behave('slack', { status: 429, headers: { 'retry-after': '21' } })
    expect(await send(about('first', ['a']))).toMatchObject({ status: 'retry', delayMs: 21_000 })
  })

  it('never holds the token', async () => {
    inbox.behave('slack', error(`invalid_auth ${token}`))
    expect(JSON.stringify(await send(about('first', ['a'])))).not.toContain('token-of-a-test')
  })
})

describe('options', () => {
  it('are an address, or a token with its channel', () => {
    const api = { token, channel: 'C012AB3CD' }
    expect(problems(slack, api)).toEqual([])
    expect(
      problems(slack, { ...api, channel: '#ops-alerts', endpoint: 'https://slack-gov.com/api' }),
    ).toEqual([])
    expect(problems(slack, { token }).join()).toContain('channel: is missing: `token` needs the channel')
    expect(problems(slack, { ...api, url: 'https://hooks.slack.com/x' }).join()).toContain('needs `url`')
    expect(problems(slack, { url: 'https://hooks.slack.com/x', channel: '#ops' }).join()).toContain(
      'belongs to `token`',
    )
  })

  it('know the shape of each', () => {
    for (const wrong of ['B0123/abc', 'xapp-', 'https://hooks.slack.com/services/T/B/X', '']) {
      expect(problems(slack, { token: wrong, channel: '#ops' }).join(), wrong).toContain('starts with xoxb-')
    }
    for (const wrong of ['ops', '', 'general alerts', 'https://app.slack.com/client/T1/C1']) {
      expect(problems(slack, { token, channel: wrong }).join(), wrong).toContain('C012AB3CD')
    }
  })
})
