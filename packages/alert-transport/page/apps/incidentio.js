/** incident.io. https://docs.incident.io/alerts/custom-http-sources */
import { h } from '../dom.js'
import { button, buttons, facts, pairsOf } from '../frames/frame.js'
import { incident } from '../frames/incident.js'
import { asObject, asText } from '../json.js'
import { markdown } from '../markup/markdown.js'

export function incidentio({ json }) {
  const body = asObject(json)
  const { severity, ...metadata } = asObject(body['metadata'])
  const link = asText(body['source_url'])
  return incident(
    {
      state: asText(body['status']),
      level: asText(severity),
      title: asText(body['title']),
      key: asText(body['deduplication_key']),
    },
    h('div', null, markdown(asText(body['description']), 'common')),
    facts(pairsOf(metadata)),
    link !== '' && buttons([button('Source', link)]),
  )
}
