/**
 * The corpus of `benchmarks/secrets`: how many types of secrets are still readable by place, and how many
 * harmless texts are hidden. `node benchmarks/secrets/main.mjs` prints the same table beside what others
 * hide.
 */
import { describe, expect, it } from 'vitest'
import { createRedactor } from '#core/redact/redact.ts'
import { fields, ordinary, phrases } from '../../../benchmarks/secrets/corpus/harmless.mjs'
import { datadog, elastic, rails, sentry } from '../../../benchmarks/secrets/corpus/lists.mjs'
import { createMake } from '../../../benchmarks/secrets/corpus/random.mjs'
import { leakingTypes, places, secretTypes } from '../../../benchmarks/secrets/leaks.mjs'

const redactor = createRedactor({})
const types = secretTypes()
const scrubber = {
  text: (text: string) => redactor.text(text),
  fields: (value: object) => JSON.stringify(redactor.value(value)),
}

const most = {
  text: { prefixed: 2, named: 0, shapes: 20 },
  'NAME=value, field, header': { prefixed: 0, named: 0, shapes: 10 },
  'url query': { prefixed: 2, named: 0, shapes: 20 },
} as const

describe('of the types of secrets', () => {
  for (const place of Object.keys(places) as (keyof typeof most)[])
    it.each(places[place].kinds)(`few leak in ${place}: %s`, async (kind) => {
      const leaking = await leakingTypes(scrubber, types[kind], places[place].put)
      expect(leaking.length, leaking.map(([label]) => label).join(', ')).toBeLessThanOrEqual(
        most[place][kind],
      )
    })
})

describe('of harmless texts', () => {
  it('few ordinary lines are hidden', () => {
    const hidden = ordinary(createMake(3)).filter((text) => redactor.text(text) !== text)
    expect(hidden.length, hidden.join('\n')).toBeLessThanOrEqual(3)
  })

  it('few phrases that speak of secrets are hidden', () => {
    const hidden = phrases.filter((text) => redactor.text(text) !== text)
    expect(hidden.length, hidden.join('\n')).toBeLessThanOrEqual(15)
  })

  it('few fields are hidden whose names look like those of secrets', () => {
    const hidden = fields.filter(([name, value]) => {
      const copied = redactor.value({ [name]: value }) as Record<string, unknown>
      return copied[name] !== value
    })
    expect(hidden.length, hidden.join('\n')).toBeLessThanOrEqual(8)
  })
})

describe('the names that others hide by default', () => {
  it.each(Object.entries({ sentry, elastic, rails, datadog }))('are all hidden: %s', (_tool, names) => {
    const make = createMake(9)
    const shown = names.filter((name) => {
      const secret = `${make.password()}${make.lower(12)}`
      return JSON.stringify(redactor.value({ deep: { [name]: secret } })).includes(secret)
    })
    expect(shown).toEqual([])
  })
})

it('changes nothing the second time', () => {
  for (const { sample } of Object.values(types).flat())
    for (const { put } of Object.values(places))
      for (const { text } of put(sample(5))) {
        if (text === undefined) continue
        const safe = redactor.text(text)
        expect(redactor.text(safe)).toBe(safe)
      }
})
