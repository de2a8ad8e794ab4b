import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import teams from '#core/providers/teams.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const query = '?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=signature-of-a-test'
let flow: Receiver

beforeAll(async () => {
  flow = await createReceiver()
})
beforeEach(() => {
  flow.answer = { status: 202 }
  flow.arrived.length = 0
})
afterAll(() => flow.close())

const at = () => ({ url: `${flow.url}/workflows/x/triggers/manual/paths/invoke${query}` })

interface Run {
  readonly text: string
  readonly color?: string
  readonly weight?: string
  readonly fontType?: string
  readonly selectAction?: { readonly url: string }
}
interface Element {
  readonly type: string
  readonly text?: string
  readonly inlines?: readonly Run[]
  readonly separator?: boolean
}
interface Card {
  readonly version: string
  readonly msteams: { readonly width: string; readonly entities?: readonly object[] }
  readonly body: readonly Element[]
  readonly actions?: readonly object[]
}
const card = () => (flow.json()['attachments'] as { content: Card }[])[0]!.content
const runs = () => card().body.flatMap(({ inlines = [] }) => inlines)
const lines = () =>
  card().body.map(({ inlines = [], text }) => text ?? inlines.map((run) => run.text).join(''))

describe('body', () => {
  it('is a message with one adaptive card', async () => {
    await send(teams, at())
    expect(flow.json()).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: { type: 'AdaptiveCard', version: '1.4', msteams: { width: 'Full' } },
        },
      ],
    })
    expect(lines()).toEqual([
      '[ERROR] payments prod: card gateway timeout ×37',
      'card gateway timeout after 3000 ms',
      'since: 14:05:00 +08:00',
      'traceId: 4bf92f35',
      '14:04:58 info calling gateway',
      '14:04:59 warn slow',
      'next reminder in 5 min',
    ])
    expect(runs().find((run) => run.text === '4bf92f35')?.selectAction?.url).toBe(
      'https://trace.example.com/4bf92f35',
    )
    await send(teams, { ...at(), version: '1.2' })
    expect(card().version).toBe('1.2')
  })

  it('has a colour for how bad it is, and a title for each of several alerts', async () => {
    for (const [parts, color] of [
      [{ severity: 'critical' }, 'Attention'],
      [{ severity: 'warning' }, 'Warning'],
      [{ severity: 'info' }, 'Accent'],
      [{ severity: 'critical', reason: 'resolved' }, 'Good'],
    ] as const) {
      await send(teams, at(), aMessage(parts))
      expect(runs()[0]?.color).toBe(color)
    }
    await send(teams, at(), aMessage({ cards: [aCard(), aCard({ title: '[ERROR] disk full' })] }))
    expect(card().body.filter(({ separator }) => separator)).toHaveLength(2)
    expect(lines()).toContain('[ERROR] disk full')
  })

  it('keeps data in text runs, which know no markup, one line each', async () => {
    const hostile = '**b** [l](http://evil.example) <at>Jane</at>\n- item'
    await send(
      teams,
      at(),
      aMessage({ cards: [aCard({ text: hostile, context: [hostile] })], subject: hostile }),
    )
    expect(card().body.every(({ type }) => type === 'RichTextBlock')).toBe(true)
    expect(lines()).toContain('**b** [l](http://evil.example) <at>Jane</at>')
    expect(lines().filter((line) => line === '- item')).toHaveLength(2)
  })

  it('mentions people in text and entity alike', async () => {
    const guid = '87d349ed-44d7-43e1-9a83-5f2406dee5bd'
    await send(
      teams,
      at(),
      aMessage({ mentions: ['Jane *Doe* <jane@example.com>', 'bob@example.com', guid, '@ops'] }),
    )
    const text = `<at>Jane  Doe</at> <at>bob</at> <at>${guid}</at> @\u200bops`
    expect(card().body[1]).toMatchObject({ type: 'TextBlock', text })
    expect(card().msteams.entities).toEqual([
      {
        type: 'mention',
        text: '<at>Jane  Doe</at>',
        mentioned: { id: 'jane@example.com', name: 'Jane  Doe' },
      },
      { type: 'mention', text: '<at>bob</at>', mentioned: { id: 'bob@example.com', name: 'bob' } },
      { type: 'mention', text: `<at>${guid}</at>`, mentioned: { id: guid, name: guid } },
    ])
  })

  it('has a button that opens the link', async () => {
    const link = { label: 'Open trace', url: 'https://trace.example.com/1' }
    await send(teams, at(), aMessage({ link }))
    expect(card().actions).toEqual([{ type: 'Action.OpenUrl', title: 'Open trace', url: link.url }])
    await send(teams, at(), aMessage({ link: { label: 'x', url: 'file:///etc/passwd' } }))
    expect(card().actions).toBeUndefined()
  })

  it('is made of text blocks as asked for, and on the second try after "too long"', async () => {
    const message = aMessage({ subject: '[l](http://evil.example) <at>Jane</at>' })
    for (const [style, plain] of [
      ['text', false],
      ['card', true],
    ] as const) {
      await send(teams, { ...at(), style }, { ...message, plain })
      expect(card().body.every(({ type }) => type === 'TextBlock')).toBe(true)
      expect(lines()[0]).toBe('[l]\u200b(http://evil.example) <\u200bat>Jane<\u200b/at>')
    }
  })

  it('stays within 27 000 bytes as a whole', async () => {
    const cards = Array.from({ length: 20 }, (_, index) =>
      aCard({ id: String(index), text: '磁盘已满"\n'.repeat(3_000) }),
    )
    for (const given of [cards, cards.slice(0, 1)]) {
      await send(teams, at(), aMessage({ cards: given }))
      expect(Buffer.byteLength(flow.arrived.at(-1)!.body)).toBeLessThanOrEqual(27_000)
    }
  })

  it('leaves the signed query as it is', async () => {
    await send(teams, at())
    expect(flow.arrived[0]?.path).toBe(`/workflows/x/triggers/manual/paths/invoke${query}`)
  })
})

describe('reply', () => {
  it('is delivered as any 2xx that a workflow may give, but not as a page', async () => {
    for (const answer of [{ status: 202 }, { status: 200, body: '{"a":1}' }, { status: 200, body: 'ok' }]) {
      flow.answer = answer
      expect(await send(teams, at())).toEqual({ status: 'delivered' })
    }
    for (const body of ['<html>sign in</html>', '   ', ' \n<!doctype html>']) {
      flow.answer = { status: 200, body }
      expect(await send(teams, at()), body).toMatchObject({ status: 'failed' })
    }
  })

  it('by the table: gone or forbidden for good, throttled or failing for later, too large for less', async () => {
    const error = (status: number, code: string) => ({
      status,
      body: JSON.stringify({ error: { code, message: code } }),
    })
    flow.answer = error(400, 'TriggerInputSchemaMismatch')
    expect(await send(teams, at())).toMatchObject({
      status: 'failed',
      why: expect.stringContaining('SchemaMismatch'),
    })
    flow.answer = error(404, 'WorkflowNotFound')
    expect(await send(teams, at())).toMatchObject({ status: 'failed', httpStatus: 404 })
    flow.answer = error(502, 'NoResponse')
    expect(await send(teams, at())).toMatchObject({ status: 'retry' })
    for (const status of [400, 413]) {
      flow.answer = error(status, 'RequestEntityTooLarge')
      expect(await send(teams, at())).toMatchObject({ status: 'failed', tooLong: true })
    }
  })

  it('never holds the signature, even if it is echoed', async () => {
    flow.answer = { status: 401, body: `bad ${query}` }
    expect(JSON.stringify(await send(teams, at()))).not.toContain('signature-of-a-test')
  })
})

describe('options', () => {
  it('know a connector that is switched off, and an address without its signature', () => {
    expect(problems(teams, {}).join()).toContain('needs `url`')
    const found = (url: string) => problems(teams, { url }).join()
    expect(found('https://contoso.webhook.office.com/webhookb2/x')).toContain('make a workflow instead')
    expect(found('https://outlook.office.com/webhook/x')).toContain('make a workflow instead')
    expect(
      found('https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke'),
    ).toContain('lacks sig=')
    expect(found('https://a.environment.api.powerplatform.com:443/powerautomate/x')).toContain('lacks sig=')
    expect(found('http://gateway.example/x')).toContain('must start with https://')
    expect(found(`https://prod-1.westeurope.logic.azure.com:443/workflows/x${query}`)).toBe('')
    expect(problems(teams, { ...at(), version: '2' }).join()).toContain("such as '1.4'")
  })
})
