/**
 * DingTalk robots: text, markdown, link, actionCard and feedCard.
 * https://open.dingtalk.com/document/robots/custom-robot-access
 */
import { h, link } from '../dom.js'
import { button, chat } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { mention } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'

/** One message as DingTalk shows it; `title` is seen in the list of conversations only. */
export function dingtalk({ at, json }) {
  const body = asObject(json)
  const type = asText(body['msgtype'])
  const part = asObject(body[type])
  const shown = Object.hasOwn(kinds, type) ? kinds[type](part, body) : undefined
  return shown && chat({ at, tag: '机器人' }, shown)
}

const kinds = {
  text: ({ content }, { at }) => [
    h('div', { class: 'plain' }, marked(asText(content), asObject(at))),
    everybody(at),
  ],
  markdown: ({ text }, { at }) => [markdown(asText(text), 'dingtalk'), everybody(at)],
  link: ({ title, text, messageUrl }) => [
    link(asText(messageUrl), h('strong', null, asText(title))),
    h('p', null, asText(text)),
  ],
  actionCard: (card) => [
    markdown(asText(card['text']), 'dingtalk'),
    h(
      'div',
      { class: asText(card['btnOrientation']) === '1' ? 'card-buttons beside' : 'card-buttons' },
      asText(card['singleTitle']) !== '' && button(card['singleTitle'], asText(card['singleURL'])),
      asList(card['btns']).map((one) => button(asObject(one)['title'], asText(asObject(one)['actionURL']))),
    ),
  ],
  feedCard: ({ links }) =>
    asList(links).map((one) =>
      h('p', null, link(asText(asObject(one)['messageURL']), asText(asObject(one)['title']))),
    ),
}

function everybody(at) {
  return asObject(at)['isAtAll'] === true && h('p', null, mention('@所有人'))
}

/** The ids that are listed and stand in the text: those are pinged. */
function marked(text, at) {
  const ids = [...asList(at['atMobiles']), ...asList(at['atUserIds'])].filter(
    (id) => typeof id === 'string' && id !== '',
  )
  let parts = [text]
  for (const id of ids.slice(0, 50))
    parts = parts.flatMap((part) =>
      typeof part === 'string'
        ? part.split(`@${id}`).flatMap((piece, index) => (index === 0 ? [piece] : [mention(`@${id}`), piece]))
        : [part],
    )
  return parts
}
