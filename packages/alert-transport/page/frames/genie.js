/** An alert of Opsgenie or of Jira Service Management. */
import { h } from '../dom.js'
import { asList, asObject, asText, decode } from '../json.js'
import { facts, pairsOf } from './frame.js'
import { incident } from './incident.js'

export function genie({ json, path }) {
  const body = asObject(json)
  const [, alias = '', verb] = /\/v2\/alerts\/([^/?]+)\/(close|acknowledge)/.exec(path) ?? []
  const tags = asList(body['tags']).map((tag) => [h('span', { class: 'label' }, asText(tag)), ' '])
  return incident(
    {
      state: verb === 'close' ? 'closed' : verb === 'acknowledge' ? 'acknowledged' : 'open',
      level: asText(body['priority']),
      title: asText(body['message']) || asText(body['note']) || decode(alias),
      key: asText(body['alias']) || decode(alias),
    },
    h('div', null, tags),
    h(
      'div',
      { class: 'plain' },
      asText(body['description']) || (body['message'] ? asText(body['note']) : ''),
    ),
    facts([
      ['Source', asText(body['source'])],
      ['Entity', asText(body['entity'])],
      ...pairsOf(body['details']),
    ]),
  )
}
