import { describe, expect, it } from 'vitest'
import type { InboxOptions } from '#cli/inbox/inbox.ts'
import { post, startInbox, urlOf } from './inbox.ts'

async function startDiscord(options: InboxOptions = {}) {
  const inbox = await startInbox({ rateLimits: false, ...options })
  const url = `${urlOf(inbox, 'discord')}?wait=true`
  return {
    inbox,
    status: async (body: unknown) => {
      const { status, text } = await post(url, body)
      return `${status} ${(JSON.parse(text) as { code?: number }).code ?? ''}`.trim()
    },
    view: async (body: unknown) => {
      await post(url, body)
      return inbox.received().at(-1)!.view
    },
  }
}

describe('the fake Discord webhook', () => {
  it('answers with the message when asked to wait, and else with nothing', async () => {
    const { inbox } = await startDiscord()
    const waited = await post(`${urlOf(inbox, 'discord')}?wait=true`, { content: 'x' })
    expect([waited.status, JSON.parse(waited.text)]).toMatchObject([200, { id: '1', content: 'x' }])
    const blind = await post(urlOf(inbox, 'discord'), { content: 'x' })
    expect([blind.status, blind.text]).toEqual([204, ''])
    expect(inbox.received().at(-1)?.view.notes.join()).toContain('?wait=true')
  })

  it('distinguishes an unknown webhook from a wrong token', async () => {
    const { inbox } = await startDiscord()
    const at = async (path: string) => (await post(`${inbox.url}/discord/api/${path}`, { content: 'x' })).text
    expect(await at('webhooks/1/x')).toContain('10015')
    expect(await at('v10/webhooks/100000000000000001/other')).toContain('50027')
    expect(await at('channels/1')).toContain('404: Not Found')
  })

  it('refuses whatever is too long, and cuts nothing', async () => {
    const { status } = await startDiscord()
    const embeds = (...sizes: number[]) => ({
      embeds: sizes.map((size) => ({ description: 'x'.repeat(size) })),
    })
    const field = (name: string, value: string) => ({ embeds: [{ fields: [{ name, value }] }] })
    expect(await status({ content: 'x'.repeat(2000) })).toBe('200')
    expect(await status(embeds(4096, 1904))).toBe('200')
    expect(await status(field('n'.repeat(256), 'v'.repeat(1024)))).toBe('200')
    for (const wrong of [
      { content: 'x'.repeat(2001) },
      embeds(4097),
      embeds(4096, 1905),
      embeds(...Array.from({ length: 11 }, () => 1)),
      field('n', ''),
      field('n', 'v'.repeat(1025)),
      { embeds: [{ description: 'x', color: '#ff0000' }] },
      { content: 'x', username: 'Discord' },
      { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
    ])
      expect(await status(wrong), JSON.stringify(wrong).slice(0, 80)).toBe('400 50035')
    expect(await status({ embeds: [{}] })).toBe('400 50006')
    expect(await status({})).toBe('400 50006')
    expect(await status('{"content"')).toBe('400 50109')
  })

  it('takes five in two seconds, and says as a float when to come again', async () => {
    let time = 0
    const { inbox } = await startDiscord({ rateLimits: true, now: () => time })
    const send = () => post(urlOf(inbox, 'discord'), { content: 'x' })
    for (let count = 0; count < 5; count += 1) expect((await send()).status).toBe(204)
    const refused = await send()
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
      429,
      { retry_after: 0.65, global: false },
    ])
    time += 2_000
    expect((await send()).status).toBe(204)
  })

  it('pings from the content alone, and only whom allowed_mentions allows', async () => {
    const { view } = await startDiscord()
    const content = '<@1> <@&2> \\<@3> @everyone'
    expect((await view({ content })).mentions).toEqual(['1'])
    expect((await view({ content, allowed_mentions: { parse: [] } })).mentions).toEqual([])
    expect(
      (await view({ content, allowed_mentions: { parse: ['everyone'], roles: ['2'] } })).mentions,
    ).toEqual(['&2', '@everyone'])
    const embed = {
      embeds: [{ description: content }],
      allowed_mentions: { parse: ['users', 'roles', 'everyone'] },
    }
    expect((await view(embed)).mentions).toEqual([])
  })
})
