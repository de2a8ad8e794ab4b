import { expect, it } from 'vitest'
import jsm from '#core/providers/jsm.ts'
import { aCard, aMessage, send } from './support.ts'

const apiKey = 'key-of-the-unit-tests'

/** Where it sends, with what. */
async function sentTo(options: { readonly endpoint?: string } = {}, card = aCard()) {
  const sent: { url: string; authorization: string | null }[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push({ url: String(url), authorization: new Headers(init?.headers).get('authorization') })
    return new Response(null, { status: 202 })
  }
  expect(await send(jsm, { apiKey, ...options }, aMessage({ cards: [card] }), { fetch })).toEqual({
    status: 'delivered',
  })
  return sent
}

it('opens and closes alerts of an API integration, at one address for all regions', async () => {
  const authorization = `GenieKey ${apiKey}`
  expect(await sentTo()).toEqual([
    { url: 'https://api.atlassian.com/jsm/ops/integration/v2/alerts', authorization },
  ])
  expect(await sentTo({}, aCard({ id: 'a/b', reason: 'resolved' }))).toEqual([
    {
      url: 'https://api.atlassian.com/jsm/ops/integration/v2/alerts/a%2Fb/close?identifierType=alias',
      authorization,
    },
  ])
})

it('sends to another address if `endpoint` names one', async () => {
  const [{ url } = { url: '' }] = await sentTo({ endpoint: 'https://gateway.example/jsm/' })
  expect(url).toBe('https://gateway.example/jsm/v2/alerts')
})
