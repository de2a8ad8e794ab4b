/**
 * What a DingTalk robot's `errcode` means for the delivery. Codes have changed over the years, so throttling
 * is also recognized by its words. Any other code means failed.
 */

import { classify } from '../../http/classify.ts'
import type { HttpReply } from '../../http/request.ts'
import type { Receipt } from '../../model.ts'
import { failUnknown, quote, readObject } from '../../provider/http-sender.ts'

const busy = -1
const throttled = [130101, 410100]
/** The robot's quota of the day or month. */
const quota = 90030
const tooLong = [460101, 101002]
/** The token or the robot is gone: no message passes until a person fixes it. */
const lasting = [300001, 300005, 400013, 400101, 400102, 400106]

/** Words of `errmsg`, and what to do about each. */
const cures: readonly (readonly [RegExp, string])[] = [
  [/keywords? not in content/i, 'set `keyword` to one of the keywords of the robot'],
  [/sign not match/i, 'set `secret` to the SEC… of this robot'],
  [/invalid timestamp/i, 'the clock of this machine is wrong by more than an hour'],
  [/not in whitelist/i, "add this machine's address to the list of the robot"],
  [/token is not exist/i, 'the access_token is wrong or the robot was removed'],
]

/** The receipt for a reply at the given attempt (from 1). */
export function toDingtalkReceipt(reply: HttpReply, attempt: number): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered') return byStatus
  const { errcode, errmsg } = readObject(reply)
  if (errcode === 0) return byStatus
  if (typeof errcode !== 'number') return failUnknown(reply, 'DingTalk')

  const said = quote(errmsg)
  const why = `DingTalk answered errcode ${errcode}: ${said}`
  if (throttled.includes(errcode) || /too fast|frequen|rate limit|限流|频繁/i.test(said)) {
    // It blocks the robot for about ten minutes; the `wait` in its reply is unreliable.
    return { status: 'retry', why, delayMs: 60_000 * Math.min(attempt, 5) }
  }
  // Longer than a message may wait: the fallback takes over at once.
  if (errcode === quota) return { status: 'retry', why, delayMs: 3_600_000 }
  if (errcode === busy) return { status: 'retry', why }
  if (tooLong.includes(errcode) || /too long|exceed \d+ bytes/i.test(said))
    return { status: 'failed', why, tooLong: true }
  const cure = cures.find(([words]) => words.test(said))?.[1]
  return {
    status: 'failed',
    why: cure ? `${why} (${cure})` : why,
    ...(lasting.includes(errcode) && { lasting: true }),
  }
}
