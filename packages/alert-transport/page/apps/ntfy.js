/** ntfy: JSON to the root, or text with headers to a topic. https://docs.ntfy.sh/publish/ */
import { h } from '../dom.js'
import { button, buttons, hostOf, notice } from '../frames/frame.js'
import { asList, asObject, asText } from '../json.js'
import { plainText } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'

export function ntfy({ at, json, body, headers }) {
  const given = asObject(json)
  const isJson = asText(given['topic']) !== ''
  const header = (name) => asText(headers[name] ?? headers[`x-${name}`])
  const text = isJson ? asText(given['message']) : body
  const isMarkdown = isJson ? given['markdown'] === true : /^(yes|1|true)$/i.test(header('markdown'))
  const priority = Number(isJson ? given['priority'] : header('priority')) || 3
  const tags = isJson ? asList(given['tags']).map(asText) : header('tags').split(',')
  const marks = tags.map((tag) => tag.trim()).filter(Boolean)
  const click = isJson ? asText(given['click']) : header('click')
  const actions = asList(given['actions']).map(asObject)
  return notice(
    {
      app: 'ntfy',
      at,
      title: [
        ...marks.filter((tag) => signs.has(tag)).map((tag) => signs.get(tag)),
        isJson ? asText(given['title']) : header('title'),
      ].join(' '),
      urgent: priority >= 4,
    },
    isMarkdown ? markdown(text, 'common') : plainText(text),
    marks.some((tag) => !signs.has(tag)) &&
      h(
        'div',
        { class: 'quiet' },
        marks.filter((tag) => !signs.has(tag)).map((tag) => [h('span', { class: 'label' }, tag), ' ']),
      ),
    buttons([
      ...(click && !actions.some(({ url }) => url === click) ? [button(hostOf(click), click)] : []),
      ...actions.map(({ label, url }) => button(label, asText(url))),
    ]),
  )
}

const signs = new Map(
  Object.entries({
    warning: '⚠️',
    rotating_light: '🚨',
    white_check_mark: '✅',
    fire: '🔥',
    x: '❌',
    information_source: 'ℹ️',
    bell: '🔔',
    skull: '💀',
    boom: '💥',
  }),
)
