/**
 * What Discord's answer means for the delivery, and how long to wait.
 */

import { classify } from '../../http/classify.ts'
import type { HttpReply } from '../../http/request.ts'
import type { Receipt } from '../../model.ts'
import { failUnknown, readObject } from '../../provider/http-sender.ts'

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const unknownWebhook = 10015

/** True when Discord says that there is no such webhook (any more). */
export function isGone(reply: HttpReply): boolean {
  return reply.status === 404 && readObject(reply)['code'] === unknownWebhook
}

/**
 * https://discord.com/developers/docs/topics/rate-limits#header-format: the rate of the bucket, sent with
 * each reply.
 */
function restOf({ headers }: HttpReply): { readonly delayMs?: number } {
  const seconds = Number(headers.get('x-ratelimit-reset-after') ?? Number.NaN)
  if (headers.get('x-ratelimit-remaining') !== '0' || !(seconds > 0)) return {}
  return { delayMs: Math.min(3_600_000, Math.ceil(seconds * 1000)) }
}

/** The receipt: only a message that was saved is delivered. */
export function toDiscordReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { id, retry_after: seconds } = readObject(reply)
  switch (byStatus.status) {
    case 'delivered':
      // A gateway may drop the Retry-After header.
      return reply.status === 204 || typeof id === 'string'
        ? { ...byStatus, ...restOf(reply) }
        : failUnknown(reply, 'Discord')
    case 'retry': {
      // A float in seconds, finer than the header.
      if (typeof seconds !== 'number' || !(seconds >= 0)) return byStatus
      return {
        ...byStatus,
        delayMs: Math.min(3_600_000, Math.max(Math.ceil(seconds * 1000), byStatus.delayMs ?? 0)),
      }
    }
    case 'failed':
      return /MAX_LENGTH|MAX_EMBED|EMBED_SIZE|\bor fewer in length/.test(reply.text.slice(0, 4000))
        ? { ...byStatus, tooLong: true }
        : byStatus
  }
}
