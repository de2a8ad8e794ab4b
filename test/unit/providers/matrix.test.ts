import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import matrix from '#core/providers/matrix.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const token = 'token-of-the-unit-tests'
let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = { body: '{"event_id":"$1"}' }
  server.arrived.length = 0
})
afterAll(() => server.close())

const at = () => ({ url: server.url, token, room: '!opsroom:example.org' })
const event = () =>
  server.json() as { body: string; formatted_body: string; 'm.mentions': object; msgtype: string }

describe('an event', () => {
  it('is put under the id of the message, so that a second attempt is the same event', async () => {
    expect(await send(matrix, at())).toEqual({ status: 'delivered' })
    await send(matrix, at(), aMessage(), { attempt: 2 })
    await send(matrix, at(), aMessage({ id: 'n/2' }))
    expect(server.arrived.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /_matrix/client/v3/rooms/!opsroom%3Aexample.org/send/m.room.message/n-0001',
      'PUT /_matrix/client/v3/rooms/!opsroom%3Aexample.org/send/m.room.message/n-0001',
      'PUT /_matrix/client/v3/rooms/!opsroom%3Aexample.org/send/m.room.message/n%2F2',
    ])
    expect(server.arrived[0]?.headers.authorization).toBe(`Bearer ${token}`)
  })

  it('is text and html, and no data becomes markup', async () => {
    const text = '<img src=x onerror=alert(1)> & "q"'
    await send(matrix, at(), aMessage({ cards: [aCard({ text, context: ['</code></pre><b>'] })] }))
    expect(event()).toMatchObject({ msgtype: 'm.text', format: 'org.matrix.custom.html' })
    expect(event().body).toContain(text)
    expect(event().formatted_body).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;q&quot;')
    expect(event().formatted_body).toContain('<pre><code>&lt;/code&gt;&lt;/pre&gt;&lt;b&gt;</code></pre>')
    expect(event().formatted_body).toContain('<a href="https://trace.example.com/4bf92f35">4bf92f35</a>')
    await send(matrix, { ...at(), notice: true }, aMessage({ plain: true }))
    expect(event()).toMatchObject({ msgtype: 'm.notice' })
    expect(event()).not.toHaveProperty('formatted_body')
  })

  it('notifies the given people, and no one that data names, even by old rules', async () => {
    await send(matrix, at(), aMessage({ cards: [aCard({ text: '@room @ann:example.org' })] }))
    expect(event()['m.mentions']).toEqual({})
    expect(event().body).not.toMatch(/@room|@ann/)
    await send(matrix, at(), aMessage({ mentions: ['@ann:example.org', 'room', 'ann'] }))
    expect(event()['m.mentions']).toEqual({ user_ids: ['@ann:example.org'], room: true })
    expect(event().formatted_body).toContain(
      '<a href="https://matrix.to/#/%40ann%3Aexample.org">@ann:example.org</a> @room',
    )
  })

  it('leaves the server room in its 65 536 bytes', async () => {
    const cards = Array.from({ length: 60 }, () => aCard({ text: '磁盘已满😀"\n'.repeat(2_000) }))
    await send(matrix, at(), aMessage({ cards, closing: [] }))
    expect(Buffer.byteLength(server.arrived[0]!.body)).toBeLessThanOrEqual(60_000)
  })
})

it('reads the wait from the header, or from the body of older servers', async () => {
  const limited = { errcode: 'M_LIMIT_EXCEEDED', error: 'slow down' }
  server.answer = { status: 429, body: JSON.stringify({ ...limited, retry_after_ms: 1_500 }) }
  expect(await send(matrix, at())).toMatchObject({ status: 'retry', delayMs: 1_500 })
  server.answer = { status: 429, headers: { 'retry-after': '4' }, body: JSON.stringify(limited) }
  expect(await send(matrix, at())).toMatchObject({ status: 'retry', delayMs: 4_000 })
  server.answer = { status: 401, body: `{"errcode":"M_UNKNOWN_TOKEN","error":"${token}"}` }
  const refused = await send(matrix, at())
  expect(refused).toMatchObject({ status: 'failed', httpStatus: 401 })
  expect(JSON.stringify(refused)).not.toContain(token)
})

it('names what is missing or malformed, with the cure', () => {
  expect(problems(matrix, { token, room: '#ops:example.org' })).toEqual([
    "room: must be a room's id, '!…:server' (its advanced settings show it), not an alias",
    'url: needs `url`, the address of the homeserver',
  ])
})
