/** What fires, as text for a terminal. */
import type { AlertStatus, HubStatus, SilenceStatus } from 'alert-core'
import Table from 'cli-table3'
import { cleanLine } from '../clean.ts'

const widest = 60

/** Alerts, silences and channels. */
export function writeStatus(status: HubStatus): string {
  const { alerts, more, silences, channels, service, env, page } = status
  const name = [service, env].filter(Boolean).join(' ')
  const total = alerts.length + more
  const fires = total === 0 ? 'no alert fires' : `${total} ${total === 1 ? 'alert fires' : 'alerts fire'}`
  const parts = [
    `${name === '' ? '' : `${cleanLine(name)}: `}${fires}${page === undefined ? '' : ` (${page})`}`,
    `Times are ${zoneOf(Date.now())}.`,
  ]
  if (alerts.length > 0) parts.push(alertTable(alerts))
  if (more > 0) parts.push(`… and ${more} more`)
  if (silences.length > 0) parts.push('', 'Silences', silenceTable(silences))
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
          : cut(`${last.outcome} ${timeOf(last.at)}${last.why === undefined ? '' : `: ${last.why}`}`),
      ]),
    ),
  )
  return `${parts.join('\n')}\n`
}

function alertTable(alerts: readonly AlertStatus[]): string {
  return table(
    ['id', 'severity', 'alert', 'count', 'since', 'last', 'state'],
    alerts.map(({ shortId, severity, headline, count, firstSeen, lastSeen, acknowledged, silenced }) => [
      shortId,
      severity,
      cut(headline),
      count.toLocaleString('en'),
      timeOf(firstSeen),
      timeOf(lastSeen),
      [
        acknowledged === undefined ? '' : cut(`acknowledged by ${acknowledged.by ?? 'somebody'}`),
        silenced === undefined
          ? ''
          : `silenced until ${silenced.release === undefined ? timeOf(silenced.until) : 'the next release'}`,
      ]
        .filter(Boolean)
        .join(', '),
    ]),
  )
}

/** One row for each silence made at run time. */
export function silenceTable(silences: readonly SilenceStatus[]): string {
  return table(
    ['id', 'alerts', 'until', 'by', 'comment'],
    silences.map(({ id, alert, match, until, release, by = '', comment = '' }) => [
      id.slice(0, 8),
      cut(alert ?? JSON.stringify(match)),
      release === undefined ? timeOf(until) : `after release ${cut(release)}`,
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

/** 'UTC+8', 'UTC': the machine's own zone at this moment. */
export function zoneOf(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset()
  if (minutes === 0 || Number.isNaN(minutes)) return 'UTC'
  const rest = Math.abs(minutes) % 60
  const hours = Math.trunc(Math.abs(minutes) / 60)
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}

/** In the machine's own zone. */
export function timeOf(at: number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return '?'
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}
