/** Gotify. https://gotify.net/docs/msgextras */
import { h, link } from '../dom.js'
import { hostOf, notice } from '../frames/frame.js'
import { asObject, asText, firstText, parseForm } from '../json.js'
import { plainText } from '../markup/inline.js'
import { markdown } from '../markup/markdown.js'

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
