/** LINE. https://developers.line.biz/en/reference/messaging-api/#message-objects */
import { h } from '../dom.js'
import { button, chat } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { plainText } from '../markup/inline.js'

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
