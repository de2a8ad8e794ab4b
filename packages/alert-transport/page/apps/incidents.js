/** Incident systems: PagerDuty, Opsgenie, Alertmanager. No chat, but a line in a list of incidents. */
import { h, link } from '../dom.js'
import { asList, asObject, asText } from '../json.js'
import { button, buttons, facts, pairsOf } from './frame.js'

/** https://developer.pagerduty.com/docs/events-api-v2 */
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

/** https://docs.opsgenie.com/docs/alert-api */
export function opsgenie({ json, path }) {
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

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
export function alertmanager({ json, at }) {
  return asList(json)
    .map(asObject)
    .map((alert) => {
      const { alertname, severity, ...labels } = asObject(alert['labels'])
      const { summary, description, ...annotations } = asObject(alert['annotations'])
      const end = Date.parse(asText(alert['endsAt']))
      return incident(
        {
          state: end <= at ? 'resolved' : 'firing',
          level: asText(severity),
          title: asText(summary) || asText(alertname),
          key: asText(alertname),
        },
        h(
          'div',
          null,
          pairsOf(labels).map(([name, value]) => [h('span', { class: 'label' }, `${name}=${value}`), ' ']),
        ),
        h('div', { class: 'plain' }, asText(description)),
        facts([
          ...pairsOf(annotations),
          ['Starts', asText(alert['startsAt'])],
          ['Ends', asText(alert['endsAt'])],
          [
            'Source',
            asText(alert['generatorURL']) &&
              link(asText(alert['generatorURL']), asText(alert['generatorURL'])),
          ],
        ]),
      )
    })
}

function incident({ state, level, title, key }, ...content) {
  const isOver = ['resolved', 'resolve', 'closed'].includes(state)
  const rank = { critical: 1, P1: 1, error: 2, P2: 2, warning: 3, P3: 3 }[level] ?? 4
  return h(
    'div',
    { class: isOver ? 'incident over' : `incident rank-${rank}` },
    h(
      'div',
      { class: 'incident-head' },
      h('span', { class: 'state' }, state),
      level !== '' && h('span', { class: 'level' }, level),
      key !== '' && h('span', { class: 'key' }, key),
    ),
    h('div', { class: 'incident-title' }, title),
    content,
  )
}

/** Lists and long texts below, one line a pair. */
function details(value) {
  const isLong = (text) => text.includes('\n') || text.length > 200
  const pairs = pairsOf(value).map(([label, text]) => [label, isLong(text) ? h('pre', null, text) : text])
  return facts(pairs)
}

function decode(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
