/**
 * How well the one shipped setting of the fingerprint groups: of the messages of npm's libraries, how many
 * problems are merged and how many split; of the logs of other systems, the grouping accuracy. Those are
 * `$ALERT_SHARED/loghub/*.json`, each a list of `[message, true event]`; `ALERT_SHARED` is ../shared beside
 * the repository by default. `--errors` lists what is merged and split.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importSource } from '../lib/source.mjs'
import { groupingAccuracy } from './accuracy.mjs'
import { errorRates, libraryMessages } from './library-messages.mjs'

const goal = 0.85
const { parameterize } = await importSource('alert-core/src/fingerprint/parameterize.ts')

const formats = libraryMessages()
const rates = errorRates(formats, parameterize)
const percent = (share) => `${(share * 100).toFixed(1)} %`
console.log(`${formats.length} messages of ${new Set(formats.map(({ library }) => library)).size} libraries`)
console.log(`merged with another problem  ${percent(rates.merged)}`)
console.log(`one problem split            ${percent(rates.split)}\n`)
if (process.argv.includes('--errors')) {
  for (const { key, formats: owners } of rates.shared) console.log(`merged: ${key}\n  ${owners.join('\n  ')}`)
  for (const { format, keys } of rates.splits) console.log(`split: ${format}\n  ${keys.join('\n  ')}`)
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(resolve(root, process.env.ALERT_SHARED ?? '../shared'), 'loghub')
if (!existsSync(folder)) {
  console.log(`No data: ${folder} does not exist. Set ALERT_SHARED to the folder that holds loghub/.`)
  process.exit(0)
}

const digitsMasked = (message) => message.replace(/\S*\d\S*/g, '*')

const rows = []
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  const messages = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const { accuracy, keys, events } = groupingAccuracy(messages, parameterize)
  const baseline = groupingAccuracy(messages, digitsMasked).accuracy
  rows.push({ set: file.replace('.json', ''), messages: messages.length, events, keys, accuracy, baseline })
}

const mean = (name) => rows.reduce((sum, row) => sum + row[name], 0) / rows.length
const shown = (number) => number.toFixed(3)
console.log('grouping accuracy, one setting for all sets\n')
console.log('set          messages  events  keys  accuracy  tokens with a digit masked')
for (const { set, messages, events, keys, accuracy, baseline } of rows) {
  const counts = [
    set.padEnd(12),
    String(messages).padStart(8),
    String(events).padStart(7),
    String(keys).padStart(5),
  ]
  console.log(`${counts.join(' ')}  ${shown(accuracy).padStart(8)}  ${shown(baseline).padStart(26)}`)
}
const own = mean('accuracy')
console.log(`${'mean'.padEnd(35)}  ${shown(own).padStart(8)}  ${shown(mean('baseline')).padStart(26)}`)
console.log(`\ngoal: at least ${goal}: ${own >= goal ? 'met' : 'missed'}`)
if (own < goal) process.exitCode = 1
