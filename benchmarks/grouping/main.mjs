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
import { groupingAccuracy, mergedKeys } from './accuracy.mjs'
import { errorRates, libraryMessages, libraryRuns } from './library-messages.mjs'

const goal = 0.93
const { parameterize } = await importSource('alert-core/src/fingerprint/parameterize.ts')
const { createTracker } = await importSource('alert-core/src/alerts/tracker.ts')

const percent = (share) => `${(share * 100).toFixed(1)} %`

/** Both error rates, by the fingerprint alone and with the merging of alerts; each kind of error if asked. */
function showErrorRates(title, formats) {
  const rates = errorRates(formats, parameterize)
  const all = formats.flatMap(({ messages }) => messages)
  const finalKeys = mergedKeys(all, parameterize, createTracker)
  const finalKeyOf = new Map(all.map((message, index) => [message, finalKeys[index]]))
  const mergedRates = errorRates(formats, (message) => finalKeyOf.get(message))
  const libraries = new Set(formats.map(({ library }) => library)).size
  console.log(`${formats.length} problems of ${libraries} libraries, ${title}`)
  console.log('by the fingerprint alone, and if alerts that differ in one word are merged as well')
  const both = (name) => `${percent(rates[name]).padStart(6)}  ${percent(mergedRates[name]).padStart(6)}`
  console.log(`merged with another problem  ${both('merged')}`)
  console.log(`one problem split            ${both('split')}\n`)
  if (!process.argv.includes('--errors')) return
  for (const { key, formats: owners } of mergedRates.shared)
    console.log(`merged: ${key}\n  ${owners.join('\n  ')}`)
  for (const { format, keys } of mergedRates.splits) console.log(`split: ${format}\n  ${keys.join('\n  ')}`)
}

showErrorRates('written from their behaviour', libraryMessages())
showErrorRates('as they were run', libraryRuns())

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
  const stateless = groupingAccuracy(messages, parameterize).accuracy
  const texts = messages.map(([message]) => message)
  const merged = mergedKeys(texts, parameterize, createTracker)
  const mergedKeyOf = new Map(texts.map((message, index) => [message, merged[index]]))
  const { accuracy, keys, events } = groupingAccuracy(messages, (message) => mergedKeyOf.get(message))
  const baseline = groupingAccuracy(messages, digitsMasked).accuracy
  rows.push({
    set: file.replace('.json', ''),
    messages: messages.length,
    events,
    keys,
    accuracy,
    stateless,
    baseline,
  })
}

const mean = (name) => rows.reduce((sum, row) => sum + row[name], 0) / rows.length
const shown = (number) => number.toFixed(3)
console.log('grouping accuracy, one setting for all sets\n')
console.log('set          messages  events  keys  accuracy  without merging  tokens with a digit masked')
for (const { set, messages, events, keys, accuracy, stateless, baseline } of rows) {
  const counts = [
    set.padEnd(12),
    String(messages).padStart(8),
    String(events).padStart(7),
    String(keys).padStart(5),
  ]
  console.log(
    `${counts.join(' ')}  ${shown(accuracy).padStart(8)}  ${shown(stateless).padStart(15)}  ${shown(baseline).padStart(26)}`,
  )
}
const own = mean('accuracy')
console.log(
  `${'mean'.padEnd(35)}  ${shown(own).padStart(8)}  ${shown(mean('stateless')).padStart(15)}  ${shown(mean('baseline')).padStart(26)}`,
)
console.log(`\ngoal: at least ${goal}: ${own >= goal ? 'met' : 'missed'}`)
if (own < goal) process.exitCode = 1
