/** Mattermost. https://developers.mattermost.com/integrate/webhooks/incoming/ */
import { chatWithAttachments } from '../frames/attachment.js'
import { asObject, asText } from '../json.js'

export function mattermost({ at, json }) {
  return chatWithAttachments(at, asObject(json), 'mattermost', asText(asObject(json)['username']))
}
