/** A day of alerts as SVG: one row for each alert, a bar for each time that it fired. */
import { severityRank } from '../model.ts'
import { escapeHtml } from '../text/text.ts'
import type { Zone } from '../time/time-text.ts'
import type { AlertLife } from './hub-status.ts'

const dayMs = 24 * 3_600_000
const hourMs = 3_600_000
const size = { row: 32, bar: 8, name: 14, top: 4, axis: 22, rows: 20, nameChars: 80, everyHours: 6 }

/** However short it was, a bar is to be seen. */
const leastPart = 0.003

/**
 * The worst alerts, and of equal ones the latest; `title` says what it shows, for readers who do not see it.
 * Across, all is in per cent: the text has its size on a phone too.
 */
export function drawTimeline(lives: readonly AlertLife[], now: number, zone: Zone, title: string): string {
  const rows = new Map<string, AlertLife[]>()
  for (const life of lives) rows.set(life.id, [...(rows.get(life.id) ?? []), life])
  const shown = [...rows.values()]
    .sort((a, b) => rankOf(b) - rankOf(a) || (b[0]?.from ?? 0) - (a[0]?.from ?? 0))
    .slice(0, size.rows)
  const height = size.top + shown.length * size.row + size.axis
  const x = (at: number) => percent((Math.max(at, now - dayMs) - (now - dayMs)) / dayMs)
  const bottom = height - size.axis

  const bars = shown.flatMap((row, index) => {
    const y = size.top + index * size.row
    const name = escapeHtml(
      Array.from(row[0]?.headline ?? '')
        .slice(0, size.nameChars)
        .join(''),
    )
    return [
      `<text x="0" y="${y + size.name}">${name}</text>`,
      ...row.map(({ from, to = now, severity }) => {
        const width = percent(Math.max((to - Math.max(from, now - dayMs)) / dayMs, leastPart))
        return `<rect class="${severity}" x="${x(from)}" y="${y + size.name + 5}" width="${width}" height="${size.bar}"/>`
      }),
    ]
  })
  const first = Math.ceil((now - dayMs) / hourMs) * hourMs
  const hours = Array.from(
    { length: 24 / size.everyHours + 1 },
    (_, n) => first + n * size.everyHours * hourMs,
  )
  const axis = hours
    .filter((at) => at <= now)
    .map((at) => {
      const hoursAgo = (now - at) / hourMs
      const anchor = hoursAgo > 22.5 ? 'start' : hoursAgo < 1.5 ? 'end' : 'middle'
      return `<line class="axis" x1="${x(at)}" y1="0" x2="${x(at)}" y2="${bottom}"/><text x="${x(at)}" y="${height - 6}" text-anchor="${anchor}">${escapeHtml(zone.soon(at, at))}</text>`
    })
  return `<svg height="${height}" role="img" aria-label="${escapeHtml(title)}">${axis.join('')}${bars.join('')}</svg>`
}

function rankOf(row: readonly AlertLife[]): number {
  return Math.max(...row.map(({ severity }) => severityRank(severity)))
}

/** 0.5 is '50%'. */
function percent(part: number): string {
  return `${Math.round(part * 1000) / 10}%`
}
