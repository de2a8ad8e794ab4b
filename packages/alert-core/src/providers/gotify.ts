/**
 * Gotify: https://gotify.net/docs/pushmsg. A message of an application, plain text, with its priority and a
 * link.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt, Severity } from '../model.ts'
import { createHttpSender, failUnknown, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { safeHref } from '../provider/markup.ts'
import { asList, certificates, needsUrl, postAddress, sharedAmong } from '../provider/option-fields.ts'
import { defineProvider, secret } from '../provider/provider.ts'
import { pushBody, pushTitle } from '../provider/push-text.ts'
import { required } from '../provider/schema.ts'

/** No limit is stated; what is longer is not read on a telephone. */
const maxBytes = 32 * 1024
/** From 8 on the Android app makes itself heard. */
const priorities: Readonly<Record<Severity, number>> = { critical: 10, error: 8, warning: 5, info: 2 }
const over = 4

const options = () =>
  z
    .object({
      url: postAddress('Address of the server; several share the messages'),
      tls: certificates(),
      token: secret(
        required(
          z
            .string()
            .check(z.regex(/^[\w.-]{8,64}$/, 'must be the token of an application (A…), not of a client')),
          'Token of an application',
        ),
      ),
    })
    .check(z.refine(...needsUrl('the address of your server')))

export default defineProvider({
  title: 'Gotify',
  kind: 'chat',
  options,
  limits: { maxBytes },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the message; none is stated',
    success: '`id` of the message',
    resolve: 'a message',
    button: 'tap',
  },
  open: ({ url, token, tls }) =>
    createHttpSender({
      urls: asList(url).map((one) => one.replace(/\/+$/, '').replace(/(?<!\/message)$/, '/message')),
      secrets: [token],
      tls,
      write: (message, { fit }) => {
        const link = safeHref(message.link?.url ?? '')
        const click = link && { 'client::notification': { click: { url: link } } }
        return {
          headers: { 'x-gotify-key': token },
          body: JSON.stringify({
            title: pushTitle(message),
            message: pushBody(message, fit) || message.subject,
            priority: message.reason === 'resolved' ? over : priorities[message.severity],
            extras: { 'client::display': { contentType: 'text/plain' }, ...click },
          }),
        }
      },
      toReceipt,
    }),
})

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered') return byStatus
  return typeof readObject(reply)['id'] === 'number' ? byStatus : failUnknown(reply, 'Gotify')
}
