/**
 * Slack's mrkdwn and the text of Google Chat: single stars and underscores, `<address|label>`, three
 * entities. https://docs.slack.dev/messaging/formatting-message-text
 */
import { h, link } from '../dom.js'
import { code, fragment, mark, mention, pattern, withBreaks } from './inline.js'

const maxText = 40_000

const decode = (text) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/:([a-z0-9_+-]{2,40}):/g, (whole, name) => emoji.get(name) ?? whole)

const emoji = new Map(
  Object.entries({
    rotating_light: '🚨',
    fire: '🔥',
    warning: '⚠️',
    x: '❌',
    white_check_mark: '✅',
    heavy_check_mark: '✔️',
    bell: '🔔',
    red_circle: '🔴',
    large_orange_circle: '🟠',
    large_green_circle: '🟢',
    information_source: 'ℹ️',
    boom: '💥',
    eyes: '👀',
    mag: '🔍',
    book: '📖',
    link: '🔗',
  }),
)

/** `<…>`: a mention, a date or a link. */
const angle = pattern('<', /<([^<>\n]{1,3000})>/, ([, inner]) => {
  const bar = inner.indexOf('|')
  const target = decode(bar < 0 ? inner : inner.slice(0, bar))
  const label = decode(bar < 0 ? '' : inner.slice(bar + 1))
  if (target.startsWith('!date^')) return h('time', null, label || target)
  if (target.startsWith('!')) return mention(`@${(label || target.slice(1)).replace(/^@/, '')}`)
  if (target.startsWith('@')) return mention(label ? `@${label.replace(/^@/, '')}` : target)
  if (target.startsWith('#')) return mention(`#${label || target.slice(1)}`)
  if (target.startsWith('users/')) return mention(`@${target.slice('users/'.length)}`)
  // Anything that is not an address stays as it was written.
  return /^[a-z][\w+.-]*:/i.test(target) ? link(target, label || target) : undefined
})

const codeSpan = { first: '`', read: (text, at) => decoded(code.read(text, at)) }
const rules = [
  angle,
  codeSpan,
  mark('*', 'strong', { words: true }),
  mark('_', 'em', { words: true }),
  mark('~', 'del', { words: true }),
]

/** Text in mrkdwn as nodes; quotes and fences are blocks, every line end a break. */
export function mrkdwn(source) {
  const nodes = []
  // Every second part stood between two fences.
  source
    .slice(0, maxText)
    .split('```')
    .forEach((part, index) => {
      if (index % 2 === 1) nodes.push(h('pre', null, decode(readAngles(part).replace(/^\n|\n$/g, ''))))
      else nodes.push(...quotes(part.replace(index > 0 ? /^\n/ : /^$/, '')))
    })
  return fragment(nodes)
}

/** Text that Slack does not read: only emoji names are replaced, and that only where asked for. */
export function plainSlack(text, withEmoji = false) {
  return withEmoji ? text.replace(/:([a-z0-9_+-]{2,40}):/g, (whole, name) => emoji.get(name) ?? whole) : text
}

function quotes(text) {
  const nodes = []
  let lines = []
  let isQuote = false
  const flush = () => {
    if (lines.join('').trim() === '') lines = []
    if (lines.length === 0) return
    nodes.push(h(isQuote ? 'blockquote' : 'div', null, withBreaks(lines.join('\n'), rules, decode)))
    lines = []
  }
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>) ?/.exec(line)
    if ((quoted !== null) !== isQuote) {
      flush()
      isQuote = quoted !== null
    }
    lines.push(quoted ? line.slice(quoted[0].length) : line)
  }
  flush()
  return nodes
}

/** In a fence a link is shown as its address. */
function readAngles(text) {
  return text.replace(/<(https?:[^<>|]{1,2000})(?:\|[^<>]{0,500})?>/g, '$1')
}

function decoded(found) {
  if (found) found.node.textContent = decode(found.node.textContent)
  return found
}
