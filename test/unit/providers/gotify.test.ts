import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import gotify from '#core/providers/gotify.ts'
import { aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const token = 'A-token-of-tests'
let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = { body: '{"id":1}' }
  server.arrived.length = 0
})
afterAll(() => server.close())

it('posts a message of the application, with priority and link', async () => {
  const link = { label: 'trace', url: 'https://trace.example.com/4bf92f35' }
  const message = aMessage({ severity: 'critical', link })
  expect(await send(gotify, { url: `${server.url}/sub/`, token }, message)).toEqual({ status: 'delivered' })
  expect(server.arrived[0]).toMatchObject({ path: '/sub/message', headers: { 'x-gotify-key': token } })
  expect(server.json()).toEqual({
    title: '[ERROR] payments prod: card gateway timeout ×37',
    message: 'card gateway timeout after 3000 ms',
    priority: 10,
    extras: {
      'client::display': { contentType: 'text/plain' },
      'client::notification': { click: { url: link.url } },
    },
  })
  await send(
    gotify,
    { url: `${server.url}/message`, token },
    aMessage({ cards: [], closing: [], reason: 'resolved' }),
  )
  expect(server.arrived[1]?.path).toBe('/message')
  expect(server.json()).toMatchObject({ priority: 4, message: expect.stringMatching(/./) })
})

it('takes for success only the message that was stored', async () => {
  for (const body of ['', '{}', 'ok', '{"id":"1"}']) {
    server.answer = { body }
    expect(await send(gotify, { url: server.url, token })).toMatchObject({ status: 'failed' })
  }
  server.answer = { status: 401, body: `{"errorDescription":"${token}"}` }
  const receipt = await send(gotify, { url: server.url, token })
  expect(receipt).toMatchObject({ status: 'failed', httpStatus: 401 })
  expect(JSON.stringify(receipt)).not.toContain(token)
})

it('names what is missing or malformed, with the cure', () => {
  expect(problems(gotify, { token }).join()).toContain('needs `url`, the address of your server')
  expect(problems(gotify, { url: 'https://gotify.example', token: 'a b' })).toEqual([
    'token: must be the token of an application (A…), not of a client',
  ])
})
