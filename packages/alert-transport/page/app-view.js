/** What people would see of one that arrived, drawn as its provider's app would. */
import { apps } from './app-table.js'
import { h } from './dom.js'
import { generic } from './frames/generic.js'
import { parseJson } from './json.js'

/** What people would see of one that arrived; never throws. */
export function appView({ provider, at, request, view }) {
  const json = parseJson(request.body)
  const mark = request.path.indexOf('?')
  const sent = {
    at,
    view,
    json,
    body: request.body,
    headers: request.headers,
    path: mark < 0 ? request.path : request.path.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : request.path.slice(mark)),
  }
  return h(
    'div',
    { class: `app app-${Object.hasOwn(apps, provider) ? provider : 'generic'}` },
    show(provider, sent),
  )
}

function show(provider, sent) {
  try {
    const app = Object.hasOwn(apps, provider) ? apps[provider] : generic
    return app(sent) || generic(sent)
  } catch {
    // A malformed body: show its text.
    return h('pre', null, (sent.view.text || sent.body).slice(0, 20_000))
  }
}
