/**
 * The Markdown that chat apps take, one dialect each: what an app does not know stays as typed, so that a
 * message which would look wrong there looks wrong here. https://open.dingtalk.com,
 * https://developer.work.weixin.qq.com and the like.
 */
import { h } from '../dom.js'
import {
  backslash,
  bareLink,
  bracketLink,
  code,
  fragment,
  inline,
  mark,
  mention,
  pattern,
  picture,
  withBreaks,
} from './inline.js'

const maxText = 20_000
const maxQuoteDepth = 4

const strong = mark('**', 'strong')
const star = mark('*', 'em')
const under = mark('_', 'em', { words: true })
const strike = mark('~~', 'del')
const atName = pattern('@', /@[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,79}/u, ([name]) => mention(name))
const autoLink = pattern('<', /<(https?:\/\/[^\s<>]{1,1500})>/, ([, href], nest) => fragment(nest(href)))

const common = [backslash, code, strong, star, under, strike, picture, bracketLink, autoLink, bareLink]
const all = { headings: 6, quotes: true, lists: true, fences: true, rules: true, tables: true, breaks: true }

/** WeCom's markdown: no lists, no pictures, and a tag for three colours. */
const wecomFont = {
  first: '<',
  read(text, at, nest) {
    const shape = /<font color="(info|comment|warning)">([^\n]{0,2000}?)<\/font>/y
    shape.lastIndex = at
    const match = shape.exec(text)
    return match && { end: shape.lastIndex, node: h('span', { class: `wecom-${match[1]}` }, nest(match[2])) }
  },
}
const wecomAt = pattern('<', /<@([\w.@-]{1,64})>/, ([, id]) => mention(`@${id}`))

const larkColours = ['red', 'green', 'grey', 'orange', 'blue']
const larkFont = {
  first: '<',
  read(text, at, nest) {
    const shape = /<font color=["']?(\w{1,20})["']?>([^\n]{0,2000}?)<\/font>/y
    shape.lastIndex = at
    const match = shape.exec(text)
    const colour = match && larkColours.includes(match[1]) ? `ink-${match[1]}` : ''
    return match && { end: shape.lastIndex, node: h('span', { class: colour }, nest(match[2])) }
  },
}
const larkAt = pattern(
  '<',
  /<at\s+(?:user_)?id=["']?([\w@.:-]{1,100})["']?\s*>([^<>]{0,100})<\/at>/,
  ([, id, name]) => mention(`@${name || id}`),
)
const discordTags = [
  pattern('<', /<@!?(\d{1,25}|[\w-]{1,40})>/, ([, id]) => mention(`@${id}`)),
  pattern('<', /<@&(\d{1,25})>/, ([, id]) => mention(`@role ${id}`)),
  pattern('<', /<#(\d{1,25})>/, ([, id]) => mention(`#${id}`)),
  pattern('<', /<t:(\d{1,12})(?::[tTdDfFR])?>/, ([, at]) =>
    h('time', null, new Date(at * 1000).toLocaleString()),
  ),
  pattern('@', /@(?:everyone|here)/, ([name]) => mention(name)),
]
const teamsAt = pattern('<', /<at>([^<>]{1,100})<\/at>/, ([, name]) => mention(`@${name}`))
const zulipAt = pattern('@', /@(_?)\*\*([^*\n]{1,100})\*\*/, ([, , name]) => mention(`@${name}`))
const webexAt = pattern(
  '<',
  /<@(?:personEmail|personId|all):?([^<>|]{0,200})(?:\|([^<>]{0,100}))?>/,
  ([, id, name]) => mention(`@${name || id || 'all'}`),
)

const dialects = {
  // A single line end is a space there; two spaces before it, or an empty line, break.
  dingtalk: { ...all, tables: false, breaks: false, inline: [atName, ...common] },
  wecom: {
    headings: 6,
    quotes: true,
    breaks: true,
    inline: [wecomFont, wecomAt, code, strong, bracketLink, bareLink],
  },
  wecom2: { ...all, inline: common },
  larkText: { breaks: true, inline: [larkAt, bareLink] },
  lark: {
    fences: true,
    rules: true,
    breaks: true,
    inline: [larkAt, larkFont, ...common],
    decode: decodeAngles,
  },
  larkMarkdown: { ...all, inline: [larkAt, larkFont, ...common], decode: decodeAngles },
  discord: {
    ...all,
    headings: 3,
    tables: false,
    rules: false,
    small: true,
    inline: [...discordTags, mark('||', 'mark'), mark('__', 'u'), ...common],
  },
  telegram: {
    fences: true,
    quotes: true,
    breaks: true,
    inline: [
      backslash,
      mark('||', 'mark'),
      mark('__', 'u'),
      code,
      mark('*', 'strong'),
      under,
      mark('~', 'del'),
      bracketLink,
      atName,
      bareLink,
    ],
  },
  teams: {
    lists: true,
    breaks: false,
    inline: [teamsAt, ...common.filter((rule) => rule !== code && rule !== picture)],
  },
  mattermost: { ...all, inline: [atName, ...common] },
  rocketchat: { ...all, inline: [atName, mark('*', 'strong'), mark('~', 'del'), ...common] },
  zulip: { ...all, inline: [zulipAt, ...common] },
  webex: { ...all, tables: false, inline: [webexAt, ...common] },
  common: { ...all, breaks: true, inline: common },
}

/** Text in the Markdown of an app, as nodes; cut at 20 000 characters. */
export function markdown(source, name) {
  const dialect = dialects[name]
  const lines = source.slice(0, maxText).replace(/\r\n?/g, '\n').split('\n')
  return fragment(blocks(lines, dialect, 0))
}

/** One line of it, without blocks. */
export function markdownLine(source, name) {
  const { inline: rules, decode } = dialects[name]
  return fragment(withBreaks(source.slice(0, maxText), rules, decode))
}

function blocks(lines, dialect, depth) {
  const nodes = []
  let paragraph = []
  const flush = () => {
    if (paragraph.length > 0) nodes.push(h('p', null, paragraphNodes(paragraph, dialect)))
    paragraph = []
  }
  for (let at = 0; at < lines.length; ) {
    const found = lines[at].trim() === '' ? { node: '', next: at + 1 } : block(lines, at, dialect, depth)
    if (found === undefined) {
      paragraph.push(lines[at])
      at += 1
      continue
    }
    flush()
    if (found.node !== '') nodes.push(found.node)
    at = found.next
  }
  flush()
  return nodes
}

function block(lines, at, dialect, depth) {
  const line = lines[at]
  const heading = dialect.headings && /^ {0,3}(#{1,6})\s+(.*)$/.exec(line)
  if (heading && heading[1].length <= dialect.headings)
    return { node: h(`h${heading[1].length}`, null, spans(heading[2], dialect)), next: at + 1 }
  if (dialect.small && line.startsWith('-# '))
    return { node: h('small', null, spans(line.slice(3), dialect)), next: at + 1 }
  if (dialect.fences && /^ {0,3}```/.test(line)) return fence(lines, at)
  if (dialect.rules && /^ {0,3}(?:-\s*){3,40}$|^ {0,3}(?:\*\s*){3,40}$/.test(line))
    return { node: h('hr'), next: at + 1 }
  if (dialect.quotes && /^ {0,3}>/.test(line)) return quote(lines, at, dialect, depth)
  if (dialect.tables && line.includes('|') && /^[\s|:-]{3,200}$/.test(lines[at + 1] ?? ''))
    return table(lines, at, dialect)
  if (dialect.lists && bullet.test(line)) return list(lines, at, dialect)
  return undefined
}

const bullet = /^(\s{0,8})(?:[-*+•]|(\d{1,4})[.)])\s+(.*)$/

function fence(lines, at) {
  let next = at + 1
  while (next < lines.length && !/^ {0,3}```\s*$/.test(lines[next])) next += 1
  return { node: h('pre', null, lines.slice(at + 1, next).join('\n')), next: next + 1 }
}

function quote(lines, at, dialect, depth) {
  let next = at
  while (next < lines.length && /^ {0,3}>/.test(lines[next])) next += 1
  const inner = lines.slice(at, next).map((line) => line.replace(/^ {0,3}> ?/, ''))
  const nodes = depth < maxQuoteDepth ? blocks(inner, dialect, depth + 1) : [inner.join('\n')]
  return { node: h('blockquote', null, nodes), next }
}

function list(lines, at, dialect) {
  const items = []
  const isOrdered = bullet.exec(lines[at])[2] !== undefined
  let next = at
  for (
    let match = bullet.exec(lines[next]);
    match;
    match = next < lines.length ? bullet.exec(lines[next]) : null
  ) {
    const item = h('li', null, spans(match[3], dialect))
    if (match[1].length > 1) item.className = 'nested'
    items.push(item)
    next += 1
  }
  return { node: h(isOrdered ? 'ol' : 'ul', null, items), next }
}

function table(lines, at, dialect) {
  const cells = (line) =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .slice(0, 20)
  const row = (line, tag) =>
    h(
      'tr',
      null,
      cells(line).map((cell) => h(tag, null, spans(cell.trim(), dialect))),
    )
  let next = at + 2
  while (next < lines.length && lines[next].includes('|')) next += 1
  const body = lines.slice(at + 2, next).map((line) => row(line, 'td'))
  return { node: h('table', null, row(lines[at], 'th'), body), next }
}

function paragraphNodes(lines, dialect) {
  if (dialect.breaks) return withBreaks(lines.join('\n'), dialect.inline, dialect.decode)
  // Without breaks of its own a line joins the next, unless it ends in two spaces or a backslash.
  const hard = '\u2028'
  const text = lines
    .map((line) => (/ {2}$|\\$/.test(line) ? line.replace(/ +$|\\$/, '') + hard : `${line} `))
    .join('')
  const newline = { first: hard, read: (_text, from) => ({ end: from + 1, node: h('br') }) }
  return inline(text.trimEnd(), [...dialect.inline, newline], dialect.decode)
}

const spans = (text, { inline: rules, decode }) => inline(text, rules, decode)

function decodeAngles(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
