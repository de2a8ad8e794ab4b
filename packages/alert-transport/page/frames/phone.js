/** Text messages: the words themselves, or the variables of a template that was approved. */
import { h } from '../dom.js'
import { t } from '../words.js'
import { chat, facts } from './frame.js'
import { countSegments } from './segments.js'

/** A text message on a telephone, with what it costs. */
export function phone(at, to, from, text) {
  return h(
    'div',
    { class: 'phone' },
    h('div', { class: 'phone-to' }, `${from} → ${to}`),
    chat({ at, name: from, tag: '' }, h('div', { class: 'plain' }, text)),
    counted(text),
  )
}

function counted(text) {
  const { encoding, units, segments, outside } = countSegments(text)
  return h(
    'div',
    { class: 'segments' },
    h('b', null, t('segments', { count: segments })),
    ` · ${encoding} · ${t('units', { count: units })}`,
    outside.length > 0 && ` · ${t('outside', { signs: outside.join(' ') })}`,
  )
}

/** The variables; the carrier puts the text of the template around them. */
export function smsTemplate({ to, sign, code, values }) {
  return h(
    'div',
    { class: 'phone' },
    h('div', { class: 'phone-to' }, `${sign ? `【${sign}】` : ''} → ${to}`),
    h('div', { class: 'quiet' }, t('template', { code })),
    facts(values.map(([name, value]) => [h('code', null, name), value])),
  )
}
