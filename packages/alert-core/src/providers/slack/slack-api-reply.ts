/**
 * What an answer of Slack's Web API means for the delivery: HTTP 200 says nothing, `ok` does.
 */

import { classify } from '../../http/classify.ts'
import type { HttpReply } from '../../http/request.ts'
import type { Receipt } from '../../model.ts'
import { failUnknown, quote, readObject } from '../../provider/http-sender.ts'
import { shrinkable } from './slack-reply.ts'

const passing = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'rollup_error']
const throttled = ['ratelimited', 'rate_limited']

/** Errors that concern every message, with what to do. */
const cures: Readonly<Record<string, string>> = {
  invalid_auth: 'the token is wrong',
  not_authed: 'the token is missing',
  account_inactive: 'the app was removed from the workspace: install it again',
  token_revoked: 'the token was revoked: install the app again',
  token_expired: 'the token expired: use one without token rotation',
  missing_scope: 'give the app the scope chat:write, and install it again',
  channel_not_found: 'check `channel`; into a private one the app must be invited',
  not_in_channel: 'invite the app: /invite in that channel',
  is_archived: 'the channel is archived',
  restricted_action: 'the workspace does not let the app write there',
}

/** The receipt: only `ok` with the timestamp of a message is delivered. */
export function toApiReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered') return byStatus
  const { ok, ts, error } = readObject(reply)
  if (ok === true && typeof ts === 'string') return byStatus
  if (ok !== false || typeof error !== 'string') return failUnknown(reply, 'Slack')

  const why = `Slack answered ${quote(error)}`
  if (throttled.includes(error)) return { status: 'retry', why, delayMs: reply.retryAfterMs ?? 30_000 }
  if (passing.includes(error)) return { status: 'retry', why }
  if (shrinkable.includes(error)) return { status: 'failed', why, tooLong: true }
  const cure = Object.hasOwn(cures, error) ? cures[error] : undefined
  return cure === undefined
    ? { status: 'failed', why }
    : { status: 'failed', why: `${why} (${cure})`, lasting: true }
}
