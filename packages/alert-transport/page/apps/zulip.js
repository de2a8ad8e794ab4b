/** Zulip. https://zulip.com/api/send-message */
import { h } from '../dom.js'
import { chat } from '../frames/frame.js'
import { asObject, asText, parseForm } from '../json.js'
import { markdown } from '../markup/markdown.js'

export function zulip({ at, json, body: raw }) {
  const body = json === undefined ? Object.fromEntries(parseForm(raw)) : asObject(json)
  const topic = asText(body['topic'] ?? body['subject'])
  const to = asText(body['to']).replace(/^"|"$/g, '')
  return [
    topic !== '' && h('div', { class: 'topic' }, `#${to}`, ' › ', h('b', null, topic)),
    chat({ at, tag: 'bot' }, markdown(asText(body['content']), 'zulip')),
  ]
}
