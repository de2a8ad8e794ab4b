/**
 * How many types of secrets are still readable after redaction, by place, and how many harmless texts are
 * hidden: ours, and what others hide by default. `--errors` lists ours; `--only-ours` leaves the others out.
 * The corpus is our own, made of public facts by a seed; a quarter of it is unseen.
 */
import { fields, ordinary, phrases } from './corpus/harmless.mjs'
import * as lists from './corpus/lists.mjs'
import { createMake } from './corpus/random.mjs'
import { judge } from './judge.mjs'
import { isReadable, isUnseen, leakingTypes, places, secretTypes } from './leaks.mjs'
import { delivery, others, ours } from './scrubbers.mjs'

const goals = {
  text: { prefixed: 2, shapes: 20 },
  'NAME=value, field, header': { prefixed: 0, named: 0, shapes: 10 },
  'url query': { prefixed: 2, shapes: 20 },
  harmless: { ordinary: 3, phrases: 15, fields: 8 },
}
const showsErrors = process.argv.includes('--errors')
const types = secretTypes()
const own = await ours()
const all = [own, ...(process.argv.includes('--only-ours') ? [] : await others())]
const missed = []

for (const scrubber of all) {
  const isOurs = scrubber === own
  console.log(`\n${scrubber.name}`)
  for (const [place, { put, kinds }] of Object.entries(places)) {
    const cells = []
    for (const kind of kinds) {
      const leaking = await leakingTypes(scrubber, types[kind], put)
      const unseen = leaking.filter(([label]) => isUnseen(label)).length
      const allUnseen = types[kind].filter(({ label }) => isUnseen(label)).length
      cells.push(`${kind} ${leaking.length} of ${types[kind].length} (unseen ${unseen} of ${allUnseen})`)
      if (!isOurs) continue
      if (leaking.length > goals[place][kind]) missed.push(`${place}, ${kind}: ${leaking.length}`)
      if (showsErrors)
        for (const [label, left] of leaking)
          if (!isUnseen(label)) console.log(`  leaks: ${kind}, ${label}: ${left.slice(0, 300)}`)
    }
    console.log(`${place.padEnd(28)}${cells.join(' · ')}`)
  }
  const inField = places['NAME=value, field, header'].put
  const fieldsOnly = (made) => inField(made).filter(({ fields }) => fields !== undefined)
  const named = await leakingTypes(scrubber, types.named, fieldsOnly)
  const ofMakers = await leakingTypes(scrubber, types.prefixed, fieldsOnly)
  console.log(
    `${'named field or header only'.padEnd(28)}prefixed ${ofMakers.length} of ${types.prefixed.length} · named ${named.length} of ${types.named.length}`,
  )
  const hiddenTexts = await hiddenHarmless(scrubber)
  const cells = Object.entries(hiddenTexts).map(
    ([kind, { hidden, total }]) => `${kind} ${hidden.length} of ${total}`,
  )
  console.log(`${'harmless hidden'.padEnd(28)}${cells.join(' · ')}`)
  const shownNames = await shownOfLists(scrubber)
  console.log(
    `${'default names shown'.padEnd(28)}${shownNames.map(([list, shown, total]) => `${list} ${shown.length} of ${total}`).join(' · ')}`,
  )
  if (!isOurs) continue
  for (const [kind, { hidden }] of Object.entries(hiddenTexts)) {
    if (hidden.length > goals.harmless[kind]) missed.push(`harmless, ${kind}: ${hidden.length}`)
    if (showsErrors) for (const text of hidden) if (!isUnseen(text)) console.log(`  hidden: ${kind}, ${text}`)
  }
  for (const [list, shown] of shownNames)
    if (shown.length > 0) missed.push(`names of ${list}: ${shown.join(', ')}`)
}

const deliver = await delivery()
const shown = []
for (const kind of ['prefixed', 'shapes'])
  for (const { label, sample } of types[kind]) {
    const { secret, text } = sample(5)
    if (deliver(text).some((left) => isReadable(left, secret))) shown.push(label)
  }
console.log(`\nin delivered messages and the journal: ${shown.length} types`)
if (shown.length > goals.text.prefixed + goals.text.shapes) missed.push(`delivered: ${shown.length}`)
if (showsErrors) for (const label of shown) if (!isUnseen(label)) console.log(`  delivered: ${label}`)

const delivered = []
const plain = []
for (const { sample } of Object.values(types).flat())
  for (const { put } of Object.values(places))
    for (const { text } of put(sample(5)))
      if (text !== undefined) {
        plain.push(text)
        delivered.push(own.text(text), ...deliver(text))
      }
const findings = process.argv.includes('--only-ours') ? undefined : await judge(delivered)
if (findings !== undefined) {
  const before = await judge(plain)
  console.log(
    `\nsecretlint finds ${findings.length} secrets in ${delivered.length} texts; ${before.length} before redaction`,
  )
  if (findings.length > 0) missed.push(`secretlint: ${findings.length}`)
  if (showsErrors)
    for (const { message, content } of findings)
      console.log(`  found: ${message} in ${content.slice(0, 300)}`)
}

console.log(missed.length === 0 ? '\ngoals: met' : `\ngoals missed:\n  ${missed.join('\n  ')}`)
if (missed.length > 0) process.exitCode = 1

async function hiddenHarmless(scrubber) {
  const hiddenOf = async (texts) => {
    const hidden = []
    for (const text of texts)
      if (!(await scrubber.text(text)).includes(inJson(scrubber, text))) hidden.push(text)
    return { hidden, total: texts.length }
  }
  const hiddenFields = []
  for (const [name, value] of fields)
    if (
      !(await scrubber.fields({ deep: { [name]: value } })).includes(
        JSON.stringify({ [name]: value }).slice(1, -1),
      )
    )
      hiddenFields.push(`${name}: ${value}`)
  return {
    ordinary: await hiddenOf(ordinary(createMake(3))),
    phrases: await hiddenOf(phrases),
    fields: { hidden: hiddenFields, total: fields.length },
  }
}

/** Some write JSON: there the text is escaped. */
function inJson({ name }, text) {
  return /^(?:alert-core|Elastic|Sentry service)/.test(name) ? text : JSON.stringify(text).slice(1, -1)
}

async function shownOfLists(scrubber) {
  const make = createMake(9)
  const rows = []
  for (const [list, names] of Object.entries(lists)) {
    const shown = []
    for (const name of names) {
      const secret = `${make.password()}${make.lower(12)}`
      const left = await scrubber.fields({ deep: { [name]: secret } })
      if (isReadable(left, secret)) shown.push(name)
    }
    rows.push([list, shown, names.length])
  }
  return rows
}
