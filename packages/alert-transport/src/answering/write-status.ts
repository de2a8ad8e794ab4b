/** What fires, as text for a terminal. */
import { type AlertStatus, createZone, type HubStatus, type SilenceStatus, type Zone } from 'alert-core'
import Table from 'cli-table3'
import { cleanLine } from '../clean.ts'

const widest = 60

/** Alerts, silences and channels, in the zone of the service. `pageLink` signs the address of its page. */
export function writeStatus(
  status: HubStatus,
  pageLink: (address: string) => string | undefined = () => undefined,
): string {
  const { at, alerts, more, silences, channels, service, env, page } = status
  const zone = createZone(status.timeZone)
  const name = [service, env].filter(Boolean).join(' ')
  const total = alerts.length + more
  const fires = total === 0 ? 'no alert fires' : `${total} ${total === 1 ? 'alert fires' : 'alerts fire'}`
  const parts = [
    `${name === '' ? '' : `${cleanLine(name)}: `}${fires}`,
    ...(page === undefined ? [] : pageLines(cleanLine(page), pageLink(page))),
    timesLine(zone, at),
  ]
  if (alerts.length > 0) parts.push(alertTable(alerts, zone))
  if (more > 0) parts.push(`… and ${more} more`)
  if (silences.length > 0) parts.push('', 'Silences', silenceTable(silences, zone))
  parts.push(
    '',
    'Channels',
    table(
      ['channel', 'provider', 'delivered', 'failed', 'waiting', 'last'],
      channels.map(({ name, title, delivered, failed, waiting, last }) => [
        cut(name),
        title,
        String(delivered),
        String(failed),
        String(waiting),
        last === undefined
          ? 'nothing sent yet'
          : cut(`${last.outcome} ${zone.minute(last.at)}${last.why === undefined ? '' : `: ${last.why}`}`),
      ]),
    ),
  )
  return `${parts.join('\n')}\n`
}

/** The address alone answers 403: it is shown with the ways to get a link. */
function pageLines(page: string, link: string | undefined): string[] {
  return link === undefined
    ? [
        `Page: ${page} (opened by Details in a message; for a link here, name the options`,
        'by --config, or set ALERT_CONTROL_SECRET)',
      ]
    : [`Page, for one hour: ${link}`]
}

/** 'Times are UTC+8.' */
export function timesLine(zone: Zone, at: number): string {
  return `Times are ${zone.offset(at)}.`
}

function alertTable(alerts: readonly AlertStatus[], zone: Zone): string {
  return table(
    ['id', 'severity', 'alert', 'count', 'since', 'last', 'state'],
    alerts.map(({ shortId, severity, headline, count, firstSeen, lastSeen, acknowledged, silenced }) => [
      shortId,
      severity,
      cut(headline),
      count.toLocaleString('en'),
      zone.minute(firstSeen),
      zone.minute(lastSeen),
      [
        acknowledged === undefined ? '' : cut(`acknowledged by ${acknowledged.by ?? 'somebody'}`),
        silenced === undefined
          ? ''
          : `silenced until ${silenced.release === undefined ? zone.minute(silenced.until) : 'the next release'}`,
      ]
        .filter(Boolean)
        .join(', '),
    ]),
  )
}

/** One row for each silence made at run time. */
export function silenceTable(silences: readonly SilenceStatus[], zone: Zone): string {
  return table(
    ['id', 'alerts', 'until', 'by', 'comment'],
    silences.map(({ id, alert, match, until, release, by = '', comment = '' }) => [
      id.slice(0, 8),
      cut(alert ?? JSON.stringify(match)),
      release === undefined ? zone.minute(until) : `after release ${cut(release)}`,
      cut(by),
      cut(comment),
    ]),
  )
}

function table(head: string[], rows: string[][]): string {
  const drawn = new Table({ head, style: { head: [], border: [] } })
  drawn.push(...rows)
  return drawn.toString()
}

function cut(text: string): string {
  const chars = Array.from(cleanLine(text))
  return chars.length > widest ? `${chars.slice(0, widest - 1).join('')}…` : chars.join('')
}
