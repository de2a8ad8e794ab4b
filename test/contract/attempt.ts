/**
 * One attempt of the provider of a row, as a channel would make it.
 */
import { expect } from 'vitest'
import * as z from 'zod/mini'
import { createFit } from '#core/deliver/fit.ts'
import type { Receipt } from '#core/model.ts'
import type { Message, SendContext } from '#core/provider/provider.ts'
import { type Row, secrets } from './rows.ts'
import { strictly } from './strictly.ts'

/** What an attempt may bring along in place of the usual. */
export type AttemptParts = Partial<SendContext> & { readonly options?: Record<string, unknown> }

/**
 * Opens the provider with these options, sends once and closes; no secret of any provider may be in the
 * receipt.
 */
export async function attemptOnce(
  row: Row,
  message: Message,
  { options = {}, ...parts }: AttemptParts,
): Promise<Receipt> {
  const sender = await row.provider.open(z.parse(strictly(row.provider.options), options))
  try {
    const receipt = await sender.send(row.to === undefined ? message : { ...message, to: row.to }, {
      fetch: globalThis.fetch,
      signal: AbortSignal.timeout(20_000),
      now: Date.now,
      attempt: 1,
      address: 0,
      fit: createFit(message, row.provider.limits),
      ...parts,
    })
    for (const secret of Object.values(secrets)) expect(JSON.stringify(receipt)).not.toContain(secret)
    return receipt
  } finally {
    await sender.close?.()
  }
}
