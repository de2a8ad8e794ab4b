/** A day of alerts as SVG: one row for each alert, a bar for each time that it fired. */
import { severityRank } from '../model.ts'
import { escapeHtml } from '../text/text.ts'
import type { Zone } from '../time/time-text.ts'
import type { AlertLife } from './hub-status.ts'

const dayMs = 24 * 3_600_000
const hourMs = 3_600_000
const size = { width: 720, left: 8, row: 26, bar: 8, top: 4, axis: 22, rows: 20, name: 80, everyHours: 6 }

/**
 * The worst alerts, and of equal ones the latest; `title` says what it shows, for readers who do not see it.
 */
export function drawTimeline(lives: readonly AlertLife[], now: number, zone: Zone, title: string): string {
  const rows = new Map<string, AlertLife[]>()
  for (const life of lives) rows.set(life.id, [...(rows.get(life.id) ?? []), life])
  const shown = [...rows.values()]
    .sort((a, b) => rankOf(b) - rankOf(a) || (b[0]?.from ?? 0) - (a[0]?.from ?? 0))
    .slice(0, size.rows)
  const height = size.top + shown.length * size.row + size.axis
  const scale = (size.width - 2 * size.left) / dayMs
  const x = (at: number) => round(size.left + (Math.max(at, now - dayMs) - (now - dayMs)) * scale)
  const bottom = height - size.axis

  const bars = shown.flatMap((row, index) => {
    const y = size.top + index * size.row
    const name = escapeHtml(
      Array.from(row[0]?.headline ?? '')
        .slice(0, size.name)
        .join(''),
    )
    return [
      `<text x="${size.left}" y="${y + 11}">${name}</text>`,
      ...row.map(({ from, to = now, severity }) => {
        const width = Math.max(2, round(x(to) - x(from)))
        return `<rect class="${severity}" x="${x(from)}" y="${y + 14}" width="${width}" height="${size.bar}" rx="2"/>`
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
      const anchor = x(at) > size.width - 40 ? 'end' : x(at) < 40 ? 'start' : 'middle'
      return `<line class="axis" x1="${x(at)}" y1="0" x2="${x(at)}" y2="${bottom}"/><text x="${x(at)}" y="${height - 6}" text-anchor="${anchor}">${escapeHtml(zone.soon(at, at))}</text>`
    })
  return `<svg viewBox="0 0 ${size.width} ${height}" role="img" aria-label="${escapeHtml(title)}">${axis.join('')}${bars.join('')}</svg>`
}

function rankOf(row: readonly AlertLife[]): number {
  return Math.max(...row.map(({ severity }) => severityRank(severity)))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
