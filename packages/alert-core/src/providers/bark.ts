/**
 * Bark, push to iPhones: https://bark.day.app. An alert keeps its id, so that its end replaces its start. A
 * 500 wraps every error of Apple's service, the permanent ones included.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt, Severity } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { safeHref } from '../provider/markup.ts'
import { asList, certificates, endpoint, oneOrMore } from '../provider/option-fields.ts'
import { inPieces } from '../provider/pieces.ts'
import { defineProvider, type Message, type SendContext, secret } from '../provider/provider.ts'
import { pushBody, pushTitle } from '../provider/push-text.ts'
import { option, required } from '../provider/schema.ts'

/** Apple takes 4 096 bytes with what the server adds. */
const maxBytes = 3_400
const levels: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  error: 'timeSensitive',
  warning: 'active',
  info: 'passive',
}

const options = () =>
  z.object({
    key: secret(
      required(
        oneOrMore((text) =>
          /^[\w-]{8,64}$/.test(text)
            ? undefined
            : 'must be the bare key of a device, as the app shows it, not its address',
        ),
        'Key of the device, or a list of keys; each device gets every message',
      ),
    ),
    group: option(z.string().check(z.minLength(1)), "Group that it is shown in; default the channel's name"),
    sound: option(z.string().check(z.minLength(1)), 'Sound to play'),
    endpoint: endpoint('https://api.day.app', 'Your own server'),
    tls: certificates(),
  })

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Bark',
  kind: 'chat',
  options,
  limits: { maxBytes },
  supports: {
    several: 'each gets every message',
    size: 'the push',
    success: '`code: 200`',
    resolve: 'replaces the alert',
    button: 'tap',
    dedup: '`id`, the fingerprint',
  },
  open(settings) {
    const keys = asList(settings.key)
    const sender = createHttpSender({
      urls: [`${settings.endpoint.replace(/\/+$/, '')}/push`],
      secrets: keys,
      tls: settings.tls,
      write: (message, { fit }) => ({
        body: JSON.stringify(writePush(message, fit, message.to[0] ?? '', settings)),
      }),
      toReceipt,
    })
    const split = (message: Message) =>
      keys.map((key, index) => ({ key, name: `device ${index + 1}`, message: { ...message, to: [key] } }))
    return inPieces(sender, { split, need: 'some' })
  },
})

function writePush(message: Message, fit: SendContext['fit'], key: string, { group, sound }: Options) {
  const { cards, brief, more, subject, severity, reason, channel, link } = message
  const [card] = cards
  const isOne = cards.length === 1 && brief.length === 0 && more === 0
  const url = safeHref(link?.url ?? '')
  return {
    device_key: key,
    title: pushTitle(message),
    body: pushBody(message, fit) || subject,
    level: reason === 'resolved' ? 'active' : levels[severity],
    group: group ?? channel,
    ...(isOne && card && { id: card.id }),
    ...(url && { url }),
    ...(sound && { sound }),
  }
}

function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { code, message: said } = readObject(reply)
  if (byStatus.status === 'delivered' && code === 200) return byStatus
  if (typeof code !== 'number') return byStatus.status === 'delivered' ? failUnknown(reply, 'Bark') : byStatus
  const text = quote(said)
  const why = `Bark answered ${code}: ${text}`
  if (/PayloadTooLarge/i.test(text)) return { status: 'failed', why, tooLong: true }
  if (
    /BadDeviceToken|Unregistered|DeviceTokenNotForTopic|ExpiredToken|failed to get device token|key .*not found/i.test(
      text,
    )
  )
    return {
      status: 'failed',
      why: `${why} (the key is wrong, or the app has to be opened again)`,
      lasting: true,
    }
  if (byStatus.status === 'delivered') return { status: 'failed', why }
  return { ...byStatus, why }
}
