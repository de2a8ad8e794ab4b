/**
 * What npm's most used libraries say when they fail. library-messages.txt has formats written from their
 * behaviour, one a line, `# name` before each library's; library-runs.jsonl has what they said when
 * libraries/run.mjs ran them. Every format, and every problem of a run, is another problem; messages of one
 * differ in their values only.
 */
import { readFileSync } from 'node:fs'

const source = new URL('library-messages.txt', import.meta.url)
const runs = new URL('library-runs.jsonl', import.meta.url)
const digits = '0123456789'
const letters = 'abcdefghijklmnopqrstuvwxyz'
const base62 = letters + letters.toUpperCase() + digits

/** The same numbers in [0, 1) for the same seed. */
function createRandom(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function createValues(random) {
  const below = (end) => Math.floor(random() * end)
  const pick = (list) => list[below(list.length)]
  const text = (alphabet, size) => Array.from({ length: size }, () => pick(alphabet)).join('')
  const user = () => pick(['alice', 'bob', 'o.smith', 'svc-billing', 'marie2', 'JOHN', 'анна', '张三'])
  return {
    n: () => below(10 ** (1 + below(5))),
    n12: () => 1 + text(digits, 11),
    port: () => 32_768 + below(28_000),
    ip: () => pick(['127.0.0.1', '::1', `10.${below(256)}.${below(256)}.${below(256)}`]),
    hex8: () => text('0123456789abcdef', 8),
    hex24: () => text('0123456789abcdef', 24),
    hex40: () => text('0123456789abcdef', 40),
    id: () => text(base62, 20),
    'stripe:cus': () => `cus_${text(base62, 14)}`,
    'stripe:pi': () => `pi_${text(base62, 24)}`,
    email: () => `${text(letters, 6)}.${text(letters, 5)}@example.${pick(['com', 'org', 'cn'])}`,
    path: () =>
      `/${pick(['srv', 'var/lib', 'app/data'])}/${text(letters, 5)}/${text(letters, 7)}.${pick(['json', 'png', 'js'])}`,
    word: () =>
      pick(['abc', 'undefined', '12x', 'not-a-uuid', 'N/A', '2024-13-45', '[object Object]', '张三', 'me']),
    user,
  }
}

/** All formats, each with `size` messages of it: the same for the same `size`. */
export function libraryMessages(size = 8) {
  const values = createValues(createRandom(7))
  const formats = []
  let library = ''
  for (const line of readFileSync(source, 'utf8').split('\n')) {
    if (line.startsWith('# ')) library = line.slice(2)
    else if (line !== '') formats.push({ library, format: line, messages: messagesOf(line, size, values) })
  }
  return formats
}

function messagesOf(line, size, values) {
  const format = line.replace(/\\([n\\])/g, (_, code) => (code === 'n' ? '\n' : '\\'))
  return Array.from({ length: size }, () =>
    format.replace(/\{([a-z0-9:]+)\}/g, (all, name) => values[name]?.() ?? all),
  )
}

const address = /\[?(?:127\.0\.0\.1|::1)\]?:\d+/g
const instant = /\d{4}-\d\d-\d\dT[\d:.]+Z/g

/**
 * The problems of the runs, each with its messages. Several libraries have the same problem; and where two
 * problems are said in the very same words, but for the address and the time, no reader can separate them.
 */
export function libraryRuns() {
  const byName = new Map()
  const byText = new Map()
  for (const line of readFileSync(runs, 'utf8').trimEnd().split('\n')) {
    const { library, problem, messages } = JSON.parse(line)
    const text = messages[0].replace(address, '').replace(instant, '')
    const known = byName.get(problem) ?? byText.get(text)
    const format = known ?? { library, format: problem, messages: [] }
    format.messages.push(...messages)
    byName.set(problem, format)
    byText.set(text, format)
  }
  return [...new Set(byName.values())]
}

/**
 * Of all formats, the share that some other format has a key in common with, and the share whose own messages
 * have more than one key; with the formats themselves.
 */
export function errorRates(formats, keyOf) {
  const owners = new Map()
  const split = []
  for (const { format, messages } of formats) {
    const keys = new Set(messages.map(keyOf))
    if (keys.size > 1) split.push({ format, keys: [...keys] })
    for (const key of keys) owners.set(key, [...(owners.get(key) ?? []), format])
  }
  const shared = [...owners].filter(([, owned]) => owned.length > 1)
  const merged = new Set(shared.flatMap(([, owned]) => owned))
  return {
    merged: merged.size / formats.length,
    split: split.length / formats.length,
    shared: shared.map(([key, owned]) => ({ key, formats: owned })),
    splits: split,
  }
}
