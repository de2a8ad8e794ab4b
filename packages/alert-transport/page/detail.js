/**
 * The request beside its message: what was answered, the provider's limits, and everything as it was sent.
 */
import { rateBar, sizeBar } from './card.js'
import { h } from './dom.js'
import { asText, jsonView, parseForm } from './json.js'
import { t } from './words.js'

const maxRaw = 500_000

/** Shows one that arrived in the panel, or nothing. */
export function fillDetail(panel, received, { title, rate, onclose }) {
  const close = h(
    'button',
    { type: 'button', class: 'close', 'aria-label': t('close'), onclick: onclose },
    '×',
  )
  const head = h(
    'div',
    { class: 'detail-head' },
    h('h2', null, received ? `${title} #${received.id}` : t('request')),
    close,
  )
  if (received === undefined) {
    panel.replaceChildren(head, h('p', { class: 'quiet' }, t('choose')))
    return
  }
  const { request, answer, view } = received
  panel.replaceChildren(
    head,
    section(
      t('answer'),
      h('p', { class: received.ok ? 'outcome taken' : 'outcome refused' }, answer.status || t('noAnswer')),
      answer.body !== '' && jsonView(answer.body.slice(0, maxRaw)),
    ),
    section(
      t('limits'),
      h('dl', { class: 'limits' }, [
        h('dt', null, t('size')),
        h('dd', null, sizeBar(view), view.limit === undefined && h('small', null, t('noLimit'))),
        rate && [
          h('dt', null, t('rate')),
          h('dd', null, received.rate && rateBar(received.rate), h('span', null, rateWords(rate))),
        ],
      ]),
    ),
    section(
      t('request'),
      h('pre', { class: 'line', tabindex: 0 }, `${request.method} ${request.path}`),
      h(
        'details',
        null,
        h('summary', null, `${t('headers')} (${Object.keys(request.headers).length})`),
        h(
          'pre',
          { tabindex: 0 },
          Object.entries(request.headers)
            .map(([name, value]) => `${name}: ${asText(value)}`)
            .join('\n'),
        ),
      ),
    ),
    section(t('body'), copyButton(request.body), bodyView(request)),
  )
  panel.scrollTop = 0
}

function bodyView({ body, headers }) {
  const shown = body.slice(0, maxRaw)
  if (!/^application\/x-www-form-urlencoded/i.test(headers['content-type'] ?? '')) return jsonView(shown)
  const fields = [...parseForm(shown)]
  return h(
    'pre',
    { tabindex: 0 },
    fields.map(([name, value]) => [h('span', { class: 'json-key' }, name), ` = ${value}\n`]),
  )
}

/** A button that copies a text and says so. */
export function copyButton(text) {
  return h(
    'button',
    {
      type: 'button',
      class: 'copy',
      onclick: async ({ currentTarget }) => {
        await navigator.clipboard?.writeText(text).catch(() => undefined)
        currentTarget.textContent = t('copied')
      },
    },
    t('copy'),
  )
}

function section(title, ...content) {
  return h('section', null, h('h3', null, title), content)
}

function rateWords(rate) {
  const span = (ms) =>
    ms % 60_000 === 0 ? t('minutes', { count: ms / 60_000 }) : t('seconds', { count: ms / 1000 })
  return 'burst' in rate
    ? t('rateBucket', { count: rate.burst, span: span(rate.everyMs) })
    : t('rateWindow', { count: rate.count, span: span(rate.perMs) })
}
