/** Chat apps that take one text in their own markup: Mattermost, Rocket.Chat, Zulip, Matrix, LINE, Webex. */
import { h } from '../dom.js'
import { asList, asObject, asText, parseForm } from '../json.js'
import { html } from '../markup/html.js'
import { mention, plainText } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'
import { button, chat } from './frame.js'
import { attachment } from './slack.js'

/** https://developers.mattermost.com/integrate/webhooks/incoming/ */
export function mattermost({ at, json }) {
  return withAttachments(at, asObject(json), 'mattermost', asText(asObject(json)['username']))
}

/** https://docs.rocket.chat/docs/integrations */
export function rocketchat({ at, json }) {
  const body = asObject(asObject(json)['message'] ?? json)
  const thread = asText(body['tmid'])
  return withAttachments(at, body, 'rocketchat', asText(body['alias']), thread)
}

/** https://zulip.com/api/send-message */
export function zulip({ at, json, body: raw }) {
  const body = json === undefined ? Object.fromEntries(parseForm(raw)) : asObject(json)
  const topic = asText(body['topic'] ?? body['subject'])
  const to = asText(body['to']).replace(/^"|"$/g, '')
  return [
    topic !== '' && h('div', { class: 'topic' }, `#${to}`, ' › ', h('b', null, topic)),
    chat({ at, tag: 'bot' }, markdown(asText(body['content']), 'zulip')),
  ]
}

/** https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes */
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

/** https://developers.line.biz/en/reference/messaging-api/#message-objects */
export function line({ at, json }) {
  return asList(asObject(json)['messages'])
    .map(asObject)
    .map((one) => chat({ at, tag: '' }, lineMessage(one)))
}

function lineMessage(one) {
  if (one['type'] === 'template') {
    const { title, text, actions } = asObject(one['template'])
    return [
      h('strong', { class: 'card-title' }, asText(title)),
      plainText(asText(text)),
      h(
        'div',
        { class: 'card-buttons' },
        asList(actions)
          .map(asObject)
          .map(({ label, uri }) => button(label, asText(uri))),
      ),
    ]
  }
  return plainText(asText(one['text']) || asText(one['altText']))
}

/** https://developer.webex.com/docs/basics */
export function webex({ at, json }) {
  const body = asObject(json)
  const source = asText(body['markdown'])
  return chat({ at, tag: 'Bot' }, source === '' ? plainText(asText(body['text'])) : markdown(source, 'webex'))
}

function withAttachments(at, body, dialect, name, thread = '') {
  const write = (text) => markdown(text, dialect)
  return chat(
    { at, name: name || 'Alerts', tag: 'BOT' },
    thread !== '' && h('div', { class: 'thread' }, `↳ ${thread}`),
    write(asText(body['text'])),
    asList(body['attachments']).map((one) => attachment(asObject(one), write)),
  )
}
