/**
 * Discord webhooks: content, embeds and link buttons. https://docs.discord.com/developers/resources/webhook
 */
import { h, link, paint } from '../dom.js'
import { button, buttons, chat, picturePlace } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { markdown, markdownLine } from '../markup/markdown.js'

/** One message as Discord shows it. */
export function discord({ at, json }) {
  const body = asObject(json)
  return chat(
    { at, name: asText(body['username']) || 'Alerts', tag: 'APP' },
    markdown(asText(body['content']), 'discord'),
    asList(body['embeds']).map((one) => embed(asObject(one))),
    asList(body['components']).map((row) =>
      buttons(
        asList(asObject(row)['components'])
          .map(asObject)
          .map((one) => button(one['label'], asText(one['url']))),
      ),
    ),
  )
}

function embed(given) {
  const title = asText(given['title'])
  const author = asObject(given['author'])
  const footer = [asText(asObject(given['footer'])['text']), time(given['timestamp'])]
    .filter(Boolean)
    .join(' • ')
  const node = h(
    'div',
    { class: 'embed' },
    asText(author['name']) !== '' && h('div', { class: 'embed-author' }, asText(author['name'])),
    title !== '' &&
      h(
        'div',
        { class: 'embed-title' },
        given['url']
          ? link(asText(given['url']), markdownLine(title, 'discord'))
          : markdownLine(title, 'discord'),
      ),
    markdown(asText(given['description']), 'discord'),
    asList(given['fields']).length > 0 &&
      h(
        'div',
        { class: 'embed-fields' },
        asList(given['fields'])
          .map(asObject)
          .map(({ name, value, inline }) =>
            h(
              'div',
              { class: inline === true ? 'inline' : '' },
              h('b', null, markdownLine(asText(name), 'discord')),
              h('div', null, markdown(asText(value), 'discord')),
            ),
          ),
      ),
    picturePlace(undefined, asObject(given['image'])['url']),
    footer !== '' && h('small', null, footer),
  )
  const { color } = given
  if (Number.isInteger(color) && color >= 0 && color <= 0xffffff)
    paint(node, '--edge', `#${color.toString(16).padStart(6, '0')}`)
  return node
}

function time(value) {
  const at = Date.parse(asText(value))
  return Number.isNaN(at) ? '' : new Date(at).toLocaleString(document.documentElement.lang)
}
