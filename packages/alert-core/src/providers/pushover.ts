/**
 * Pushover: https://pushover.net/api. A form; what is answered with 4xx or `status` 0 never succeeds by
 * repeating, and many of those get the address of this machine blocked.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { safeHref } from '../provider/markup.ts'
import { endpoint } from '../provider/option-fields.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { pushBody, pushTitle } from '../provider/push-text.ts'
import { option, preset, required } from '../provider/schema.ts'
import { cutChars } from '../text/text.ts'

const maxChars = 1024
const most = { title: 250, url: 512, urlTitle: 100 }
/** Required after a 5xx. */
const leastPauseMs = 5_000
const hourMs = 3_600_000
/** An emergency sounds again after this many seconds, and at most for this many. */
const emergency = { retry: '60', expire: '3600' }

const key = /^[A-Za-z0-9]{30}$/

const options = () =>
  z.object({
    token: secret(
      required(
        z.string().check(z.regex(key, 'must be the 30 letters and digits of an application’s API token')),
        'API token of an application of yours',
      ),
    ),
    user: secret(
      required(
        z.string().check(z.regex(key, 'must be the 30 letters and digits of a user or group key')),
        'Key of the user or delivery group',
      ),
    ),
    device: option(
      z
        .string()
        .check(z.regex(/^[\w-]{1,25}(?:,[\w-]{1,25})*$/, 'must be names of devices, separated by commas')),
      'Only these devices',
    ),
    sound: option(z.string().check(z.regex(/^\w{1,30}$/, 'must be the name of a sound')), 'Sound to play'),
    emergency: preset(
      z.boolean(),
      false,
      'Critical alerts sound every minute for an hour, until a person acknowledges',
    ),
    endpoint: endpoint('https://api.pushover.net/1/messages.json', 'Where the API is'),
  })

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Pushover',
  kind: 'chat',
  options,
  limits: { maxChars },
  supports: {
    size: 'the message',
    success: '`status: 1`',
    hint: '429 is the quota of the month: 1 h',
    resolve: 'a message',
    button: 'link',
  },
  open(settings) {
    return createHttpSender({
      urls: [settings.endpoint],
      secrets: [settings.token, settings.user],
      write: (message, { fit }) => ({
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          token: settings.token,
          user: settings.user,
          title: pushTitle(message),
          message: pushBody(message, fit) || message.subject,
          timestamp: String(Math.floor(message.at / 1000)),
          ...priorityOf(message, settings),
          ...linkOf(message),
          ...(settings.device && { device: settings.device }),
          ...(settings.sound && { sound: settings.sound }),
        }).toString(),
      }),
      toReceipt,
    })
  },
})

function priorityOf({ severity, reason }: Message, settings: Options): Record<string, string> {
  if (reason === 'resolved' || severity === 'info') return { priority: '-1' }
  if (severity !== 'critical') return { priority: '0' }
  return settings.emergency ? { priority: '2', ...emergency } : { priority: '1' }
}

function linkOf({ link }: Message): Record<string, string> {
  const url = safeHref(link?.url ?? '')
  if (url === undefined || url.length > most.url) return {}
  return { url, url_title: cutChars(link?.label ?? url, most.urlTitle) }
}

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { status, errors, token, user } = readObject(reply)
  if (byStatus.status === 'delivered' && status === 1) return byStatus
  if (byStatus.status === 'delivered' && typeof status !== 'number') return failUnknown(reply, 'Pushover')
  const said = Array.isArray(errors) ? quote(errors.join(', ')) : ''
  if (byStatus.status === 'failed' && !said && typeof status !== 'number') return byStatus
  const why = said ? `Pushover answered ${reply.status}: ${said}` : `Pushover answered ${reply.status}`
  // The quota of the month: the fallback takes over at once.
  if (reply.status === 429) return { status: 'retry', why, httpStatus: 429, delayMs: hourMs }
  if (byStatus.status === 'retry')
    return { ...byStatus, delayMs: Math.max(byStatus.delayMs ?? 0, leastPauseMs) }
  const failed = { status: 'failed', why, httpStatus: reply.status } as const
  if (token === 'invalid' || user === 'invalid') return { ...failed, lasting: true }
  return /too long|too large/i.test(said) || reply.status === 413 ? { ...failed, tooLong: true } : failed
}
