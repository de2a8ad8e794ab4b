/**
 * The words that the project no longer uses, and what finds them. `node docs/retired-words.mjs [path …]`
 * prints each use as file:line,
 * `--left` writes how many are left.
 * test/unit/house/words.test.ts fails when one comes back.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Identifiers are split before the search: `toldAt`, `NOT_TOLD` and `own-faults` count as words too. */
export const retired = [
  {
    words: 'told, tell, tells, telling',
    instead: 'notified, delivered, sent; says, reports',
    pattern: /\b(told|tell|tells|telling)\b/i,
  },
  { words: 'door', instead: 'adapter', pattern: /\bdoors?\b/i },
  { words: 'road', instead: 'host (worker, process, inline); path', pattern: /\broads?\b/i },
  { words: 'trouble', instead: 'problem, failure, alert input, internal error', pattern: /\btroubles?\b/i },
  { words: 'fault', instead: 'internal error, problem', pattern: /\bfaults?\b/i },
  { words: 'surplus', instead: 'overflow', pattern: /\bsurplus\b/i },
  { words: 'premise', instead: 'condition', pattern: /\bpremises?\b/i },
  { words: 'outlook', instead: 'preview', pattern: /\boutlooks?\b/ },
  { words: 'verdict', instead: 'classification, receipt', pattern: /\bverdicts?\b/i },
  { words: 'held', instead: 'deferred, kept, locked', pattern: /\bheld\b/i },
  {
    words: 'hand on, hand over, handed',
    instead: 'fall back, pass, give',
    pattern: /\b(hands|handed|handing|hand (it |them |\w+ )?(on|over))\b/i,
  },
  { words: 'wish', instead: 'request', pattern: /\bwish(es|ed|ing)?\b/i },
  { words: 'spent', instead: 'quota exhausted, used', pattern: /\bspent\b/i },
  {
    words: 'beginning, ending',
    instead: 'start, startup; end, shutdown',
    pattern: /\b(beginnings?|endings?)\b/i,
  },
  { words: 'spool', instead: 'journal', pattern: /\bspool\b/i },
  { words: 'alert-kit', instead: 'alert-transport', pattern: /\balert[ -]kit\b/i },
  {
    words: 'is no X',
    instead: 'is not a X',
    pattern: /(?<!\bthere )\b(is|are|was|were) no (?!longer\b|more\b|later\b|older\b|newer\b)[a-z]/i,
  },
  { words: 'goes on', instead: 'continues, resumes', pattern: /\b(go|goes|going|went|gone) on\b/i },
  { words: 'comes to', instead: 'reaches, becomes', pattern: /\b(come|comes|coming|came) to\b/i },
  { words: 'at hand', instead: 'available', pattern: /\bat hand\b/i },
  {
    words: 'stays away',
    instead: 'is absent, is not sent',
    pattern: /\b(stay|stays|staying|stayed) away\b/i,
  },
  {
    words: 'nobody, whoever',
    instead: 'name the subject: no channel, no process, the caller',
    pattern: /\b(nobody(?! acknowledged)|whoever)\b/i,
  },
  { words: 'custody', instead: 'unsaved deltas', pattern: /\bcustody\b/i },
  { words: 'lineage', instead: 'id of a state', pattern: /\blineages?\b/i },
  { words: 'absorb', instead: 'count, merge, save', pattern: /\babsorb(s|ed|ing)?\b/i },
  { words: 'unreached', instead: 'unreachable, no channel', pattern: /\bunreached\b/i },
  { words: 'openings', instead: 'open templates', pattern: /\bopenings\b/i },
  { words: 'ground', instead: 'leases', pattern: /\bgrounds?\b(?!:)/i },
  { words: 'asking', instead: 'request', pattern: /\basking\b/i },
  {
    words: 'settled',
    instead: 'delivered or failed, decided, joined',
    pattern: /(?<!\ball )\b(un)?settled\b/i,
  },
  {
    words: 'keeps memory, memories',
    instead: 'state, entries',
    pattern: /\b(keeps?|submits?|adds?) memory\b|\bmemories\b/i,
  },
  { words: 'channel view', instead: 'channel state', pattern: /\b(channel|alert) views?\b/i },
  { words: 'portable', instead: 'redact state', pattern: /\bportable\b/i },
]

/** One look per line for all of them: most lines have none. */
const anyOf = new RegExp(retired.map(({ pattern }) => pattern.source).join('|'), 'i')

/** Names of others, and the places that list the old names. Each says why. */
const allowed = [
  { file: 'docs/words.md', why: 'its table of retired words' },
  { file: 'docs/retired-words.mjs', why: 'this table' },
  { file: 'test/unit/house/words.test.ts', why: 'proves that they are found' },
  {
    file: 'packages/alert-core/src/providers/teams.ts',
    text: 'outlook\\.office',
    why: 'a host of Microsoft',
  },
  { file: 'test/unit/providers/teams.test.ts', text: 'outlook.office', why: 'a host of Microsoft' },
  {
    file: 'packages/winston-alert-transport/src/alert-transport.ts',
    text: '_ending',
    why: "winston's own name of a field",
  },
  {
    file: 'packages/alert-core/src/read/stack-text.ts',
    text: 'Fault)',
    why: 'names of error classes of other libraries',
  },
  { file: '.changeset/plain-words.md', why: 'lists the old names beside the new ones' },
]

const root = fileURLToPath(new URL('../', import.meta.url))
const trees = ['packages', 'docs', 'examples', 'benchmarks', 'test', '.changeset', '.ci', '.github']
const pages = ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']
const skipped = /options\.schema\.json$|(^|\/)(node_modules|dist|\.turbo|results|fixtures|\.next)(\/|$)/
const read = /\.(ts|mts|mjs|cjs|js|tsx|md|json|ya?ml|html|css|sh)$|\/run$/

/** The uses of retired words in one text: line (from 1), the words found and the line itself. */
export function findRetired(file, text) {
  if (!anyOf.test(splitIdentifiers(text))) return []
  return text.split('\n').flatMap((line, index) => {
    const plain = splitIdentifiers(line)
    if (!anyOf.test(plain)) return []
    return retired.flatMap(({ pattern }) => {
      const found = pattern.exec(plain)?.[0]
      if (found === undefined || isAllowed(file, line)) return []
      return [{ file, line: index + 1, found, text: line.trim() }]
    })
  })
}

/** Every use in the repository, or below the given paths. */
export function findRetiredEverywhere(paths = [...trees, ...pages]) {
  return paths
    .flatMap(filesBelow)
    .flatMap((file) => findRetired(file, readFileSync(join(root, file), 'utf8')))
}

function splitIdentifiers(line) {
  return line.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll('_', ' ')
}

function isAllowed(file, line) {
  return allowed.some(
    (entry) => entry.file === file && (entry.text === undefined || line.includes(entry.text)),
  )
}

function filesBelow(path) {
  const info = statSync(join(root, path), { throwIfNoEntry: false })
  if (!info) return []
  if (info.isFile()) return [path]
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .map((below) => `${path}/${below.replaceAll('\\', '/')}`)
    .filter((file) => !skipped.test(file) && read.test(file) && statSync(join(root, file)).isFile())
    .sort()
}

/** How many uses each folder has: what test/unit/house/words-left.json allows for. */
function countByFolder(uses) {
  const counts = {}
  for (const { file } of uses) counts[dirname(file)] = (counts[dirname(file)] ?? 0) + 1
  return counts
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, ...rest] = process.argv.slice(2)
  if (first === '--left') {
    const counts = countByFolder(findRetiredEverywhere())
    writeFileSync(join(root, 'test/unit/house/words-left.json'), `${JSON.stringify(counts, null, 2)}\n`)
  } else {
    const paths =
      first === undefined ? undefined : [first, ...rest].map((path) => relative(root, resolve(path)))
    const uses = findRetiredEverywhere(paths)
    for (const { file, line, found, text } of uses) console.log(`${file}:${line}: ${found} | ${text}`)
    console.log(`${uses.length} uses of retired words`)
  }
}
