/** PagerDuty. https://developer.pagerduty.com/docs/events-api-v2 */
import { h } from '../dom.js'
import { button, buttons, facts, pairsOf } from '../frames/frame.js'
import { incident } from '../frames/incident.js'
import { asList, asObject, asText } from '../json.js'

export function pagerduty({ json }) {
  const body = asObject(json)
  const payload = asObject(body['payload'])
  const action = asText(body['event_action'])
  const { source, component, group, class: kind, timestamp } = payload
  return incident(
    {
      state: action === 'trigger' ? 'triggered' : `${action}d`.replace('ee', 'e'),
      level: asText(payload['severity']),
      title: asText(payload['summary']) || asText(body['dedup_key']),
      key: asText(body['dedup_key']),
    },
    facts([
      ['Source', asText(source)],
      ['Component', asText(component)],
      ['Group', asText(group)],
      ['Class', asText(kind)],
      ['Time', asText(timestamp)],
    ]),
    details(payload['custom_details']),
    buttons(
      asList(body['links'])
        .map(asObject)
        .map((one) => button(asText(one['text']) || asText(one['href']), asText(one['href']))),
    ),
  )
}

/** Lists and long texts below, one line a pair. */
function details(value) {
  const isLong = (text) => text.includes('\n') || text.length > 200
  const pairs = pairsOf(value).map(([label, text]) => [label, isLong(text) ? h('pre', null, text) : text])
  return facts(pairs)
}
