/** Slack: text, Block Kit and attachments. https://docs.slack.dev/reference/block-kit/blocks */
import { h, link } from '../dom.js'
import { attachment } from '../frames/attachment.js'
import { button, buttons, chat, picturePlace } from '../frames/frame.js'
import { asList, asObject, asText, isFilledObject } from '../json.js'
import { mention, plainText } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'
import { mrkdwn, plainSlack } from '../markup/mrkdwn.js'

const maxDepth = 12

/** One message as Slack shows it. */
export function slack({ at, json, path }) {
  const body = asObject(json)
  const blocks = asList(body['blocks']).map((one) => block(one, 0))
  const isThread = asText(body['thread_ts']) !== ''
  return chat(
    { at, tag: 'APP' },
    isThread && h('div', { class: 'thread' }, `↳ ${asText(body['thread_ts'])}`),
    blocks.length > 0 ? blocks : mrkdwn(asText(body['text'])),
    asList(body['attachments']).map((one) => attachmentOf(asObject(one))),
    path.endsWith('/chat.update') && h('span', { class: 'edited' }, '(edited)'),
  )
}

const blockByType = {
  header: ({ text }) => h('div', { class: 'slack-header' }, object(text)),
  section: ({ text, fields, accessory }, depth) =>
    h(
      'div',
      { class: 'slack-section' },
      h(
        'div',
        null,
        isFilledObject(text) && h('div', null, object(text)),
        asList(fields).length > 0 &&
          h(
            'div',
            { class: 'slack-fields' },
            asList(fields).map((field) => h('div', null, object(field))),
          ),
      ),
      isFilledObject(accessory) && element(accessory, depth),
    ),
  divider: () => h('hr'),
  context: ({ elements }, depth) =>
    h(
      'div',
      { class: 'slack-context' },
      asList(elements).map((one) => element(one, depth)),
    ),
  actions: ({ elements }, depth) => buttons(asList(elements).map((one) => element(one, depth))),
  image: ({ alt_text: alt, image_url: url }) => picturePlace(alt, url),
  markdown: ({ text }) => h('div', null, markdown(asText(text), 'common')),
  rich_text: ({ elements }, depth) => asList(elements).map((one) => rich(asObject(one), depth + 1)),
  table: ({ rows }, depth) =>
    h(
      'table',
      null,
      asList(rows).map((row) =>
        h(
          'tr',
          null,
          asList(row).map((cell) => h('td', null, cellOf(asObject(cell), depth))),
        ),
      ),
    ),
}

function block(value, depth) {
  const given = asObject(value)
  const make = Object.hasOwn(blockByType, given['type']) ? blockByType[given['type']] : undefined
  return make === undefined || depth > maxDepth ? undefined : make(given, depth + 1)
}

function element(value, depth) {
  const given = asObject(value)
  switch (given['type']) {
    case 'button':
      return button(
        asText(asObject(given['text'])['text']),
        asText(given['url']),
        asText(given['style']) === 'danger' ? 'danger' : '',
      )
    case 'image':
      return picturePlace(given['alt_text'], given['image_url'])
    case 'mrkdwn':
    case 'plain_text':
      return h('span', null, object(given))
    default:
      return block(given, depth)
  }
}

/** A text object: plain_text is shown as it is. */
function object(value) {
  const { type, text, emoji } = asObject(value)
  return type === 'mrkdwn' ? mrkdwn(asText(text)) : plainText(plainSlack(asText(text), emoji !== false))
}

function cellOf(cell, depth) {
  return cell['type'] === 'raw_text' ? asText(cell['text']) : block(cell, depth)
}

function rich(given, depth) {
  if (depth > maxDepth) return undefined
  const inner = () => asList(given['elements']).map((one) => rich(asObject(one), depth + 1))
  switch (given['type']) {
    case 'rich_text_section':
      return h('div', { class: 'plain' }, inner())
    case 'rich_text_preformatted':
      return h('pre', null, inner())
    case 'rich_text_quote':
      return h('blockquote', null, inner())
    case 'rich_text_list':
      return h(
        given['style'] === 'ordered' ? 'ol' : 'ul',
        null,
        inner().map((item) => h('li', null, item)),
      )
    case 'text':
      return styled(asText(given['text']), asObject(given['style']))
    case 'link':
      return link(asText(given['url']), asText(given['text']) || asText(given['url']))
    case 'user':
      return mention(`@${asText(given['user_id'])}`)
    case 'usergroup':
      return mention(`@${asText(given['usergroup_id'])}`)
    case 'broadcast':
      return mention(`@${asText(given['range'])}`)
    case 'emoji':
      return plainSlack(`:${asText(given['name'])}:`, true)
    default:
      return asText(given['text'])
  }
}

function styled(text, style) {
  const tags = [
    ['bold', 'strong'],
    ['italic', 'em'],
    ['strike', 'del'],
    ['code', 'code'],
  ]
  return tags.reduce((node, [name, tag]) => (style[name] === true ? h(tag, null, node) : node), text)
}

function attachmentOf(given) {
  return attachment(
    given,
    mrkdwn,
    asList(given['blocks']).map((one) => block(one, 0)),
  )
}
