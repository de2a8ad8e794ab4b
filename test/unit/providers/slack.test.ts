import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import slack from '#core/providers/slack/slack.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

let webhook: Receiver

beforeAll(async () => {
  webhook = await createReceiver()
})
beforeEach(() => {
  webhook.answer = { body: 'ok' }
  webhook.arrived.length = 0
})
afterAll(() => webhook.close())

const at = () => ({ url: `${webhook.url}/services/T000/B000/a-test-webhook` })

interface Text {
  readonly type: string
  readonly text: string
}
interface Body {
  readonly text: string
  readonly blocks: readonly { readonly type: string; readonly text: Text }[]
  readonly attachments: readonly {
    readonly color: string
    readonly blocks: readonly { readonly text: Text }[]
  }[]
}
const body = () => webhook.json() as unknown as Body
interface Part {
  readonly type: string
  readonly text?: string | Text
  readonly url?: string
  readonly elements?: readonly Part[]
}
/** Everything inside the attachment that says something, in its order. */
const partsOf = (part: Part): readonly Part[] => [
  ...(typeof part.text === 'string' ? [part] : []),
  ...(part.elements ?? []).flatMap(partsOf),
]
const blocksInside = () => body().attachments.flatMap(({ blocks }) => blocks) as unknown as readonly Part[]
const inner = () => blocksInside().flatMap(partsOf)
const said = () =>
  inner()
    .map(({ text }) => String(text))
    .join('')

describe('body', () => {
  it('has the subject as header, the cards in a coloured attachment, and a text for the notification', async () => {
    expect(await send(slack, at())).toEqual({ status: 'delivered' })
    expect(body().text).toBe('[ERROR] payments prod: card gateway timeout ×37')
    expect(body().blocks[0]).toMatchObject({ type: 'header', text: { type: 'plain_text' } })
    expect(body().attachments[0]?.color).toBe('#D93025')
    await send(slack, at(), aMessage({ reason: 'resolved' }))
    expect(body().attachments[0]?.color).toBe('#188038')
  })

  it('keeps data in rich text, which has no markup, and escapes it where mrkdwn is needed', async () => {
    const card = aCard({
      text: 'a & b <x> *bold* _it_ `c`',
      context: ['<!channel> & ``` end of code'],
      facts: [{ label: '<@U1>', value: 'v', url: 'https://trace.example.com/?a=1&b=<2>|3' }],
    })
    await send(slack, at(), aMessage({ cards: [card], subject: '[ERROR] <!here> & co' }))
    expect(body().text).toBe('[ERROR] &lt;!here&gt; &amp; co')
    expect(blocksInside().map(({ type }) => type)).toEqual(['rich_text', 'context'])
    expect(inner()[0]?.text).toBe('a & b <x> *bold* _it_ `c`')
    expect(inner()).toContainEqual({
      type: 'link',
      url: 'https://trace.example.com/?a=1&b=%3C2%3E%7C3',
      text: 'v',
    })
    expect(said()).toContain('<\u200b!channel> & ``` end of code')
  })

  it('names the runbook once: as a link, or by its text if that is not an address', async () => {
    const named = (runbook: string, locale: 'en' | 'zh-CN' = 'en') =>
      send(slack, at(), aMessage({ cards: [aCard({ runbook })], locale }))
    const url = 'https://wiki.example.com/pay'
    await named(url)
    expect(JSON.stringify(blocksInside()).match(/wiki\.example\.com/g)).toHaveLength(1)
    expect(inner()).toContainEqual({ type: 'link', url, text: 'Runbook' })
    await named(url, 'zh-CN')
    expect(inner()).toContainEqual({ type: 'link', url, text: '处理手册' })
    await named('page 12 of the binder')
    expect(said()).toContain('Runbook: page 12 of the binder')
  })

  it('gives each of several cards its title as a header', async () => {
    const cards = [aCard(), aCard({ id: '2', title: '[ERROR] disk full ×2', text: 'ENOSPC' })]
    await send(slack, at(), aMessage({ cards }))
    const headers = webhook.json()['attachments'] as { blocks: { type: string; text: Text }[] }[]
    expect(headers[0]?.blocks.filter(({ type }) => type === 'header').map(({ text }) => text.text)).toEqual([
      '[ERROR] card gateway timeout ×37',
      '[ERROR] disk full ×2',
    ])
    expect(said()).not.toContain('disk full')
  })

  it('mentions people, groups and everybody there in the ways of Slack, and no one by mistake', async () => {
    await send(
      slack,
      at(),
      aMessage({ mentions: ['U012AB3CD', '@here', 'S012AB3CD', '<!subteam^S9|ops>', 'bob <!channel>'] }),
    )
    const mentions = '<@U012AB3CD> <!here> <!subteam^S012AB3CD> <!subteam^S9|ops> bob &lt;!channel&gt;'
    expect(body().blocks[1]).toMatchObject({ type: 'section', text: { type: 'mrkdwn', text: mentions } })
    expect(body().text).toContain(mentions)
  })

  it('keeps every limit of Block Kit however much there is to say', async () => {
    const card = aCard({
      text: '磁盘 & <满>\n'.repeat(5000),
      context: Array.from({ length: 100 }, () => '&'.repeat(500)),
    })
    const cards = Array.from({ length: 60 }, (_, index) => ({ ...card, id: String(index) }))
    await send(slack, at(), aMessage({ cards, closing: [] }))
    expect(webhook.arrived[0]!.body.length).toBeLessThanOrEqual(12_000)
    const blocks = [...body().blocks, ...body().attachments.flatMap((attachment) => attachment.blocks)]
    expect(blocks.length).toBeLessThanOrEqual(50)
    for (const { text } of inner()) expect(String(text).length).toBeGreaterThan(0)
    await send(slack, at(), aMessage({ cards: [card] }))
    expect(webhook.arrived[1]!.body.length).toBeLessThanOrEqual(12_000)
  })

  it('is text alone on the second try after "too long"', async () => {
    await send(slack, at(), aMessage({ plain: true, subject: 'a < b' }))
    expect(Object.keys(body())).toEqual(['text'])
    expect(body().text).toContain('a &lt; b')
  })
})

describe('reply', () => {
  it("is delivered only as 200 with the text 'ok'", async () => {
    for (const [status, text] of [
      [200, 'no_text'],
      [200, ''],
      [200, '{"ok":true}'],
      [202, 'ok'],
    ] as const) {
      webhook.answer = { status, body: text }
      expect(await send(slack, at())).toMatchObject({ status: 'failed' })
    }
    webhook.answer = { body: 'ok\n' }
    expect(await send(slack, at())).toEqual({ status: 'delivered' })
  })

  it('asks to wait as long as Retry-After says', async () => {
    webhook.answer = { status: 429, headers: { 'retry-after': '17' }, body: 'rate_limited' }
    expect(await send(slack, at())).toMatchObject({ status: 'retry', delayMs: 17_000 })
  })

  it('distinguishes bad blocks, which are worth a plain attempt, from a deleted webhook', async () => {
    webhook.answer = { status: 400, body: 'invalid_blocks' }
    expect(await send(slack, at())).toMatchObject({ status: 'failed', tooLong: true })
    webhook.answer = { status: 404, body: 'no_service' }
    expect(await send(slack, at())).toMatchObject({ status: 'failed', httpStatus: 404 })
    webhook.answer = { status: 400, body: 'rollup_error' }
    expect(await send(slack, at())).toMatchObject({ status: 'retry' })
    // Which status a word comes with is not documented.
    for (const [status, body] of [
      [500, 'no_active_hooks'],
      [200, 'channel_is_archived'],
      [403, 'action_prohibited'],
    ] as const) {
      webhook.answer = { status, body }
      expect(await send(slack, at()), body).toMatchObject({ status: 'failed', lasting: true })
    }
  })
})

describe('options', () => {
  it('need an address that is https, but for this machine', () => {
    expect(problems(slack, {}).join()).toContain('needs `url`')
    expect(problems(slack, { url: 'http://hooks.slack.com/services/T/B/X' }).join()).toContain(
      'must start with https://',
    )
    expect(problems(slack, { url: 'http://[::1]:3000/x' })).toEqual([])
    expect(problems(slack, { url: 'http://localhost:3000/x' })).toEqual([])
  })
})
