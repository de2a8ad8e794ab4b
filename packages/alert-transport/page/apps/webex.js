/** Webex. https://developer.webex.com/docs/basics */
import { chat } from '../frames/frame.js'
import { asObject, asText } from '../json.js'
import { plainText } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'

export function webex({ at, json }) {
  const body = asObject(json)
  const source = asText(body['markdown'])
  return chat({ at, tag: 'Bot' }, source === '' ? plainText(asText(body['text'])) : markdown(source, 'webex'))
}
