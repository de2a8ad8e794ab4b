// Where a secret is put, and whether it is still there.

import { named } from './corpus/named.mjs'
import { prefixed } from './corpus/prefixed.mjs'
import { createMake } from './corpus/random.mjs'
import { shapes } from './corpus/shapes.mjs'

const seeds = [1, 20_260_105, 77_777]

/** A quarter of each kind is unseen: what leaks of it is counted, and never listed. */
export function isUnseen(label) {
  let sum = 17
  for (const sign of label) sum = (Math.imul(sum, 31) + sign.codePointAt(0)) >>> 0
  return sum % 4 === 0
}

/** All types of secrets: `label`, and a `sample` of a seed: the secret, the text around it, and its name. */
export function secretTypes() {
  const sampleOf = (label, make) => (seed) => make(createMake(seed + label.length * 1009))
  return {
    prefixed: prefixed.map(([label, write]) => ({
      label,
      sample: sampleOf(label, (make) => {
        const secret = write(make)
        return { secret, text: secret, name: 'SERVICE_API_KEY', field: 'apiKey', header: 'X-Api-Key' }
      }),
    })),
    named: named.map(([label, write]) => ({
      label,
      sample: sampleOf(label, (make) => {
        const secret = write(make)
        return { secret, text: secret, name: label, field: label, header: label }
      }),
    })),
    shapes: shapes.map(([label, write, around]) => ({
      label,
      sample: sampleOf(label, (make) => {
        const secret = write(make)
        return { secret, text: around(secret), name: 'LAST_COMMAND', field: 'command', header: 'X-Note' }
      }),
    })),
  }
}

const inText = ({ text }) => [
  { text: `request failed: ${text}` },
  { text: `gateway said ${text} and closed` },
  { text: JSON.stringify({ status: 500, body: JSON.stringify({ note: text }) }) },
  { fields: { note: text, deep: { list: [text] } } },
]
const inName = ({ text, name, field, header }) => [
  { text: `started with ${name}=${text}` },
  { text: `${field}: ${text}` },
  { text: JSON.stringify({ [field]: text, attempt: 3 }) },
  { fields: { config: { [field]: text }, headers: { [header]: text, host: 'h' } } },
]
const inQuery = ({ text }) => [
  { text: `GET /orders?page=2&ref=${encodeURIComponent(text)}&sort=asc 500` },
  { fields: { url: `https://app.example.net/x?note=${encodeURIComponent(text)}` } },
]

export const places = {
  text: { put: inText, kinds: ['prefixed', 'shapes'] },
  'NAME=value, field, header': { put: inName, kinds: ['prefixed', 'named', 'shapes'] },
  'url query': { put: inQuery, kinds: ['prefixed', 'shapes'] },
}

/** The types of which a secret is still readable in one place of one seed: `[label, what left]`. */
export async function leakingTypes(scrubber, types, put) {
  const leaking = []
  for (const { label, sample } of types) {
    const left = await leftOf(scrubber, sample, put)
    if (left !== undefined) leaking.push([label, left])
  }
  return leaking
}

async function leftOf(scrubber, sample, put) {
  for (const seed of seeds) {
    const made = sample(seed)
    for (const { text, fields } of put(made)) {
      const left = text === undefined ? await scrubber.fields(fields) : await scrubber.text(text)
      if (isReadable(left, made.secret)) return left
    }
  }
  return undefined
}

/** The whole of it, or most of it from either end, as it is or in a code that anybody can read. */
export function isReadable(left, secret) {
  const lines = secret.split('\n').filter((line) => line.length >= 16 || line === secret)
  const parts = lines.flatMap((line) => {
    const most = Math.ceil(line.length * 0.6)
    return line.length < 16 ? [line] : [line.slice(0, most), line.slice(-most)]
  })
  const shown = [left, decodeAll(left), left.replaceAll('\\', '')]
  return parts.some((part) =>
    shown.some((text) => text.includes(part) || text.includes(encodeURIComponent(part))),
  )
}

function decodeAll(text) {
  return text.replace(/(?:%[\dA-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
