/** The buttons that make a provider misbehave, for one message or until it is reset. */
import { h } from './dom.js'
import { modeName, providerName, t } from './words.js'

const shown = ['rate-limited', 'error', 'hang', 'refuse', 'too-long', 'reset', 'greylist', 'bad-auth']

/** Fills the panel; `chosen` is the provider whose buttons are shown. */
export function fillFailures(panel, { providers, orders, chosen, times, onchoose, ontimes, onerror }) {
  const provider = providers.find(({ name }) => name === chosen) ?? providers[0]
  if (provider === undefined) return
  const current = orders[provider.name]
  const order = async (mode) => {
    const body = { provider: provider.name, mode, ...(times === 'once' && mode !== 'ok' && { times: 1 }) }
    const response = await fetch('/api/behave', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch(() => undefined)
    if (!response?.ok) onerror(String(response?.status ?? '–'))
  }
  panel.replaceChildren(
    h(
      'label',
      null,
      h('span', null, t('failing')),
      h(
        'select',
        { id: 'failure-provider', onchange: ({ currentTarget }) => onchoose(currentTarget.value) },
        providers.map(({ name, title }) =>
          h('option', { value: name, selected: name === provider.name }, providerName(name, title)),
        ),
      ),
    ),
    h(
      'label',
      null,
      h('span', null, t('times')),
      h(
        'select',
        { id: 'failure-times', onchange: ({ currentTarget }) => ontimes(currentTarget.value) },
        h('option', { value: 'once', selected: times === 'once' }, t('once')),
        h('option', { value: 'always', selected: times === 'always' }, t('always')),
      ),
    ),
    h(
      'div',
      { class: 'failure-buttons' },
      shown
        .filter((mode) => provider.modes.includes(mode))
        .map((mode) =>
          h(
            'button',
            {
              type: 'button',
              dataset: { mode },
              'aria-pressed': String(current?.mode === mode),
              onclick: () => order(mode),
            },
            modeName(mode),
          ),
        ),
      h(
        'button',
        {
          type: 'button',
          dataset: { mode: 'ok' },
          disabled: current === undefined,
          onclick: () => order('ok'),
        },
        t('reset'),
      ),
    ),
    h(
      'p',
      { class: current ? 'order failing' : 'order', role: 'status' },
      `${providerName(provider.name, provider.title)}${t('colon')}`,
      current ? t('will', { mode: modeName(current.mode), left: current.left }) : t('behaves'),
    ),
  )
}
