/**
 * A replay's result as one self-contained page: a timeline that a person reads at a glance, and the messages
 * behind each mark. The data lies in the page as JSON and becomes text nodes only, so nothing in a log
 * message can become markup.
 */
import { createHash } from 'node:crypto'
import type { ReplayResult } from './replay.ts'
import type { ReplayView } from './replay-view.ts'

const mostMessages = 2_000

/** The page as text; it loads nothing and needs no server. */
export function writePage(result: ReplayResult, view: ReplayView): string {
  const { words, locale } = view
  const data = JSON.stringify(shownOf(result, view))
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
  const hash = createHash('sha256').update(script).digest('base64')
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'">
<title>${words.title}</title>
<style>${style}</style>
</head>
<body>
<main id="page"></main>
<script type="application/json" id="data">${data}</script>
<script>${script}</script>
</body>
</html>
`
}

/** All that the page shows, as texts: it knows neither language nor zone. */
function shownOf(
  { notified, from, to, more }: ReplayResult,
  { words, zone, summary, failures, tables, messageHead }: ReplayView,
): object {
  const first = from ?? notified[0]?.at ?? 0
  const last = Math.max(to ?? first, ...notified.map(({ at }) => at))
  return {
    words: {
      title: words.title,
      timeline: words.timeline,
      timelineOf: words.timelineOf,
      all: words.all,
      severities: { ...words.severities, resolved: words.reasons['resolved'] },
    },
    summary,
    failures,
    tables,
    messageHead,
    more: notified.length + more > mostMessages ? words.first2000 : undefined,
    // The phone shows every second one.
    ticks: Array.from({ length: 7 }, (_, index) =>
      zone.minute(first + ((last - first) * index) / 6).slice(5),
    ),
    channels: [...new Set(notified.map(({ channel }) => channel))],
    messages: notified.slice(0, mostMessages).map(({ at, channel, message }) => ({
      x: last === first ? 0.5 : (at - first) / (last - first),
      when: zone.full(at).split(' ').slice(0, 2).join(' '),
      channel,
      reason: words.reasons[message.reason] ?? message.reason,
      kind: message.reason === 'resolved' ? 'resolved' : message.severity,
      isCritical: message.severity === 'critical',
      subject: message.subject,
      text: textOf(message),
    })),
  }
}

type Message = ReplayResult['notified'][number]['message']

function textOf(message: Message): string {
  const colon = message.locale === 'en' ? ': ' : '：'
  const factLines = (facts: Message['cards'][number]['facts']) =>
    facts.map(({ label, value }) => label + colon + value)
  const cards = message.cards.map((card) =>
    [card.title, card.lead, card.text, ...factLines(card.facts), ...card.context]
      .filter((line) => line !== '')
      .join('\n'),
  )
  const lists = [message.brief, factLines(message.facts ?? []), message.closing]
  return [message.lead, ...cards, ...lists.map((lines) => lines.join('\n'))].filter(Boolean).join('\n\n')
}

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e6edf3); --dim: light-dark(#59636e, #9198a1); --line: light-dark(#d1d9e0, #3d444d); --paper: light-dark(#fff, #0d1117); --critical: light-dark(#b3261e, #ff7b72); --error: light-dark(#bc4c00, #ffa657); --warning: light-dark(#7d5c00, #e3b341); --info: light-dark(#0550ae, #79c0ff); --resolved: light-dark(#1a7f37, #56d364) }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.4rem; margin: 0 0 .25rem } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
p { margin: 0; color: var(--dim) }
svg { width: 100%; height: auto; display: block }
svg text { fill: var(--dim); font-size: 11px } svg line { stroke: var(--line) }
circle { cursor: pointer } circle:focus { outline: 2px solid var(--ink) }
.critical { --mark: var(--critical) } .error { --mark: var(--error) } .warning { --mark: var(--warning) } .info { --mark: var(--info) } .resolved { --mark: var(--resolved) }
circle { fill: var(--mark); fill-opacity: .75 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top } th { color: var(--dim); font-weight: 500 }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
td.when { white-space: nowrap; font-variant-numeric: tabular-nums }
details summary { cursor: pointer } details pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; padding: .6rem; border: 1px solid var(--line); border-radius: 6px; font: 13px/1.45 ui-monospace, monospace }
.tag { color: var(--mark); font-weight: 600 }
td { overflow-wrap: anywhere }
@media (max-width: 40rem) {
  main { padding: 1rem .8rem 3rem }
  thead { display: none } table, tbody, tr { display: block }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line) }
  td, td.number { display: flex; gap: .8rem; justify-content: space-between; padding: .1rem 0; border: 0; text-align: right }
  td::before { content: attr(data-head); color: var(--dim); text-align: left; flex: none }
  td.none, td.message::before { display: none }
  td.message { display: block; text-align: left }
}
.key { margin-right: 1rem } .key::before { content: ''; display: inline-block; width: .65em; height: .65em; margin-right: .4em; border-radius: 50%; background: var(--mark); opacity: .75 }
`

const script = `
'use strict'
const data = JSON.parse(document.getElementById('data').textContent)
const page = document.getElementById('page')
const { words } = data
const svgNs = 'http://www.w3.org/2000/svg'
const add = (parent, name, attributes, text) => {
  const isSvg = parent.namespaceURI === svgNs || name === 'svg'
  const node = isSvg ? document.createElementNS(svgNs, name) : document.createElement(name)
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value)
  if (text !== undefined) node.textContent = text
  parent.append(node)
  return node
}
add(page, 'h1', {}, words.title)
add(page, 'p', {}, data.summary)
if (data.failures) add(page, 'p', {}, data.failures)

function drawTimeline(place, isNarrow) {
  place.replaceChildren()
  const cut = isNarrow ? 9 : 16
  const left = isNarrow ? 76 : 110, width = isNarrow ? 270 : 1000, row = 34, height = data.channels.length * row + 34
  const svg = add(place, 'svg', { viewBox: '0 0 ' + (left + width + 20) + ' ' + height, role: 'img', 'aria-label': words.timelineOf })
  data.channels.forEach((channel, index) => {
    const y = index * row + row / 2
    add(add(svg, 'text', { x: 0, y: y + 4 }, channel.length > cut ? channel.slice(0, cut - 1) + '…' : channel), 'title', {}, channel)
    add(svg, 'line', { x1: left, x2: left + width, y1: y, y2: y })
  })
  data.ticks.forEach((text, tick) => {
    if (isNarrow && tick % 3 !== 0) return
    add(svg, 'text', { x: left + width * tick / 6, y: height - 8, 'text-anchor': tick === 0 ? 'start' : tick === 6 ? 'end' : 'middle' }, text)
  })
  data.messages.forEach((message, index) => {
    const mark = add(svg, 'circle', { cx: left + width * message.x, cy: data.channels.indexOf(message.channel) * row + row / 2, r: message.isCritical ? 7 : 5, class: message.kind, tabindex: 0, role: 'link' })
    add(mark, 'title', {}, message.when + ' · ' + message.reason + ' · ' + message.subject)
    const open = () => {
      const details = document.getElementById('notified-' + index)
      details.open = true
      details.scrollIntoView({ block: 'center' })
    }
    mark.addEventListener('click', open)
    mark.addEventListener('keydown', (event) => { if (event.key === 'Enter') open() })
  })
}

if (data.messages.length > 0) {
  add(page, 'h2', {}, words.timeline)
  const place = add(page, 'div', { class: 'timeline' })
  const narrow = matchMedia('(max-width: 40rem)')
  drawTimeline(place, narrow.matches)
  narrow.addEventListener('change', () => drawTimeline(place, narrow.matches))
  const legend = add(page, 'p', { class: 'legend' })
  for (const name of ['critical', 'error', 'warning', 'info', 'resolved']) {
    if (data.messages.some((message) => message.kind === name)) add(legend, 'span', { class: 'key ' + name }, words.severities[name])
  }
}

function table({ title, note, head, rows, numbers = [] }) {
  if (rows.length === 0) return
  add(page, 'h2', {}, title)
  if (note) add(page, 'p', {}, note)
  const body = add(page, 'table')
  const top = add(add(body, 'thead'), 'tr')
  const classOf = (index) => numbers.includes(index) ? { class: 'number' } : {}
  head.forEach((name, index) => add(top, 'th', classOf(index), name))
  const lines = add(body, 'tbody')
  for (const cells of rows) {
    const line = add(lines, 'tr')
    cells.forEach((cell, index) => {
      if (cell === '') return add(line, 'td', { class: 'none' })
      const place = add(line, 'td', { ...classOf(index), 'data-head': head[index] })
      if (typeof cell === 'function') cell(place)
      else place.textContent = cell
    })
  }
}

data.tables.forEach(table)
table({ title: words.all, head: data.messageHead, rows: data.messages.map((message, index) => [
  (cell) => { cell.classList.add('when'); cell.textContent = message.when },
  message.channel,
  (cell) => add(cell, 'span', { class: 'tag ' + message.kind }, message.reason),
  (cell) => {
    cell.classList.add('message')
    const details = add(cell, 'details', { id: 'notified-' + index })
    add(details, 'summary', {}, message.subject)
    add(details, 'pre', {}, message.text)
  },
]) })
if (data.more) add(page, 'p', {}, data.more)
`
