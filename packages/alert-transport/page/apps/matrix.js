/** Matrix. https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes */
import { h } from '../dom.js'
import { chat } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { html } from '../markup/html.js'
import { mention, plainText } from '../markup/inline.js'

export function matrix({ at, json }) {
  const body = asObject(json)
  const content = asObject(body['m.new_content'] ?? body)
  const relation = asObject(body['m.relates_to'])
  const isHtml = content['format'] === 'org.matrix.custom.html'
  const { user_ids: users, room } = asObject(content['m.mentions'] ?? body['m.mentions'])
  return chat(
    { at, tag: 'bot' },
    relation['rel_type'] === 'm.thread' && h('div', { class: 'thread' }, `↳ ${asText(relation['event_id'])}`),
    isHtml ? html(asText(content['formatted_body']), 'matrix') : plainText(asText(content['body'])),
    h(
      'div',
      null,
      [...asList(users).map(asText), ...(room === true ? ['@room'] : [])].map((id) => [mention(id), ' ']),
    ),
    relation['rel_type'] === 'm.replace' && h('span', { class: 'edited' }, '(edited)'),
  )
}
