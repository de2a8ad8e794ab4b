/** The channel options that send to this inbox, as people paste them: of one provider, or of all. */
import { copyButton } from './detail.js'
import { h } from './dom.js'

/** JSON as it stands in a configuration; `channel` '' means all. */
function optionsText(channels, channel = '') {
  const lines = Object.entries(channels)
    .filter(([name]) => channel === '' || name === channel)
    .map(([name, options]) => `  ${JSON.stringify(name)}: ${JSON.stringify(options)}`)
  return `"channels": {\n${lines.join(',\n')}\n}`
}

/** A button that copies the options, and the options. */
export function optionsView(channels, channel) {
  const text = optionsText(channels, channel)
  return [copyButton(text), h('pre', { tabindex: 0 }, text)]
}
