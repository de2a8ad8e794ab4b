import { describe, expect, it } from 'vitest'
import { post, startInbox, urlOf } from './inbox.ts'

async function startRocketChat(now?: () => number) {
  const inbox = await startInbox(now ? { now } : { rateLimits: false })
  const url = urlOf(inbox, 'rocketchat')
  const answer = async (body: unknown, at = url) => {
    const { status, text } = await post(at, body)
    const { success, error = '' } = JSON.parse(text) as { success: boolean; error?: string }
    return `${status} ${success} ${error}`.trim()
  }
  return { url, answer, last: () => inbox.received().at(-1)!.view }
}

describe('the fake Rocket.Chat integration', () => {
  it('says in the body whether it took the message', async () => {
    const { url, answer } = await startRocketChat()
    expect(await answer({ text: 'x', attachments: [{ text: 'y' }], channel: '#ops' })).toBe('200 true')
    expect(await answer({ text: 'x', channel: 'ops' })).toBe('400 false invalid-channel')
    expect(await answer({})).toBe('400 false error-invalid-message')
    expect(await answer('{"text":')).toBe('400 false invalid-json')
    expect(await answer({ text: 'x'.repeat(5000) })).toBe('200 true')
    expect(await answer({ text: 'x'.repeat(4000), attachments: [{ text: 'y'.repeat(1001) }] })).toContain(
      'size-exceeded',
    )
    expect(await answer({ text: 'x' }, `${url}x`)).toContain('404 false Invalid integration id')
  })

  it('takes ten a minute, and says in words when to come again', async () => {
    let time = 0
    const { answer } = await startRocketChat(() => time)
    for (let count = 0; count < 10; count += 1) expect(await answer({ text: 'x' })).toBe('200 true')
    expect(await answer({ text: 'x' })).toMatch(/^429 false .*must wait 42 seconds/)
    time += 60_000
    expect(await answer({ text: 'x' })).toBe('200 true')
  })

  it('pings names, but not in code', async () => {
    const { answer, last } = await startRocketChat()
    await answer({ text: '@oncall @\u200ball', attachments: [{ text: '```\n@bob\n```' }] })
    expect(last().mentions).toEqual(['@oncall'])
  })
})
