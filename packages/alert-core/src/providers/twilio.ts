/**
 * Text messages by Twilio: https://www.twilio.com/docs/messaging/api/message-resource. One request a number;
 * its answer 201 means that the carrier has yet to be asked.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { endpoint } from '../provider/option-fields.ts'
import { toE164 } from '../provider/phone.ts'
import { inPieces } from '../provider/pieces.ts'
import { defineProvider, secret } from '../provider/provider.ts'
import { option, preset, required } from '../provider/schema.ts'
import { fitSms, splitNumbers } from '../provider/sms-text.ts'

/** A body above this is rejected, whatever its segments. */
const maxChars = 1600
/** https://www.twilio.com/docs/api/errors: its queue is full for now, or it throttles. */
const passing = [20429, 30001, 14107]
const tooLong = [21617, 21605]

const options = () =>
  z.object({
    accountSid: required(
      z.string().check(z.regex(/^AC[\da-fA-F]{32}$/, 'must be the Account SID, AC and 32 hex digits')),
      'Account SID',
    ),
    authToken: secret(
      required(z.string().check(z.minLength(1)), 'Auth token of the account, or the secret of `keySid`'),
    ),
    keySid: option(
      z.string().check(z.regex(/^SK[\da-fA-F]{32}$/, 'must be the SID of an API key, SK and 32 hex digits')),
      'An API key, in place of the account and its token',
    ),
    from: required(
      z
        .string()
        .check(
          z.refine(
            (text) =>
              toE164(text) !== undefined ||
              /^MG[\da-fA-F]{32}$/.test(text) ||
              /^(?=.*[A-Za-z])[\w &+-]{1,11}$/.test(text),
            "must be a number such as '+15005550006', a messaging service (MG…) or a sender name of at most 11 letters",
          ),
        ),
      'Number, messaging service (MG…) or sender name that it comes from',
    ),
    maxSegments: preset(
      z.int().check(z.minimum(1), z.maximum(10)),
      1,
      'Segments that one text may take and cost',
    ),
    endpoint: endpoint('https://api.twilio.com', 'Where the API is'),
  })

export default defineProvider({
  title: 'Twilio',
  kind: 'sms',
  options,
  limits: { maxChars },
  supports: {
    size: 'the text, within `maxSegments`',
    success: '2xx with `sid`',
    hint: 'error 20429, 30001: backs off',
    resolve: 'a text',
  },
  open({ accountSid, authToken, keySid, from, maxSegments, endpoint: base }) {
    const pair = Buffer.from(`${keySid ?? accountSid}:${authToken}`, 'utf8').toString('base64')
    const url = `${base.replace(/\/+$/, '')}/2010-04-01/Accounts/${accountSid}/Messages.json`
    const number = toE164(from)
    const sender = createHttpSender({
      urls: [url],
      secrets: [authToken, pair],
      write(message, { fit }) {
        const body = new URLSearchParams({
          To: message.to[0] ?? '',
          ...(from.startsWith('MG') && !number ? { MessagingServiceSid: from } : { From: number ?? from }),
          Body: fitSms(message, fit, maxSegments),
        })
        const headers = {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${pair}`,
        }
        return { headers, body: body.toString() }
      },
      toReceipt,
    })
    return inPieces(sender, { split: splitNumbers, need: 'some' })
  },
})

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { sid, status, code, message } = readObject(reply)
  if (byStatus.status === 'delivered') {
    const isTaken = typeof sid === 'string' && !['failed', 'undelivered', 'canceled'].includes(String(status))
    return isTaken ? byStatus : failUnknown(reply, 'Twilio')
  }
  if (typeof code !== 'number' || byStatus.status === 'retry') return byStatus
  const why = `Twilio answered ${reply.status}, error ${code}: ${quote(message)}`
  if (passing.includes(code)) return { status: 'retry', why, httpStatus: reply.status }
  return { ...byStatus, why, ...(tooLong.includes(code) && { tooLong: true }) }
}
