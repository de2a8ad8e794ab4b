/**
 * Google Chat: text and cards of version 2.
 * https://developers.google.com/workspace/chat/api/reference/rest/v1/cards
 */
import { h, link } from '../dom.js'
import { button, buttons, chat, picturePlace } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { html } from '../markup/html.js'
import { mrkdwn } from '../markup/mrkdwn.js'

/** One message as Google Chat shows it. */
export function googlechat({ at, json }) {
  const body = asObject(json)
  const thread = asText(asObject(body['thread'])['threadKey'])
  return chat(
    { at, tag: 'App' },
    thread !== '' && h('div', { class: 'thread' }, `↳ ${thread}`),
    mrkdwn(asText(body['text'])),
    asList(body['cardsV2']).map((one) => card(asObject(asObject(one)['card']))),
  )
}

function card({ header, sections }) {
  const { title, subtitle } = asObject(header)
  return h(
    'div',
    { class: 'adaptive' },
    asText(title) !== '' && h('div', { class: 'text-block bolder' }, asText(title)),
    asText(subtitle) !== '' && h('div', { class: 'quiet' }, asText(subtitle)),
    asList(sections)
      .map(asObject)
      .map((section, index) => [
        (index > 0 || asText(title) !== '') && h('hr'),
        asText(section['header']) !== '' && h('strong', null, asText(section['header'])),
        asList(section['widgets']).map((one) => widget(asObject(one))),
      ]),
  )
}

function widget(given) {
  const { textParagraph, decoratedText, buttonList, image } = given
  if (textParagraph) return h('div', null, html(asText(asObject(textParagraph)['text']), 'googlechat'))
  if (decoratedText) {
    const { topLabel, text, bottomLabel, onClick, button: side } = asObject(decoratedText)
    const href = asText(asObject(asObject(onClick)['openLink'])['url'])
    return h(
      'div',
      { class: 'decorated' },
      asText(topLabel) !== '' && h('small', null, asText(topLabel)),
      href === '' ? html(asText(text), 'googlechat') : link(href, html(asText(text), 'googlechat')),
      asText(bottomLabel) !== '' && h('small', null, asText(bottomLabel)),
      side && chatButton(asObject(side)),
    )
  }
  if (buttonList)
    return buttons(asList(asObject(buttonList)['buttons']).map((one) => chatButton(asObject(one))))
  if (image) return picturePlace(asObject(image)['altText'], asObject(image)['imageUrl'])
  return given['divider'] ? h('hr') : undefined
}

const chatButton = ({ text, onClick }) => button(text, asText(asObject(asObject(onClick)['openLink'])['url']))
