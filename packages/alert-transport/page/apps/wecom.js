/**
 * WeCom group robots: text, markdown, news and template cards.
 * https://developer.work.weixin.qq.com/document/path/99110
 */
import { h, link } from '../dom.js'
import { button, buttons, chat, facts } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { mention } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'

/** One message as WeCom shows it. */
export function wecom({ at, json }) {
  const body = asObject(json)
  const type = asText(body['msgtype'])
  const part = asObject(body[type])
  const shown = Object.hasOwn(kinds, type) ? kinds[type](part) : undefined
  return shown && chat({ at, tag: '机器人' }, shown)
}

const kinds = {
  text: (part) => [
    h('div', { class: 'plain' }, asText(part['content'])),
    h(
      'div',
      null,
      [...asList(part['mentioned_list']), ...asList(part['mentioned_mobile_list'])]
        .map(asText)
        .map((id) => [mention(id.startsWith('@') ? '@所有人' : `@${id}`), ' ']),
    ),
  ],
  markdown: ({ content }) => markdown(asText(content), 'wecom'),
  markdown_v2: ({ content }) => markdown(asText(content), 'wecom2'),
  news: ({ articles }) =>
    asList(articles)
      .map(asObject)
      .map(({ title, description, url }) => [
        h('strong', null, link(asText(url), asText(title))),
        h('p', null, asText(description)),
      ]),
  template_card: templateCard,
}

function templateCard(card) {
  const { title, desc } = asObject(card['main_title'])
  const emphasis = asObject(card['emphasis_content'])
  const quote = asObject(card['quote_area'])
  const rows = asList(card['horizontal_content_list']).map(asObject)
  return [
    asText(asObject(card['source'])['desc']) !== '' &&
      h('small', null, asText(asObject(card['source'])['desc'])),
    h('strong', { class: 'card-title' }, asText(title)),
    asText(desc) !== '' && h('div', { class: 'quiet' }, asText(desc)),
    asText(emphasis['title']) !== '' &&
      h('div', { class: 'emphasis' }, asText(emphasis['title']), h('small', null, asText(emphasis['desc']))),
    asText(quote['quote_text']) !== '' && h('blockquote', null, asText(quote['quote_text'])),
    h('div', { class: 'plain quiet' }, asText(card['sub_title_text'])),
    facts(
      rows.map(({ keyname, value, url }) => [
        asText(keyname),
        url ? link(asText(url), asText(value)) : asText(value),
      ]),
    ),
    buttons(
      asList(card['jump_list'])
        .map(asObject)
        .map((jump) => button(jump['title'], asText(jump['url']), 'row')),
      'card-buttons',
    ),
  ]
}
