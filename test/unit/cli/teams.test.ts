import { describe, expect, it } from 'vitest'
import { post, startInbox, urlOf } from './inbox.ts'

const cardOf = (body: unknown[], more: object = {}) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard', version: '1.4', body, ...more },
    },
  ],
})
const block = (text: string) => ({ type: 'TextBlock', text })
const run = (text: string, more: object = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...more }],
})

async function startTeams() {
  const inbox = await startInbox({ rateLimits: false })
  const url = urlOf(inbox, 'teams')
  const send = async (body: unknown) => (await post(url, body)).status
  return { inbox, url, send, last: () => inbox.received().at(-1)!.view }
}

describe('the fake Teams workflow', () => {
  it('answers 202 and nothing to a card', async () => {
    const { url } = await startTeams()
    const { status, text } = await post(url, cardOf([run('disk full'), block('since 14:05')]))
    expect([status, text]).toEqual([202, ''])
  })

  it('wants the query as it was signed', async () => {
    const { url } = await startTeams()
    expect((await post(url.replace('inbox-signature', 'other'), cardOf([block('x')]))).status).toBe(401)
    expect((await post(url.replace(/&sp=[^&]*/, ''), cardOf([block('x')]))).status).toBe(401)
    expect((await post(url.replace('0f1e2d3c', 'other'), cardOf([block('x')]))).status).toBe(404)
  })

  it('refuses what the flow would fail on later, unseen', async () => {
    const { send } = await startTeams()
    const open = { type: 'Action.OpenUrl', url: 'https://example.com' }
    expect(
      await send(cardOf([run('x', { selectAction: open })], { actions: [{ ...open, title: 'x' }] })),
    ).toBe(202)
    for (const wrong of [
      '{"type":',
      { type: 'x' },
      { type: 'message', attachments: [] },
      { type: 'message', attachments: [{ contentType: 'text/html', content: {} }] },
      cardOf([]),
      cardOf([{ type: 'constructor' }]),
      cardOf([block('')]),
      cardOf([run('x', { selectAction: { type: 'Action.Submit' } })]),
      cardOf([block('x')], { actions: [{ type: 'Action.Submit' }] }),
      cardOf([block('x')], { version: '2.0' }),
      cardOf([block('x')], { msteams: { entities: [{ type: 'mention', text: '<at>J</at>' }] } }),
    ])
      expect(await send(wrong), JSON.stringify(wrong)).toBe(400)
    expect(await send(cardOf([block('x'.repeat(28 * 1024))]))).toBe(413)
  })

  it('pings whom an entity names in the text', async () => {
    const { send, last } = await startTeams()
    const entity = { type: 'mention', text: '<at>J</at>', mentioned: { id: 'j@example.com', name: 'J' } }
    await send(
      cardOf([block('subject'), block('<at>J</at> <at>K</at>')], { msteams: { entities: [entity] } }),
    )
    expect(last()).toMatchObject({
      subject: 'subject',
      text: '<at>J</at> <at>K</at>',
      mentions: ['j@example.com'],
    })
  })
})
