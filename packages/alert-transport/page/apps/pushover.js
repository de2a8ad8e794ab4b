/** Pushover. https://pushover.net/api */
import { button, buttons, hostOf, notice } from '../frames/frame.js'
import { asObject, asText, parseForm } from '../json.js'
import { html } from '../markup/html.js'
import { plainText } from '../markup/inline.js'

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
