/**
 * The page: what arrived, newest first, filtered by channel and text, with the request of the chosen one
 * beside it. State is here; every part is drawn by a function that is given what it needs.
 */
import { card } from './card.js'
import { fillDetail } from './detail.js'
import { h } from './dom.js'
import { fillFailures } from './failures.js'
import { listenForKeys } from './keys.js'
import { follow } from './live.js'
import { optionsView } from './options.js'
import { keep, kept, language, providerName, setLanguage, t, translate } from './words.js'

const maxShown = 1_000
const themes = ['auto', 'light', 'dark']
const themeKey = 'inbox-theme'

const byId = (id) => document.getElementById(id)
const feed = byId('feed')
const search = byId('search')
const detail = byId('detail')
const narrow = matchMedia('(max-width: 1100px)')

let items = []
let providers = []
let channelOptions = {}
let orders = {}
let channel = ''
let chosen
let isConnected = false
let failureProvider
let failureTimes = 'once'
let theme = kept(themeKey) ?? 'auto'
const cards = new Map()

const titleOf = (name) =>
  providerName(name, providers.find((provider) => provider.name === name)?.title ?? name)

// What is shown

function admits({ provider, request, view, answer, words }) {
  if (channel !== '' && provider !== channel) return false
  const wanted = search.value.trim().toLowerCase()
  if (wanted === '') return true
  const text =
    words ??
    [view.subject, view.text, view.to, view.mentions, request.path, request.body, answer.body]
      .concat(titleOf(provider))
      .join('\n')
      .toLowerCase()
  return wanted.split(/\s+/).every((word) => text.includes(word))
}

const visible = () => items.filter(({ id }) => cards.get(id)?.hidden === false)

function applyFilter() {
  for (const one of items) cards.get(one.id).hidden = !admits(one)
  showCount()
}

function showCount() {
  const shown = visible().length
  const words =
    shown === items.length
      ? t('count', { count: items.length })
      : t('countShown', { count: items.length, shown })
  byId('state').textContent = isConnected
    ? words
    : t(items.length > 0 || providers.length > 0 ? 'lost' : 'connecting')
  byId('state').classList.toggle('lost', !isConnected && providers.length > 0)
  drawEmpty(shown)
}

function drawEmpty(shown) {
  const empty = byId('empty')
  empty.hidden = shown > 0 || !isConnected
  if (empty.hidden) return
  if (items.length > 0) {
    empty.replaceChildren(h('p', null, t('nothingFound')))
    return
  }
  empty.replaceChildren(
    h('p', { class: 'empty-title' }, t('empty')),
    h('p', null, t('emptyHint')),
    ...optionsView(channelOptions),
  )
}

function drawOptions() {
  byId('options-body').replaceChildren(...optionsView(channelOptions, channel))
}

function drawChannels() {
  const counts = new Map()
  for (const { provider } of items) counts.set(provider, (counts.get(provider) ?? 0) + 1)
  const entry = (name, title, count) =>
    h(
      'li',
      null,
      h(
        'button',
        {
          type: 'button',
          'aria-pressed': String(channel === name),
          dataset: { channel: name },
          onclick: () => chooseChannel(name),
        },
        name !== '' && h('span', { class: `dot tint-${name}`, 'aria-hidden': 'true' }),
        h('span', { class: 'name' }, title),
        orders[name] && h('span', { class: 'failing', title: t('failures') }, '!'),
        h('span', { class: 'count' }, count),
      ),
    )
  const known = providers.map(({ name }) => name).filter((name) => counts.has(name) || orders[name])
  const unknown = [...counts.keys()].filter((name) => !known.includes(name))
  const focused = document.activeElement?.dataset?.channel
  byId('channels').replaceChildren(
    entry('', t('all'), items.length),
    ...[...known, ...unknown].map((name) => entry(name, titleOf(name), counts.get(name) ?? 0)),
  )
  if (focused !== undefined)
    byId('channels')
      .querySelector(`[data-channel="${CSS.escape(focused)}"]`)
      ?.focus()
}

function drawFailures() {
  const panel = byId('failures-body')
  const focused = panel.contains(document.activeElement) ? document.activeElement : undefined
  fillFailures(panel, {
    providers,
    orders,
    chosen: failureProvider,
    times: failureTimes,
    onchoose: (name) => {
      failureProvider = name
      drawFailures()
    },
    ontimes: (times) => {
      failureTimes = times
      drawFailures()
    },
    onerror: (why) => {
      byId('state').textContent = t('failed', { why })
    },
  })
  if (focused?.dataset.mode) panel.querySelector(`[data-mode="${focused.dataset.mode}"]`)?.focus()
  else if (focused?.id) byId(focused.id)?.focus()
}

function drawDetail() {
  const received = items.find(({ id }) => id === chosen) ?? (narrow.matches ? undefined : visible()[0])
  fillDetail(detail, received, {
    title: received && titleOf(received.provider),
    rate: received && providers.find(({ name }) => name === received.provider)?.rate,
    onclose: closeDetail,
  })
}

function drawAll() {
  translate(document)
  byId('theme').setAttribute('aria-label', t('themeName', { name: theme }))
  byId('theme').title = t('themeName', { name: theme })
  document.documentElement.dataset.theme = theme
  byId('help').replaceChildren(
    h('h2', null, t('help')),
    h(
      'dl',
      null,
      t('keys').map(([key, words]) => [h('dt', null, h('kbd', null, key)), h('dd', null, words)]),
    ),
    h('button', { type: 'button', onclick: () => byId('help').close() }, t('close')),
  )
  cards.clear()
  for (const one of items) cards.set(one.id, card(one, titleOf(one.provider)))
  feed.replaceChildren(...items.map(({ id }) => cards.get(id)))
  mark()
  drawChannels()
  drawFailures()
  drawOptions()
  applyFilter()
  drawDetail()
}

// What people do

function mark() {
  for (const [id, node] of cards) {
    node.classList.toggle('chosen', id === chosen)
    node.tabIndex = id === (chosen ?? items[0]?.id) ? 0 : -1
  }
}

function choose(id, { focus = true } = {}) {
  chosen = id
  mark()
  drawDetail()
  const node = cards.get(id)
  if (focus) node?.focus({ preventScroll: true })
  node?.scrollIntoView({ block: 'nearest' })
}

function chooseChannel(name) {
  channel = name
  if (name !== '') failureProvider = name
  drawChannels()
  drawFailures()
  drawOptions()
  applyFilter()
  drawDetail()
}

function move(by) {
  const shown = visible()
  const at = shown.findIndex(({ id }) => id === chosen)
  const next = shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by))]
  if (next !== undefined) choose(next.id)
}

function openDetail() {
  if (chosen === undefined) move(1)
  if (chosen === undefined) return
  document.body.classList.add('reading')
  drawDetail()
  detail.focus()
}

function closeDetail() {
  document.body.classList.remove('reading')
  cards.get(chosen)?.focus()
}

function stepBack() {
  if (byId('help').open) byId('help').close()
  else if (document.body.classList.contains('reading')) closeDetail()
  else if (search.value !== '' || document.activeElement === search) {
    search.value = ''
    search.blur()
    applyFilter()
  } else if (channel !== '') chooseChannel('')
}

search.addEventListener('input', applyFilter)
feed.addEventListener('click', (event) => {
  if (event.target.closest('a, button, summary, iframe, select') !== null || String(getSelection()) !== '')
    return
  const node = event.target.closest('article')
  if (node === null) return
  choose(Number(node.dataset.id))
  if (narrow.matches) openDetail()
})
byId('clear').addEventListener('click', () =>
  fetch('/api/received', { method: 'DELETE' }).catch(() => undefined),
)
byId('language').addEventListener('click', () => {
  setLanguage(language() === 'zh' ? 'en' : 'zh')
  drawAll()
})
byId('theme').addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length]
  keep(themeKey, theme)
  drawAll()
})
byId('help-button').addEventListener('click', () => byId('help').showModal())
narrow.addEventListener('change', drawDetail)
listenForKeys({
  move,
  open: openDetail,
  find: () => {
    search.focus()
    search.select()
  },
  escape: stepBack,
  help: () => byId('help').showModal(),
})
if (narrow.matches) byId('failures').open = false

// What arrives

let isDrawing = false

/** Many that arrive at once are counted and filtered once. */
function drawSoon() {
  if (isDrawing) return
  isDrawing = true
  setTimeout(() => {
    isDrawing = false
    drawChannels()
    applyFilter()
    mark()
    if (chosen === undefined) drawDetail()
  }, 20)
}

function forget() {
  items = []
  cards.clear()
  chosen = undefined
  feed.replaceChildren()
  document.body.classList.remove('reading')
  drawSoon()
}

follow({
  hello(inbox) {
    isConnected = true
    const isFirst = providers.length === 0
    providers = inbox.providers
    channelOptions = inbox.channels
    orders = inbox.orders
    // What was cleared while the connection was lost.
    if (inbox.from === null || items.some(({ id }) => id < inbox.from)) {
      items = inbox.from === null ? [] : items.filter(({ id }) => id >= inbox.from)
      if (!items.some(({ id }) => id === chosen)) chosen = undefined
    }
    if (isFirst) document.documentElement.classList.add('ready')
    drawAll()
  },
  received(one) {
    items.unshift(one)
    const node = card(one, titleOf(one.provider))
    cards.set(one.id, node)
    feed.prepend(node)
    for (const { id } of items.splice(maxShown)) {
      cards.get(id)?.remove()
      cards.delete(id)
    }
    drawSoon()
  },
  orders(next) {
    orders = next
    drawChannels()
    drawFailures()
  },
  cleared: forget,
  lost() {
    isConnected = false
    showCount()
  },
})
drawAll()
