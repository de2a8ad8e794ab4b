/**
 * Every reply that the providers' own pages list, and what becomes of the message: delivered, tried again, or
 * failed.
 */
import { describe, expect, it } from 'vitest'
import type { Receipt } from '#core/model.ts'
import { providers } from '#core/options/provider-table.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import { names, providerRows } from '../../contract/rows.ts'
import { aMessage, send } from './support.ts'

const cases = names.flatMap((provider) =>
  (providerRows[provider]?.replies ?? []).flatMap((row) =>
    row.replies.map(([reply, fate]) => ({ ...row, provider, reply, fate })),
  ),
)

describe('what a provider says', () => {
  it.each(cases)('$provider: $reply is $fate', async ({ provider, options, to = [], reply, fate }) => {
    const [status, body = null, headers = {}] = typeof reply === 'string' ? [200, reply] : reply
    const fetch: typeof globalThis.fetch = async () => new Response(body, { status, headers })
    const definition: ProviderDefinition = providers[provider]
    const receipt = await send(definition, options, aMessage({ to }), { fetch })
    expect(fateOf(receipt)).toBe(fate.replace(/ [\d.]+$/, ''))
    const leastMs = Number(/^retry ([\d.]+)$/.exec(fate)?.[1] ?? 0) * 1000
    if (leastMs > 0) expect(receipt).toMatchObject({ delayMs: expect.any(Number) })
    if (receipt.status === 'retry') expect(receipt.delayMs ?? 0).toBeGreaterThanOrEqual(leastMs)
  })
})

function fateOf(receipt: Receipt): string {
  if (receipt.status !== 'failed') return receipt.status
  if (receipt.lasting) return 'lasting'
  return receipt.tooLong ? 'too long' : 'failed'
}
