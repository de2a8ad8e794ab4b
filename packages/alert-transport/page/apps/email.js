/**
 * A mail as a mail program opens it: headers, then the html part in a closed frame, with the text part beside
 * it.
 */
import { h } from '../dom.js'
import { facts } from '../frames/frame.js'
import { t } from '../words.js'

const framePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
const maxFrame = 640
const minFrame = 120

/** One mail. */
export function email({ view, headers }) {
  if (view.subject === undefined && !view.html && !view.text) return undefined
  const text = h(
    'div',
    { class: 'mail-text plain', hidden: Boolean(view.html), tabindex: 0 },
    view.text.slice(0, 50_000),
  )
  const parts = view.html ? [mailFrame(view), text] : [text]
  const tabs =
    view.html &&
    h(
      'div',
      { class: 'tabs' },
      parts.map((part, index) =>
        h(
          'button',
          {
            type: 'button',
            'aria-pressed': String(index === 0),
            onclick: (event) => {
              for (const other of parts) other.hidden = other !== part
              for (const tab of event.currentTarget.parentElement.children)
                tab.setAttribute('aria-pressed', String(tab === event.currentTarget))
            },
          },
          t(index === 0 ? 'htmlPart' : 'textPart'),
        ),
      ),
    )
  return h(
    'div',
    { class: 'mail' },
    h(
      'div',
      { class: 'mail-head' },
      h('div', { class: 'mail-subject' }, view.subject || t('noSubject')),
      facts([
        [t('from'), headers['from']],
        [t('to'), headers['to'] || view.to?.join(', ')],
        [t('cc'), headers['cc']],
        [t('date'), headers['date']],
        [t('priority'), headers['importance'] ?? headers['x-priority']],
      ]),
      tabs,
    ),
    parts,
  )
}

/**
 * Nothing in it runs, loads, submits or leaves: an empty sandbox, and the page's own policy which it
 * inherits.
 */
function mailFrame({ html, text }) {
  const frame = h('iframe', { title: t('htmlFrame'), sandbox: true, referrerpolicy: 'no-referrer' })
  // A closed frame cannot be measured, so its height is guessed from the words.
  const lines = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 78)), 0)
  frame.style.height = `${Math.min(maxFrame, Math.max(minFrame, lines * 21 + 48))}px`
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${framePolicy}">${html}`
  return frame
}
