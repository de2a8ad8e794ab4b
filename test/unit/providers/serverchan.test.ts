import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import serverchan from '#core/providers/serverchan.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const key = 'SCTkeyoftheunittests'
let server: Receiver

beforeAll(async () => {
  server = await createReceiver()
})
beforeEach(() => {
  server.answer = { body: '{"code":0}' }
  server.arrived.length = 0
})
afterAll(() => server.close())

const at = () => ({ key, endpoint: server.url })

it('sends a short title, and Markdown that begins with the whole subject', async () => {
  expect(await send(serverchan, at())).toEqual({ status: 'delivered' })
  expect(server.arrived[0]?.path).toBe(`/${key}.send`)
  const { title, desp } = server.json() as { title: string; desp: string }
  expect(title).toBe('[ERROR] payments prod: card…')
  expect(desp).toContain('### [ERROR] payments prod: card gateway timeout ×37\n\n')
  expect(desp).toContain('[4bf92f35](https://trace.example.com/4bf92f35)')
})

it('sends each kind of key to its own server', async () => {
  const asked: string[] = []
  const fetcher = (async (url: string) => {
    asked.push(url)
    return new Response('{"code":0}')
  }) as typeof fetch
  await send(serverchan, { key }, aMessage(), { fetch: fetcher })
  await send(serverchan, { key: 'sctp1234tkeyoftheunittests' }, aMessage(), { fetch: fetcher })
  expect(asked).toEqual([
    `https://sctapi.ftqq.com/${key}.send`,
    'https://1234.push.ft07.com/send/sctp1234tkeyoftheunittests.send',
  ])
})

it('has no markup that came from data', async () => {
  const text = '# h\n> q\n- l\n1. n\n**b** [l](http://evil) <b> `c` @all'
  await send(serverchan, at(), aMessage({ cards: [aCard({ text, context: text.split('\n') })] }))
  const { desp } = server.json() as { desp: string }
  expect(desp).not.toMatch(/^# h|^> q|^- l|^1\. n|\*\*b|\]\(http:\/\/evil|<b>|`c|@all/m)
})

it('reads success and refusal from the code', async () => {
  const answered = async (body: string, status = 200) => {
    server.answer = { status, body }
    return send(serverchan, at())
  }
  expect(await answered('{"code":40001,"message":"[AUTH]超过当天的发送次数限制"}')).toMatchObject({
    status: 'retry',
    delayMs: 3_600_000,
  })
  expect(await answered('{"code":40001,"message":"[AUTH]错误的Key"}', 400)).toMatchObject({ lasting: true })
  expect(await answered('{"code":1}')).toMatchObject({ status: 'failed' })
  expect(await answered('{"errno":0}')).toMatchObject({ status: 'failed' })
  expect(JSON.stringify(await answered(`{"code":1,"message":"${key}"}`))).not.toContain(key)
})

it('names a key that is none, with the cure', () => {
  expect(problems(serverchan, { key: `https://sctapi.ftqq.com/${key}.send` })).toEqual([
    'key: must be a SendKey, SCT… or sctp…t…, not its address',
  ])
})
