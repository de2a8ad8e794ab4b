/** Twilio. https://www.twilio.com/docs/messaging/api/message-resource */
import { phone } from '../frames/phone.js'
import { parseForm } from '../json.js'

export function twilio({ body, at }) {
  const form = parseForm(body)
  return phone(
    at,
    form.get('To') ?? '',
    form.get('From') ?? form.get('MessagingServiceSid') ?? '',
    form.get('Body') ?? '',
  )
}
