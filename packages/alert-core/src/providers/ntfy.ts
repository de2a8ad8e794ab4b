/**
 * ntfy: https://docs.ntfy.sh/publish/#publish-as-json. As JSON to the root of the server: header values have
 * no Unicode, and JSON posted to a topic is shown as it is.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt, Severity } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { safeHref } from '../provider/markup.ts'
import { certificates, countGiven, endpoint, together } from '../provider/option-fields.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { pushBody, pushTitle } from '../provider/push-text.ts'
import { option, required } from '../provider/schema.ts'

/** A longer message silently becomes an attachment. */
const maxBytes = 4096
/** The free server gives back one request in 5 s, and takes sixty at once. */
const refillMs = 5_000
const hourMs = 3_600_000
const busy = 42901
const daily = [42908, 42903, 42904, 42905]
const priorities: Readonly<Record<Severity, number>> = { critical: 5, error: 4, warning: 3, info: 2 }
const tags: Readonly<Record<Severity, string>> = {
  critical: 'rotating_light',
  error: 'red_circle',
  warning: 'warning',
  info: 'information_source',
}

const options = () =>
  z
    .object({
      topic: secret(
        required(
          z
            .string()
            .check(
              z.regex(
                /^[-\w]{1,64}$/,
                'must be the name of a topic: at most 64 letters, digits, - and _, not an address',
              ),
            ),
          'Topic to publish to; its name is enough to read it',
        ),
      ),
      token: secret(option(z.string().check(z.minLength(1)), 'Access token, tk_…')),
      user: option(z.string().check(z.minLength(1)), 'User name, in place of a token'),
      pass: secret(option(z.string(), 'Password of the user')),
      endpoint: endpoint('https://ntfy.sh', 'Your own server'),
      tls: certificates(),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'user') === countGiven(value, 'pass'),
        together('needs `user` and `pass` together', ['user']),
      ),
      z.refine(
        (value) => countGiven(value, 'token', 'user') < 2,
        together('takes either `token` or `user` and `pass`', ['token']),
      ),
    )

export default defineProvider({
  title: 'ntfy',
  kind: 'chat',
  options,
  limits: { maxBytes, perMinute: 12 },
  supports: {
    size: 'the message',
    success: '`id` of the message',
    hint: '`code` 42901: 5 s; a daily quota: 1 h',
    resolve: 'a message',
    button: 'tap and action',
  },
  open({ topic, token, user, pass = '', endpoint: base, tls }) {
    const pair = user === undefined ? undefined : Buffer.from(`${user}:${pass}`, 'utf8').toString('base64')
    const authorization = token === undefined ? pair && `Basic ${pair}` : `Bearer ${token}`
    return createHttpSender({
      tls,
      urls: [`${base.replace(/\/+$/, '')}/`],
      secrets: [topic, token, pass, pair].filter((text) => text !== undefined),
      write: (message, { fit }) => ({
        headers: { ...(authorization !== undefined && { authorization }) },
        body: JSON.stringify({
          topic,
          title: pushTitle(message),
          // An empty one would be shown as 'triggered'.
          message: pushBody(message, fit) || pushTitle(message),
          priority: message.reason === 'resolved' ? 2 : priorities[message.severity],
          tags: [tagOf(message)],
          ...linksOf(message),
        }),
      }),
      toReceipt,
    })
  },
})

function tagOf({ reason, severity, test }: Message): string {
  if (test) return 'test_tube'
  return reason === 'resolved' ? 'white_check_mark' : tags[severity]
}

function linksOf({ link }: Message) {
  const url = safeHref(link?.url ?? '')
  return url === undefined ? {} : { click: url, actions: [{ action: 'view', label: link?.label, url }] }
}

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { id, code, error } = readObject(reply)
  if (byStatus.status === 'delivered') return typeof id === 'string' ? byStatus : failUnknown(reply, 'ntfy')
  if (typeof code !== 'number') return byStatus
  const why = `ntfy answered ${reply.status}, code ${code}: ${quote(error)}`
  if (byStatus.status === 'failed') return { ...byStatus, why }
  // There is no subscriber, and another attempt would not change that.
  if (reply.status === 507) return { status: 'failed', why, httpStatus: 507 }
  if (reply.status !== 429) return { ...byStatus, why }
  const ownMs = daily.includes(code) ? hourMs : code === busy ? refillMs : undefined
  const delayMs = byStatus.delayMs ?? ownMs
  return { ...byStatus, why, ...(delayMs !== undefined && { delayMs }) }
}
