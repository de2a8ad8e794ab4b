/**
 * Gotify: https://gotify.net/docs/pushmsg. A message of an application, plain text, with its priority and a link.
 */
import * as z from 'zod/mini'
import type { HttpReply } from '../kernel/http.ts'
import { verdict } from '../kernel/verdict.ts'
import { safeHref, writePlain } from '../markup.ts'
import type { Receipt, Severity } from '../model.ts'
import { defineProvider, secret } from '../provider.ts'
import { required } from '../schema.ts'
import { asList, countGiven, postAddress, sharedAmong, together } from './fields.ts'
import { createHttpSender, readObject, refuseUnknown } from './http-sender.ts'

/** No limit is stated; what is longer is not read on a telephone. */
const maxBytes = 32 * 1024
/** From 8 on the Android app makes itself heard. */
const priorities: Readonly<Record<Severity, number>> = { critical: 10, error: 8, warning: 5, info: 2 }
const over = 4

const options = () =>
  z
    .object({
      url: postAddress('Address of the server; several share the messages'),
      token: secret(
        required(
          z
            .string()
            .check(z.regex(/^[\w.-]{8,64}$/, 'must be the token of an application (A…), not of a client')),
          'Token of an application',
        ),
      ),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'url') === 1,
        together('needs `url`, the address of your server', ['url']),
      ),
    )

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
  open: ({ url, token }) =>
    createHttpSender({
      urls: asList(url).map((one) => one.replace(/\/+$/, '').replace(/(?<!\/message)$/, '/message')),
      secrets: [token],
      write: (message, { fit }) => {
        const link = safeHref(message.link?.url ?? '')
        const click = link && { 'client::notification': { click: { url: link } } }
        return {
          headers: { 'x-gotify-key': token },
          body: JSON.stringify({
            title: message.subject,
            message: fit((part) => writePlain(part, { subject: false }), { maxBytes }) || message.subject,
            priority: message.reason === 'resolved' ? over : priorities[message.severity],
            extras: { 'client::display': { contentType: 'text/plain' }, ...click },
          }),
        }
      },
      judge,
    }),
})

function judge(reply: HttpReply): Receipt {
  const byStatus = verdict(reply)
  if (byStatus.status !== 'delivered') return byStatus
  return typeof readObject(reply)['id'] === 'number' ? byStatus : refuseUnknown(reply, 'Gotify')
}
