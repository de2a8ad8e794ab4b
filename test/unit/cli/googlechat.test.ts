import { describe, expect, it } from 'vitest'
import { post, startInbox, urlOf } from './inbox.ts'

async function startChat() {
  const inbox = await startInbox({ rateLimits: false })
  const url = urlOf(inbox, 'googlechat')
  const code = async (body: unknown, at = url) => (await post(at, body)).status
  return { inbox, url, code, last: () => inbox.received().at(-1)!.view }
}

describe('the fake Google Chat webhook', () => {
  it('answers with the message, by the id of the request where there is one', async () => {
    const { url } = await startChat()
    const { text } = await post(`${url}&requestId=r-1`, { text: 'x', thread: { threadKey: 't' } })
    expect(JSON.parse(text)).toMatchObject({
      name: 'spaces/AAAAINBOX/messages/r-1',
      thread: { name: 'spaces/AAAAINBOX/threads/t' },
    })
  })

  it('knows its space, key and token', async () => {
    const { url, code } = await startChat()
    expect(await code({ text: 'x' }, url.replace('inbox-key', 'other'))).toBe(400)
    expect(await code({ text: 'x' }, url.replace('inbox-token', 'other'))).toBe(401)
    expect(await code({ text: 'x' }, url.replace('AAAAINBOX', 'other'))).toBe(404)
    expect(await code({ text: 'x' }, url.replace('/messages', ''))).toBe(404)
  })

  it('refuses what is empty or too long', async () => {
    const { code } = await startChat()
    expect(await code({ text: 'x'.repeat(4096) })).toBe(200)
    for (const wrong of ['{"text":', {}, { text: ' ' }, { text: 'x'.repeat(4097) }])
      expect(await code(wrong)).toBe(400)
  })

  it('pings by id, and says when a thread would be ignored', async () => {
    const { url, code, last } = await startChat()
    await code({
      text: '<users/1> <users/all> <\u200busers/2> <https://x.example|l>',
      thread: { threadKey: 't' },
    })
    expect(last()).toMatchObject({
      mentions: ['1', 'all'],
      notes: [expect.stringContaining('messageReplyOption')],
    })
    expect(last().text).toContain('l (https://x.example)')
    await code({ text: 'x', thread: { threadKey: 't' } }, `${url}&messageReplyOption=REPLY_MESSAGE_OR_FAIL`)
    expect(last().notes).toEqual([])
  })
})
