/**
 * What the plain-text answer of a Slack webhook means for the delivery.
 */

import { classify } from '../../http/classify.ts'
import type { HttpReply } from '../../http/request.ts'
import type { Receipt } from '../../model.ts'
import { failUnknown } from '../../provider/http-sender.ts'

/** Worth one attempt as plain text: the blocks or their size were the problem. */
export const shrinkable: readonly string[] = [
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_attachments',
  'too_many_attachments',
  'msg_too_long',
  'msg_blocks_too_long',
]
const passing = ['rollup_error', 'internal_error', 'service_unavailable']
/** The webhook or its channel is gone or closed to it: the word decides, with any status. */
const lasting = [
  'no_service',
  'no_service_id',
  'no_active_hooks',
  'no_team',
  'team_disabled',
  'invalid_token',
  'channel_not_found',
  'channel_is_archived',
  'action_prohibited',
  'posting_to_general_channel_denied',
]

/** The receipt: only status 200 with the body 'ok' is delivered. */
export function toSlackReceipt(reply: HttpReply): Receipt {
  const word = reply.text.trim()
  if (reply.status === 200 && word === 'ok') return { status: 'delivered' }
  const byStatus = classify(reply)
  if (lasting.includes(word)) {
    const why = `Slack answered ${reply.status}: ${word}`
    return { status: 'failed', why, httpStatus: reply.status, lasting: true }
  }
  const receipt = byStatus.status === 'delivered' ? failUnknown(reply, 'Slack') : byStatus
  if (receipt.status !== 'failed') return receipt
  if (passing.includes(word)) return { status: 'retry', why: receipt.why }
  return shrinkable.includes(word) ? { ...receipt, tooLong: true } : receipt
}
