/** Rocket.Chat. https://docs.rocket.chat/docs/integrations */
import { chatWithAttachments } from '../frames/attachment.js'
import { asObject, asText } from '../json.js'

export function rocketchat({ at, json }) {
  const body = asObject(asObject(json)['message'] ?? json)
  const thread = asText(body['tmid'])
  return chatWithAttachments(at, body, 'rocketchat', asText(body['alias']), thread)
}
