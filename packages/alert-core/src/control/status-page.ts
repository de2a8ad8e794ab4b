/** The list of all that fires, the last day, silences, and the channels with their last outcome. */
import { severityRank } from '../model.ts'
import { escapeHtml } from '../text/text.ts'
import { createZone, type Zone } from '../time/time-text.ts'
import type { AlertLife, AlertStatus, ChannelStatus, HubStatus, SilenceStatus } from './hub-status.ts'
import { writePage } from './page-frame.ts'
import { type PageLocale, type PageWords, pageWords } from './page-words.ts'

export interface StatusPageOptions {
  readonly status: HubStatus
  readonly locale: PageLocale
  /** Default: that of the status, else the machine's. */
  readonly zone?: Zone
  /** The address of an alert's page, if there is one. */
  readonly addressOf: (id: string) => string | undefined
}

const most = { top: 10 }

export function statusPage(options: StatusPageOptions): string {
  const { status, locale, zone = createZone(status.timeZone), addressOf } = options
  const word = pageWords[locale]
  const { alerts, more, day, silences, channels, at, service, env } = status
  const name = [service, env].filter(Boolean).join(' ')
  const total = alerts.length + more
  const title = [name, total === 0 ? word.nothingFires : word.firing(total)].filter(Boolean).join(' · ')
  const near = (ms: number) => zone.near(ms, at)
  const top = [...alerts].sort((a, b) => b.count - a.count).slice(0, most.top)

  const sections = [
    `<h1>${escapeHtml(title)}</h1><p class="soft">${escapeHtml(word.asOf(zone.full(at)))}</p>`,
    list(alerts.map((alert) => alertLine(alert, word, near, addressOf))),
    more > 0 ? `<p class="soft">${word.more(more)}</p>` : '',
    `<h2>${word.day}</h2>`,
    day.length === 0 ? `<p>${word.noDay}</p>` : drawTimeline(day, at, zone, word.dayOf(day.length)),
    top.length > 1 ? `<h2>${word.most}</h2>${list(top.map((alert) => countLine(alert, word)))}` : '',
    `<h2>${word.silences}</h2>`,
    silences.length === 0
      ? `<p>${word.noSilences}</p>`
      : list(silences.map((silence) => silenceLine(silence, word, near))),
    `<h2>${word.channels}</h2>`,
    list(channels.map((channel) => channelLine(channel, word, near))),
  ]
  return writePage(title, locale, sections.join(''))
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<ul>${lines.map((line) => `<li>${line}</li>`).join('')}</ul>`
}

function alertLine(
  alert: AlertStatus,
  word: PageWords,
  near: (ms: number) => string,
  addressOf: (id: string) => string | undefined,
): string {
  const { id, shortId, severity, headline, count, firstSeen, lastSeen, acknowledged, silenced } = alert
  const address = addressOf(id)
  const text = escapeHtml(headline)
  const linked = address === undefined ? text : `<a href="${escapeHtml(address)}">${text}</a>`
  const facts = [
    `${word.id} ${shortId}`,
    word.times(count),
    `${word.firstSeen} ${near(firstSeen)}`,
    `${word.lastSeen} ${near(lastSeen)}`,
  ]
  const answers = [
    acknowledged && word.acknowledgedBy(acknowledged.by ?? word.somebody, near(acknowledged.at)),
    silenced &&
      (silenced.release === undefined
        ? word.silencedUntil(silenced.by ?? word.somebody, near(silenced.until))
        : word.untilRelease(silenced.by ?? word.somebody)),
  ]
  return `<span class="tag ${severity}">[${word.severity[severity]}]</span> ${linked}<br><span class="soft">${[facts.join(' · '), ...answers.filter((one) => one !== undefined)].map(escapeHtml).join('<br>')}</span>`
}

function countLine({ headline, count }: AlertStatus, word: PageWords): string {
  return `${escapeHtml(headline)} <span class="soft">${word.times(count)}</span>`
}

function silenceLine(
  { alert, match, until, release, by, comment }: SilenceStatus,
  word: PageWords,
  near: (ms: number) => string,
): string {
  const what = alert === undefined ? matchText(match) : `${word.id} ${alert}`
  const who = by ?? word.somebody
  const how = release === undefined ? word.silencedUntil(who, near(until)) : word.untilRelease(who)
  return `${escapeHtml(what)}<br><span class="soft">${escapeHtml([how, comment].filter(Boolean).join(' '))}</span>`
}

/** '{"service":"payments"}' as 'service: payments', if each condition is one value. */
function matchText(match: unknown): string {
  const entries = Object.entries(match ?? {})
  const isPlain = !Array.isArray(match) && entries.every(([, value]) => typeof value !== 'object')
  return isPlain ? entries.map(([name, value]) => `${name}: ${value}`).join(', ') : JSON.stringify(match)
}

function channelLine(
  { name, title, waiting, last }: ChannelStatus,
  word: PageWords,
  near: (ms: number) => string,
): string {
  const outcome = last === undefined ? word.unused : word.outcome[last.outcome](near(last.at))
  const facts = [outcome, last?.why, waiting > 0 ? word.waiting(waiting) : '']
  const isBad = last !== undefined && last.outcome !== 'delivered'
  return `${escapeHtml(name)} (${escapeHtml(title)})<br><span class="${isBad ? 'error' : 'soft'}">${escapeHtml(facts.filter(Boolean).join(' · '))}</span>`
}

// ── a day of alerts as SVG: one row for each alert, a bar for each time that it fired

const dayMs = 24 * 3_600_000
const hourMs = 3_600_000
const size = { row: 32, bar: 8, name: 14, top: 4, axis: 22, rows: 20, nameChars: 80, everyHours: 6 }

/** However short it was, a bar is to be seen. */
const leastPart = 0.003

/**
 * The worst alerts, and of equal ones the latest; `title` says what it shows, for readers who do not see it.
 * Across, all is in per cent: the text has its size on a phone too.
 */
function drawTimeline(lives: readonly AlertLife[], now: number, zone: Zone, title: string): string {
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
