/** ServerChan. https://sct.ftqq.com */
import { h } from '../dom.js'
import { notice } from '../frames/frame.js'
import { asObject, asText, parseForm } from '../json.js'
import { markdown } from '../markup/markdown.js'

export function serverchan({ at, json, body }) {
  const given = json === undefined ? Object.fromEntries(parseForm(body)) : asObject(json)
  return notice(
    { app: 'ServerChan', at, title: asText(given['title'] ?? given['text']) },
    markdown(asText(given['desp']), 'common'),
    asText(given['short']) !== '' && h('div', { class: 'quiet' }, asText(given['short'])),
  )
}
