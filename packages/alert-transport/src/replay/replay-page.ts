/**
 * A replay's result as one self-contained page: a timeline that a person reads at a glance, and the messages
 * behind each mark. The data lies in the page as JSON and becomes text nodes only, so nothing in a log
 * message can become markup.
 */
import { createHash } from 'node:crypto'
import type { ReplayResult } from './replay.ts'
import { toJson } from './summary.ts'

/** The page as text; it loads nothing and needs no server. */
export function writePage(result: ReplayResult): string {
  const data = JSON.stringify({
    ...toJson(result),
    texts: result.notified.map(({ message }) => textOf(message)),
  })
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
  const hash = createHash('sha256').update(script).digest('base64')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'">
<title>What would have been notified</title>
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

function textOf(message: ReplayResult['notified'][number]['message']): string {
  const cards = message.cards.map((card) =>
    [card.title, card.text, ...card.facts.map(({ label, value }) => `${label}: ${value}`), ...card.context]
      .filter((line) => line !== '')
      .join('\n'),
  )
  return [...cards, ...message.brief, ...message.closing].join('\n\n')
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
.wide { overflow-x: auto }
.key { margin-right: 1rem } .key::before { content: ''; display: inline-block; width: .65em; height: .65em; margin-right: .4em; border-radius: 50%; background: var(--mark); opacity: .75 }
`

const script = `
'use strict'
const data = JSON.parse(document.getElementById('data').textContent)
const page = document.getElementById('page')
const svgNs = 'http://www.w3.org/2000/svg'
const add = (parent, name, attributes, text) => {
  const isSvg = parent.namespaceURI === svgNs || name === 'svg'
  const node = isSvg ? document.createElementNS(svgNs, name) : document.createElement(name)
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value)
  if (text !== undefined) node.textContent = text
  parent.append(node)
  return node
}
const number = (value) => Number(value).toLocaleString()
const counted = (count, noun) => number(count) + ' ' + noun + (count === 1 ? '' : 's')
const when = (time) => time.replace('T', ' ').slice(0, 19)
add(page, 'h1', {}, 'What would have been notified')
add(page, 'p', {}, counted(data.lines, 'line') + ', ' + (data.from ? when(data.from) : '?') + ' to ' + (data.to ? when(data.to) : '?') + ' UTC. ' + counted(data.matched, 'record') + ' matched, ' + counted(data.notified.length + data.more, 'message') + '.')

const kind = (notified) => notified.reason === 'resolved' ? 'resolved' : notified.severity
const channels = data.channels.map((each) => each.channel)
if (data.notified.length > 0) {
  add(page, 'h2', {}, 'Timeline')
  const left = 110, width = 1000, row = 34, height = channels.length * row + 34
  const svg = add(add(page, 'div', { class: 'wide' }), 'svg', { viewBox: '0 0 ' + (left + width + 20) + ' ' + height, role: 'img', 'aria-label': 'Messages by channel over time' })
  const from = Date.parse(data.from || data.notified[0].at)
  const to = Math.max(Date.parse(data.to || data.from || data.notified[0].at), ...data.notified.map((notified) => Date.parse(notified.at)))
  const x = (time) => left + width * (to === from ? .5 : (time - from) / (to - from))
  channels.forEach((channel, index) => {
    const y = index * row + row / 2
    add(svg, 'text', { x: 0, y: y + 4 }, channel.length > 16 ? channel.slice(0, 15) + '…' : channel)
    add(svg, 'line', { x1: left, x2: left + width, y1: y, y2: y })
  })
  for (let tick = 0; tick <= 6; tick++) {
    const time = from + (to - from) * tick / 6
    add(svg, 'text', { x: x(time), y: height - 8, 'text-anchor': tick === 0 ? 'start' : tick === 6 ? 'end' : 'middle' }, when(new Date(time).toISOString()).slice(5, 16))
  }
  const legend = add(page, 'p', { class: 'legend' })
  for (const name of ['critical', 'error', 'warning', 'info', 'resolved']) {
    if (data.notified.some((notified) => kind(notified) === name)) add(legend, 'span', { class: 'key ' + name }, name)
  }
  data.notified.forEach((notified, index) => {
    const mark = add(svg, 'circle', { cx: x(Date.parse(notified.at)), cy: channels.indexOf(notified.channel) * row + row / 2, r: notified.severity === 'critical' ? 7 : 5, class: kind(notified), tabindex: 0, role: 'link' })
    add(mark, 'title', {}, when(notified.at) + ' · ' + notified.reason + ' · ' + notified.subject)
    const open = () => {
      const details = document.getElementById('notified-' + index)
      if (!details) return
      details.open = true
      details.scrollIntoView({ block: 'center' })
    }
    mark.addEventListener('click', open)
    mark.addEventListener('keydown', (event) => { if (event.key === 'Enter') open() })
  })
}

function table(title, head, rows) {
  if (rows.length === 0) return
  add(page, 'h2', {}, title)
  const body = add(add(page, 'div', { class: 'wide' }), 'table')
  const top = add(add(body, 'thead'), 'tr')
  head.forEach((name, index) => add(top, 'th', rows.every((cells) => typeof cells[index] === 'number') ? { class: 'number' } : {}, name))
  const lines = add(body, 'tbody')
  for (const cells of rows) {
    const line = add(lines, 'tr')
    for (const cell of cells) typeof cell === 'function' ? cell(add(line, 'td')) : add(line, 'td', typeof cell === 'number' ? { class: 'number' } : {}, typeof cell === 'number' ? number(cell) : cell)
  }
}

table('By channel', ['channel', 'messages', 'reasons'], data.channels.map((each) => [each.channel, each.messages, Object.entries(each.reasons).map(([reason, count]) => reason + ' ' + number(count)).join(' · ')]))
table('By rule', ['rule', 'records', 'off', 'notified', 'messages', 'suppressed'], data.rules.map((each) => [each.rule, each.matched, each.off, each.notified, each.messages, Object.entries(each.suppressed).map(([reason, count]) => reason + ' ' + number(count)).join(' · ')]))
table('Not notified', ['channel', 'rule', 'reason', 'times'], data.suppressed.map((each) => [each.channel, each.rule, each.reason, each.count]))
table('Top alerts', ['records', 'messages', 'severity', 'alert'], data.top.map((each) => [each.count, each.messages, (cell) => add(cell, 'span', { class: 'tag ' + each.severity }, each.severity), each.title]))
table('Messages', ['when (UTC)', 'channel', 'reason', 'message'], data.notified.slice(0, 2000).map((notified, index) => [
  (cell) => { cell.className = 'when'; cell.textContent = when(notified.at) },
  notified.channel,
  (cell) => add(cell, 'span', { class: 'tag ' + kind(notified) }, notified.reason),
  (cell) => {
    const details = add(cell, 'details', { id: 'notified-' + index })
    add(details, 'summary', {}, notified.subject)
    add(details, 'pre', {}, data.texts[index])
  },
]))
if (data.notified.length + data.more > 2000) add(page, 'p', {}, 'Only the first 2 000 messages are shown.')
`
