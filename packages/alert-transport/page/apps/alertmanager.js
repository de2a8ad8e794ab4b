/** Alertmanager. https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
import { h, link } from '../dom.js'
import { facts, pairsOf } from '../frames/frame.js'
import { incident } from '../frames/incident.js'
import { asList, asObject, asText } from '../json.js'

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
