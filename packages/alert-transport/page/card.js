/**
 * One message in the feed: its provider, what the app shows, how much of the limit it uses, notes for the
 * sender.
 */
import { appView } from './app-view.js'
import { h } from './dom.js'
import { noteWords, t } from './words.js'

/** The element of one message; its app is drawn when it first is near the screen. */
export function card(received, title) {
  const { id, at, provider, ok, answer, view } = received
  const body = h('div', { class: 'card-body' })
  const heading = `card-${id}`
  const outcome = ok ? t('taken') : `${t('refused')}: ${answer.status || t('noAnswer')}`
  const node = h(
    'article',
    { tabindex: -1, 'aria-labelledby': heading, dataset: { id, provider } },
    h(
      'div',
      { class: 'card-head' },
      h('span', { class: `dot tint-${provider}`, 'aria-hidden': 'true' }),
      h('h2', { id: heading }, title),
      h(
        'span',
        { class: ok ? 'outcome taken' : 'outcome refused', title: answer.body.slice(0, 500) },
        outcome,
      ),
      h(
        'time',
        { datetime: new Date(at).toISOString() },
        new Date(at).toLocaleTimeString(document.documentElement.lang, { hourCycle: 'h23' }),
      ),
    ),
    body,
    h(
      'div',
      { class: 'card-foot' },
      view.mentions.length > 0 &&
        h(
          'p',
          { class: 'pings' },
          `${t('pings')} `,
          view.mentions.map((name) => [h('b', null, name), ' ']),
        ),
      view.notes
        .filter((note) => !isDrawn(provider, note))
        .map((note) => h('p', { class: 'note' }, noteWords(note))),
      sizeBar(view),
      isCrowded(received.rate) && rateBar(received.rate),
    ),
  )
  draw.set(body, () => body.replaceChildren(appView(received)))
  nearby.observe(body)
  return node
}

/** The segments of a text message stand below its picture already. */
const isDrawn = (provider, note) =>
  (provider === 'twilio' || provider === 'sns') && /^\d+ segments? of (?:GSM-7|UCS-2)$/.test(note)

/** Worth a line under the message: the next ones may be too many. */
const isCrowded = (rate) => rate !== undefined && rate.limit > 1 && rate.used / rate.limit > 0.5

/** How many of the messages that the provider takes at once, or in its window, were used by then. */
export function rateBar({ used, limit }) {
  return bar(used / limit, t('rateUsed', { count: used, limit }))
}

/** How much of the provider's size limit a message uses. */
export function sizeBar({ size, limit, unit }) {
  const count = size.toLocaleString(document.documentElement.lang)
  if (limit === undefined) return h('p', { class: 'size' }, t('sizeFree', { count, unit: t(unit) }))
  const share = limit > 0 ? size / limit : 1
  const words = t('sizeOf', {
    count,
    limit: limit.toLocaleString(document.documentElement.lang),
    unit: t(unit),
  })
  return bar(share, `${words} (${share < 0.01 ? '<1' : Math.round(share * 100)} %)`)
}

function bar(share, words) {
  const fill = h('span', null)
  fill.style.width = `${Math.min(100, Math.max(1, share * 100))}%`
  const level = share > 1 ? 'over' : share > 0.8 ? 'near' : 'under'
  return h(
    'p',
    { class: `size ${level}` },
    h('span', { class: 'bar', 'aria-hidden': 'true' }, fill),
    h('span', null, words),
  )
}

const draw = new WeakMap()
const nearby = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue
      nearby.unobserve(target)
      draw.get(target)?.()
      draw.delete(target)
    }
  },
  { rootMargin: '800px' },
)
