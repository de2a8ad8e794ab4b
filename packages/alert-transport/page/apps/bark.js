/** Bark. https://bark.day.app/#/tutorial */
import { h } from '../dom.js'
import { button, buttons, hostOf, notice } from '../frames/frame.js'
import { asObject, asText, decode } from '../json.js'
import { plainText } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'

export function bark({ at, json, path }) {
  const given = asObject(json)
  // The older way: everything in the path.
  const [title = '', text = ''] = path.split('/').slice(3).map(decode)
  const url = asText(given['url'])
  return notice(
    {
      app: 'Bark',
      at,
      title: asText(given['title']) || title,
      urgent: ['critical', 'timeSensitive'].includes(given['level']),
    },
    asText(given['subtitle']) !== '' && h('div', { class: 'notice-subtitle' }, asText(given['subtitle'])),
    asText(given['markdown']) === ''
      ? plainText(asText(given['body']) || text)
      : markdown(asText(given['markdown']), 'common'),
    url !== '' && buttons([button(hostOf(url), url)]),
  )
}
