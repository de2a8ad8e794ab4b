// One process: `alert-transport replay` over app.log in the folder given, with its page; prints time, largest
// resident set and size of the page.
import { statSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const folder = process.argv[2]
const [log, config, page] = ['app.log', 'config.json', 'report.html'].map((name) => join(folder, name))
process.argv = [
  process.execPath,
  'alert-transport',
  'replay',
  log,
  '--config',
  config,
  '--html',
  page,
  '--json',
]

let printed = ''
process.stdout.write = (text, ...more) => {
  printed += text
  more.at(-1)?.()
  return true
}
const started = performance.now()
process.once('exit', () => {
  const ms = performance.now() - started
  const { lines, notified, more } = JSON.parse(printed)
  const peakMiB = process.resourceUsage().maxRSS / 1024
  const figures = { lines, ms, messages: notified.length + more, peakMiB, pageBytes: statSync(page).size }
  writeSync(1, `${JSON.stringify(figures)}\n`)
})
createRequire(import.meta.url)(
  join(import.meta.dirname, '../node_modules/alert-transport/bin/alert-transport.js'),
)
