// One process: `alert-transport replay` over app.log in the folder given, with its page; prints time, largest
// resident set and size of the page.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = process.argv[2]
const program = pathToFileURL(join(import.meta.dirname, '../node_modules/alert-transport/dist/program.js'))
const { createProgram } = await import(program.href)

let printed = ''
const io = { out: (text) => (printed += text), signal: new AbortController().signal }
const [log, config, page] = ['app.log', 'config.json', 'report.html'].map((name) => join(folder, name))
const started = performance.now()
await createProgram(io).parseAsync(['replay', log, '--config', config, '--html', page, '--json'], {
  from: 'user',
})
const ms = performance.now() - started
const { lines, notified, more } = JSON.parse(printed)
console.log(
  JSON.stringify({
    lines,
    ms,
    messages: notified.length + more,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    pageBytes: statSync(page).size,
  }),
)
