/**
 * Feishu and Lark robots: text, post and cards of both versions.
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
import { h, link } from '../dom.js'
import { button, buttons, chat, picturePlace } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { mention } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'

const maxDepth = 8
const colours = [
  'blue',
  'wathet',
  'turquoise',
  'green',
  'yellow',
  'orange',
  'red',
  'carmine',
  'violet',
  'purple',
  'indigo',
  'grey',
]

/** One message as Feishu shows it. */
export function feishu({ at, json }) {
  const body = asObject(json)
  const content = asObject(body['content'])
  switch (body['msg_type']) {
    case 'text':
      return chat({ at, tag: '机器人' }, markdown(asText(content['text']), 'larkText'))
    case 'post':
      return chat({ at, tag: '机器人' }, post(content['post']))
    case 'interactive':
      return chat({ at, tag: '机器人' }, card(asObject(body['card'])))
    default:
      return undefined
  }
}

function post(value) {
  // One of several languages; the reader's would be chosen.
  const { title, content } = asObject(Object.values(asObject(value))[0])
  const rows = asList(content).map((row) =>
    h(
      'p',
      null,
      asList(row).map((one) => piece(asObject(one))),
    ),
  )
  return [asText(title) !== '' && h('strong', { class: 'card-title' }, asText(title)), rows]
}

function piece({ tag, text, href, user_id: id, user_name: name }) {
  if (tag === 'a') return link(asText(href), asText(text))
  if (tag === 'at') return mention(`@${asText(name) || (id === 'all' ? '所有人' : asText(id))}`)
  return asText(text)
}

function card(given) {
  const { title, subtitle, template } = asObject(given['header'])
  const elements = given['elements'] ?? asObject(given['body'])['elements']
  return h(
    'div',
    { class: 'lark-card' },
    title &&
      h(
        'div',
        { class: `lark-head lark-${colours.includes(template) ? template : 'plain'}` },
        textOf(title),
        subtitle && h('div', { class: 'lark-subtitle' }, textOf(subtitle)),
      ),
    h(
      'div',
      { class: 'lark-body' },
      asList(elements).map((one) => element(asObject(one), 0)),
    ),
  )
}

const elementByTag = {
  div: ({ text, fields }) => [
    text && h('div', null, textOf(text)),
    asList(fields).length > 0 &&
      h(
        'div',
        { class: 'lark-fields' },
        asList(fields)
          .map(asObject)
          .map(({ is_short: short, text: words }) =>
            h('div', { class: short === true ? 'short' : '' }, textOf(words)),
          ),
      ),
  ],
  markdown: ({ content }) => h('div', null, markdown(asText(content), 'larkMarkdown')),
  plain_text: (given) => h('div', null, textOf(given)),
  lark_md: (given) => h('div', null, textOf(given)),
  hr: () => h('hr'),
  img: ({ alt, img_key: key }) => picturePlace(asText(asObject(alt)['content']) || asText(key), ''),
  note: ({ elements }, depth) =>
    h(
      'div',
      { class: 'lark-note' },
      asList(elements).map((one) => element(asObject(one), depth)),
    ),
  action: ({ actions }, depth) => buttons(asList(actions).map((one) => element(asObject(one), depth))),
  button: (given) => {
    const opened = asList(given['behaviors'])
      .map(asObject)
      .find(({ type }) => type === 'open_url')
    const href =
      asText(given['url']) || asText(asObject(given['multi_url'])['url']) || asText(opened?.['default_url'])
    return button(
      asText(asObject(given['text'])['content']),
      href,
      given['type'] === 'primary' ? 'primary' : '',
    )
  },
  column_set: ({ columns }, depth) =>
    h(
      'div',
      { class: 'columns' },
      asList(columns).map((one) => element({ ...asObject(one), tag: 'column' }, depth)),
    ),
  column: ({ elements }, depth) =>
    h(
      'div',
      null,
      asList(elements).map((one) => element(asObject(one), depth)),
    ),
  collapsible_panel: ({ header, elements }, depth) =>
    h(
      'details',
      null,
      h('summary', null, textOf(asObject(header)['title'])),
      asList(elements).map((one) => element(asObject(one), depth)),
    ),
}

function element(given, depth) {
  const make = Object.hasOwn(elementByTag, given['tag']) ? elementByTag[given['tag']] : undefined
  return make === undefined || depth > maxDepth ? undefined : make(given, depth + 1)
}

function textOf(value) {
  const { tag, content } = asObject(value)
  return tag === 'lark_md' || tag === 'markdown'
    ? markdown(asText(content), tag === 'markdown' ? 'larkMarkdown' : 'lark')
    : h('div', { class: 'plain' }, asText(content))
}
