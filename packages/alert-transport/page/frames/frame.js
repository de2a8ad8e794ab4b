/**
 * What the pictures of several apps have in common: a chat line, a phone notification, rows of facts,
 * buttons.
 */
import { h, link } from '../dom.js'
import { asObject, asText } from '../json.js'

/** Time of day, as apps write it. */
const clock = (at) =>
  new Date(at).toLocaleTimeString(document.documentElement.lang, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })

/** One message in a chat: who said it and when, then what. */
export function chat({ at, name = 'Alerts', tag = 'BOT', face = '!' }, ...content) {
  return h(
    'div',
    { class: 'chat' },
    h('span', { class: 'face', 'aria-hidden': 'true' }, face),
    h(
      'div',
      { class: 'said' },
      h(
        'div',
        { class: 'by' },
        h('b', null, name),
        tag && h('span', { class: 'tag' }, tag),
        h('time', { datetime: new Date(at).toISOString() }, clock(at)),
      ),
      h('div', { class: 'bubble' }, content),
    ),
  )
}

/** A notification on a locked phone. */
export function notice({ app, at, title, urgent = false }, ...content) {
  return h(
    'div',
    { class: urgent ? 'notice urgent' : 'notice' },
    h(
      'div',
      { class: 'notice-head' },
      h('span', { class: 'face', 'aria-hidden': 'true' }, app[0]),
      h('span', null, app),
      h('time', { datetime: new Date(at).toISOString() }, clock(at)),
    ),
    title && h('div', { class: 'notice-title' }, title),
    h('div', { class: 'notice-body' }, content),
  )
}

/** Label and value in two columns; pairs without a value are left out. */
export function facts(pairs, className = 'facts') {
  const filled = pairs.filter(([, value]) => value !== '' && value !== undefined && value !== null)
  if (filled.length === 0) return undefined
  return h(
    'dl',
    { class: className },
    filled.map(([label, value]) => h('div', null, h('dt', null, label), h('dd', null, value))),
  )
}

/** A button of a message: a link that looks like one. */
export function button(label, href, className = '') {
  const words = asText(label).slice(0, 300) || '…'
  const node = href ? link(href, words) : h('span', null, words)
  node.classList.add('button')
  if (className) node.classList.add(...className.split(' '))
  return node
}

/** Buttons in a row, or nothing. */
export const buttons = (nodes, className = 'buttons') =>
  nodes.length > 0 ? h('div', { class: className }, nodes) : undefined

/** Where a picture would be; nothing is loaded from elsewhere. */
export function picturePlace(alt, href) {
  const words = asText(alt) || asText(href)
  return words === '' ? undefined : link(asText(href), h('span', { class: 'picture' }, words))
}

/** An object of scalars as pairs. */
export function pairsOf(value) {
  return Object.entries(asObject(value))
    .slice(0, 50)
    .map(([label, one]) => [label, asText(one) || (one === null || one === '' ? '' : JSON.stringify(one))])
}

/** The words without the first line that repeats the title, as many senders write it. */
export function withoutTitle(text, title) {
  return title !== '' && text.startsWith(`${title}\n`) ? text.slice(title.length).trimStart() : text
}

/** The host of an address, for a button that has no words of its own. */
export function hostOf(url) {
  return URL.canParse(url) ? new URL(url).host || url : url.slice(0, 60)
}
