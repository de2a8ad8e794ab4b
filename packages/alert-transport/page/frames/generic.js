/**
 * A card for a provider without an app of its own: title, text, the scalar fields, or JSON if there is
 * nothing else.
 */
import { h, link, safeHref } from '../dom.js'
import { asObject, asText, firstText, jsonView } from '../json.js'
import { facts, withoutTitle } from './frame.js'

const titles = ['subject', 'title', 'summary', 'name']
const words = ['text', 'message', 'body', 'content', 'description', 'msg']

/** One request as a card. */
export function generic({ json, body, view }) {
  const given = asObject(json)
  const title = firstText(...titles.map((name) => given[name]), view?.subject)
  const text = firstText(...words.map((name) => given[name]))
  const pairs = Object.entries(given)
    .filter(([name, value]) => !titles.includes(name) && !words.includes(name) && asText(value) !== '')
    .slice(0, 20)
    .map(([name, value]) => [name, safeHref(value) ? link(value, value) : asText(value)])
  return h(
    'div',
    { class: 'generic' },
    title !== '' && h('strong', { class: 'card-title' }, title),
    text !== '' && h('div', { class: 'plain' }, withoutTitle(text, title).slice(0, 20_000)),
    facts(pairs),
    title === '' &&
      text === '' &&
      pairs.length === 0 &&
      (json === undefined ? h('pre', null, (view?.text || body).slice(0, 20_000)) : jsonView(body)),
  )
}
