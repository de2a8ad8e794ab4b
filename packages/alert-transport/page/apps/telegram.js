/**
 * Telegram bots: html, MarkdownV2 or entities, and the buttons below.
 * https://core.telegram.org/bots/api#formatting-options
 */
import { h, link } from '../dom.js'
import { button, chat } from '../frames/frame.js'
import { asList, asObject, asText, parseForm } from '../json.js'
import { html } from '../markup/html.js'
import { mention } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'

/** One message as Telegram shows it. */
export function telegram({ at, json, body: raw }) {
  const body = json === undefined ? Object.fromEntries(parseForm(raw)) : asObject(json)
  const rows = asList(asObject(body['reply_markup'])['inline_keyboard'])
  const reply = asObject(body['reply_parameters'])['message_id'] ?? body['reply_to_message_id']
  return [
    chat(
      { at, tag: 'bot' },
      reply !== undefined && h('div', { class: 'thread' }, `↩ ${asText(reply)}`),
      words(body),
    ),
    rows.length > 0 &&
      h(
        'div',
        { class: 'keyboard' },
        rows.map((row) =>
          h(
            'div',
            null,
            asList(row)
              .map(asObject)
              .map(({ text, url }) => button(text, asText(url))),
          ),
        ),
      ),
  ]
}

function words(body) {
  const text = asText(body['text'])
  switch (asText(body['parse_mode']).toLowerCase()) {
    case 'html':
      return html(text, 'telegram')
    case 'markdown':
    case 'markdownv2':
      return markdown(text, 'telegram')
    default:
      return h('div', { class: 'plain' }, withEntities(text, asList(body['entities']).map(asObject)))
  }
}

const tagByType = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strikethrough: 'del',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
}

/** Offsets are UTF-16 units; what overlaps an earlier one is left plain. */
function withEntities(text, entities) {
  const nodes = []
  let from = 0
  for (const { type, offset, length, url } of entities.toSorted((a, b) => a['offset'] - b['offset'])) {
    if (!Number.isInteger(offset) || !Number.isInteger(length) || offset < from) continue
    const inner = text.slice(offset, offset + length)
    nodes.push(text.slice(from, offset))
    if (type === 'text_link') nodes.push(link(asText(url), inner))
    else if (type === 'mention' || type === 'text_mention') nodes.push(mention(inner))
    else nodes.push(Object.hasOwn(tagByType, type) ? h(tagByType[type], null, inner) : inner)
    from = offset + length
  }
  return [...nodes, text.slice(from)]
}
