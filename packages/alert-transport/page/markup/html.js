/**
 * The few html tags that Telegram, Pushover, Matrix and Google Chat take, read by hand: a known tag becomes
 * an element without attributes, an unknown one stays as text, and the browser's own parser never sees it.
 */
import { h, link, paint } from '../dom.js'
import { fragment, mention } from './inline.js'

const maxText = 40_000
const maxDepth = 40

const plainTags = new Map(
  Object.entries({
    b: 'strong',
    strong: 'strong',
    i: 'em',
    em: 'em',
    u: 'u',
    ins: 'u',
    s: 'del',
    strike: 'del',
    del: 'del',
    code: 'code',
    pre: 'pre',
    blockquote: 'blockquote',
    'tg-spoiler': 'mark',
    p: 'p',
    ul: 'ul',
    ol: 'ol',
    li: 'li',
    h1: 'h1',
    h2: 'h2',
    h3: 'h3',
    h4: 'h4',
    h5: 'h5',
    h6: 'h6',
    span: 'span',
    div: 'div',
    table: 'table',
    thead: 'thead',
    tbody: 'tbody',
    tr: 'tr',
    th: 'th',
    td: 'td',
    sub: 'sub',
    sup: 'sup',
    details: 'details',
    summary: 'summary',
  }),
)
const telegram = [
  'b',
  'strong',
  'i',
  'em',
  'u',
  'ins',
  's',
  'strike',
  'del',
  'code',
  'pre',
  'blockquote',
  'tg-spoiler',
  'a',
  'span',
]
const known = {
  telegram: new Set(telegram),
  pushover: new Set(['b', 'i', 'u', 'font', 'a', 'br']),
  googlechat: new Set(['b', 'i', 'u', 's', 'strike', 'font', 'a', 'br', 'ul', 'ol', 'li', 'code']),
  matrix: new Set([...plainTags.keys(), 'a', 'br', 'hr', 'font', 'mx-reply']),
}
// Elsewhere a line end is what it is; in Matrix html is html.
const collapses = new Set(['matrix'])

/** Html as an app reads it, as nodes. */
export function html(source, app) {
  const root = h('div', { class: collapses.has(app) ? 'html' : 'html plain' })
  const open = [{ name: '', node: root }]
  const top = () => open.at(-1).node
  const tag =
    /<(\/?)([a-z][a-z\d-]{0,20})((?:\s+[a-z-]{1,30}(?:\s*=\s*(?:"[^"]{0,3000}"|'[^']{0,3000}'|[^\s"'<>=]{1,500}))?)*)\s*(\/?)>/gi
  const text = source.slice(0, maxText)
  let from = 0
  for (const match of text.matchAll(tag)) {
    const [whole, closing, raw, attributes] = match
    const name = raw.toLowerCase()
    top().append(decodeEntities(text.slice(from, match.index)))
    from = match.index + whole.length
    if (!known[app].has(name)) top().append(whole)
    else if (closing !== '') {
      close(open, name)
      // The block ends its line itself; where line ends are kept, one more would be seen.
      if (name === 'pre' && !collapses.has(app) && text[from] === '\n') from += 1
    } else if (name === 'br' || name === 'hr') top().append(h(name))
    else if (open.length > maxDepth) top().append(whole)
    else {
      const node = element(name, attributes)
      top().append(node)
      open.push({ name, node })
    }
  }
  top().append(decodeEntities(text.slice(from)))
  return fragment([root])
}

function element(name, attributes) {
  const value = (wanted) => {
    const found = new RegExp(`\\s${wanted}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'<>=]+))`, 'i').exec(
      attributes,
    )
    return decodeEntities(found?.[1] ?? found?.[2] ?? found?.[3] ?? '')
  }
  if (name === 'a') {
    const href = value('href')
    return href.startsWith('tg://user') || href.startsWith('https://matrix.to/') ? mention('') : link(href)
  }
  if (name === 'font') return paint(h('span', null), 'color', value('color') || value('data-mx-color'))
  return h(plainTags.get(name) ?? 'span')
}

function close(open, name) {
  const index = open.findLastIndex((entry) => entry.name === name)
  if (index > 0) open.length = index
}

const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: '\u00a0' }

function decodeEntities(text) {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos|nbsp));/gi,
    (whole, dec, hex, name) => {
      if (name !== undefined) return entities[name.toLowerCase()]
      const point = Number.parseInt(dec ?? hex, dec === undefined ? 16 : 10)
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
    },
  )
}
