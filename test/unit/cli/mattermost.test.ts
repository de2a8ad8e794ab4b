import { describe, expect, it } from 'vitest'
import type { FakeSettings } from '#cli/inbox/fake-table.ts'
import { post, startInbox, urlOf } from './inbox.ts'

async function startMattermost(settings: FakeSettings = {}) {
  const inbox = await startInbox({ rateLimits: false, settings })
  const url = urlOf(inbox, 'mattermost')
  const answer = async (body: unknown, at = url) => {
    const { status, text } = await post(at, body)
    return `${status} ${text.startsWith('{') ? (JSON.parse(text) as { id: string }).id : text}`
  }
  return { url, answer, last: () => inbox.received().at(-1)!.view }
}

describe('the fake Mattermost webhook', () => {
  it("answers a plain 'ok', or an error with an id", async () => {
    const { url, answer } = await startMattermost({ mattermost: { channel: 'ops' } })
    expect(await answer({ text: 'x' })).toBe('200 ok')
    expect(await answer({ attachments: [{ text: 'x' }] })).toBe('200 ok')
    expect(await answer({ text: 'x', channel: 'ops' })).toBe('200 ok')
    expect(await answer({ text: 'x', channel: 'other' })).toBe(
      '403 web.incoming_webhook.channel_locked.app_error',
    )
    expect(await answer({})).toBe('400 web.incoming_webhook.text.app_error')
    expect(await answer('{"text":')).toBe('400 web.incoming_webhook.parse.app_error')
    expect(await answer({ text: '😀'.repeat(16_383) })).toBe('200 ok')
    expect(await answer({ text: 'x'.repeat(16_384) })).toBe('400 web.incoming_webhook.text.length.app_error')
    expect(await answer({ text: 'x' }, `${url}x`)).toBe('404 web.incoming_webhook.invalid.app_error')
  })

  it('pings names wherever they stand, but not in code or addresses', async () => {
    const { answer, last } = await startMattermost()
    await answer({ text: '@oncall a@b.c ```\n@all\n```', attachments: [{ text: 'x @here' }] })
    expect(last()).toMatchObject({ subject: expect.stringContaining('@oncall'), text: 'x @here' })
    expect(last().mentions).toEqual(['@oncall', '@here'])
  })
})
