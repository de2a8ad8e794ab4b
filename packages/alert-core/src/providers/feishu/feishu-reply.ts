/**
 * What a Feishu bot's `code` means for the delivery. Any other code means failed.
 */

import { classify } from '../../http/classify.ts'
import type { HttpReply } from '../../http/request.ts'
import type { Receipt } from '../../model.ts'
import { failUnknown, quote, readObject } from '../../provider/http-sender.ts'

const throttled = 11232
/** Malformed or over 20 KB; a card that is none. */
const shrinkable = [9499, 200621]
/** The address, the signature or the sender's address is rejected, for every message. */
const lasting = [19001, 19021, 19022]

const cures: Readonly<Record<number, string>> = {
  19001: 'the address is wrong or the bot was removed',
  19021: 'set `secret` to that of this bot, and check the clock of this machine',
  19022: "add this machine's address to the list of the bot",
  19024: 'set `keyword` to one of the keywords of the bot',
}

/** The receipt for a reply at the given attempt (from 1). */
export function toFeishuReceipt(reply: HttpReply, attempt: number): Receipt {
  const byStatus = classify(reply)
  // Throttling was seen with status 200, and may come with 400: the code counts.
  if (byStatus.status === 'retry') return byStatus
  const { code, msg, StatusCode } = readObject(reply)
  // Older servers say only StatusCode.
  if (byStatus.status === 'delivered' && (code === 0 || (code === undefined && StatusCode === 0)))
    return byStatus
  if (typeof code !== 'number') return byStatus.status === 'failed' ? byStatus : failUnknown(reply, 'Feishu')

  const said = quote(msg)
  const why = `Feishu answered code ${code}: ${said}`
  if (code === throttled || /frequency limit|too many request/i.test(said)) {
    return { status: 'retry', why, delayMs: spread(attempt) }
  }
  const failed = { status: 'failed', why: cures[code] ? `${why} (${cures[code]})` : why } as const
  if (shrinkable.includes(code) || (byStatus.status === 'failed' && byStatus.tooLong))
    return { ...failed, tooLong: true }
  return lasting.includes(code) ? { ...failed, lasting: true } : failed
}

/**
 * Everybody's bots are throttled together at the full hour: the longer it lasts, the further they should
 * part.
 */
function spread(attempt: number): number {
  const leastMs = Math.min(60_000, 1_000 * 2 ** Math.min(attempt, 10))
  return leastMs + Math.round(Math.random() * leastMs)
}
