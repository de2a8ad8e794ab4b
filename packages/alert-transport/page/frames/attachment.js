/** A chat message with attachments, in the format of Slack, Mattermost and Rocket.Chat. */
import { h, link, paint } from '../dom.js'
import { asList, asObject, asText } from '../json.js'
import { markdown } from '../markup/markdown.js'
import { chat, facts } from './frame.js'

/** One text in its own markup, with attachments. */
export function chatWithAttachments(at, body, dialect, name, thread = '') {
  const write = (text) => markdown(text, dialect)
  return chat(
    { at, name: name || 'Alerts', tag: 'BOT' },
    thread !== '' && h('div', { class: 'thread' }, `↳ ${thread}`),
    write(asText(body['text'])),
    asList(body['attachments']).map((one) => attachment(asObject(one), write)),
  )
}

/** One attachment; `inner` is shown below its text. */
export function attachment(given, write, inner) {
  const part = (name) => asText(given[name]) !== '' && h('div', null, write(asText(given[name])))
  const title = asText(given['title'])
  const edge = h(
    'div',
    { class: 'attachment' },
    title !== '' && h('strong', null, given['title_link'] ? link(asText(given['title_link']), title) : title),
    part('text'),
    inner,
    facts(
      asList(given['fields']).map((field) => [
        asText(asObject(field)['title']),
        write(asText(asObject(field)['value'])),
      ]),
      'facts stacked',
    ),
    asText(given['footer']) !== '' && h('small', null, asText(given['footer'])),
  )
  const named = { good: '#2eb67d', warning: '#ecb22e', danger: '#e01e5a' }
  const colour = asText(given['color'])
  paint(
    edge,
    '--edge',
    Object.hasOwn(named, colour) ? named[colour] : colour.startsWith('#') ? colour : `#${colour}`,
  )
  return [part('pretext'), edge]
}
