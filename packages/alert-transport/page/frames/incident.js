/** An incident system: no chat, but a line in a list of incidents. */
import { h } from '../dom.js'

/** One line in a list of incidents. */
export function incident({ state, level, title, key }, ...content) {
  const isOver = ['resolved', 'resolve', 'closed'].includes(state)
  const rank = { critical: 1, P1: 1, error: 2, P2: 2, warning: 3, P3: 3 }[level] ?? 4
  return h(
    'div',
    { class: isOver ? 'incident over' : `incident rank-${rank}` },
    h(
      'div',
      { class: 'incident-head' },
      h('span', { class: 'state' }, state),
      level !== '' && h('span', { class: 'level' }, level),
      key !== '' && h('span', { class: 'key' }, key),
    ),
    h('div', { class: 'incident-title' }, title),
    content,
  )
}
