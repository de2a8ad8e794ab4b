/** Push services: ntfy, Pushover, Bark, ServerChan, Gotify. */
import { h, link } from '../dom.js'
import { asList, asObject, asText, firstText, parseForm } from '../json.js'
import { html } from '../markup/html.js'
import { plainText } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'
import { button, buttons, notice } from './frame.js'

/** JSON to the root, or text with headers to a topic. https://docs.ntfy.sh/publish/ */
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

/** https://pushover.net/api */
export function pushover({ at, json, body }) {
  const given = json === undefined ? Object.fromEntries(parseForm(body)) : asObject(json)
  const text = asText(given['message'])
  const url = asText(given['url'])
  return notice(
    { app: 'Pushover', at, title: asText(given['title']), urgent: Number(given['priority']) >= 1 },
    asText(given['html']) === '1' ? html(text, 'pushover') : plainText(text),
    url !== '' && buttons([button(asText(given['url_title']) || hostOf(url), url)]),
  )
}

/** https://bark.day.app/#/tutorial */
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

/** https://sct.ftqq.com */
export function serverchan({ at, json, body }) {
  const given = json === undefined ? Object.fromEntries(parseForm(body)) : asObject(json)
  return notice(
    { app: 'ServerChan', at, title: asText(given['title'] ?? given['text']) },
    markdown(asText(given['desp']), 'common'),
    asText(given['short']) !== '' && h('div', { class: 'quiet' }, asText(given['short'])),
  )
}

/** https://gotify.net/docs/msgextras */
export function gotify({ at, json, body }) {
  const given = json === undefined ? Object.fromEntries(parseForm(body)) : asObject(json)
  const extras = asObject(given['extras'])
  const isMarkdown = asObject(extras['client::display'])['contentType'] === 'text/markdown'
  const click = asText(asObject(asObject(extras['client::notification'])['click'])['url'])
  return notice(
    { app: 'Gotify', at, title: asText(given['title']), urgent: Number(given['priority']) >= 8 },
    isMarkdown ? markdown(firstText(given['message']), 'common') : plainText(asText(given['message'])),
    click !== '' && h('div', null, link(click, hostOf(click))),
  )
}

function hostOf(url) {
  return URL.canParse(url) ? new URL(url).host || url : url.slice(0, 60)
}

function decode(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
