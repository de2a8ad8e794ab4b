/**
 * The second half of a package's build, run in its folder after `tsc -b` has written the types: its entries
 * as a few files, because Node takes longer to find and link 300 small modules than to run them
 * (docs/decisions/0003-few-files.md). What a package's `build` says:
 * `entries` share their chunks, those `apart` share nothing, and `bundled` dependencies become part of the
 * files.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from 'rolldown'

const { dependencies = {}, peerDependencies = {}, build } = JSON.parse(readFileSync('package.json', 'utf8'))
const { entries, apart = {}, bundled = [] } = build
const external = Object.keys({ ...dependencies, ...peerDependencies }).filter(
  (name) => !bundled.includes(name),
)

const kept = [
  ['import(/* webpackIgnore: true */ ', 'globalThis.__alertImport__('],
  ["import('prom-client')", 'globalThis.__alertOptional__()'],
  ["import('ioredis')", 'globalThis.__alertRedis__()'],
]

/** V8 keeps a file in half the memory, and compiles it sooner, where no letter of it needs a second byte. */
const ascii = {
  name: 'ascii',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replaceAll(/[^\0-\x7f]/g, escapeUnit)
    }
  },
}

function escapeUnit(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * These calls stay as they are written: a user's own module may be one that only `import()` loads, and
 * esbuild lets a package be absent only there.
 */
const keepImport = {
  name: 'keep-import',
  transform: (code) => kept.reduce((text, [call, mark]) => text.replaceAll(call, mark), code),
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk')
        chunk.code = kept.reduce((text, [call, mark]) => text.replaceAll(mark, call), chunk.code)
  },
}

/** What is loaded at once, but only where it is needed: other bundlers follow a plain `require()`. */
const requireLater = {
  name: 'require-later',
  transform: (code) => code.replaceAll('createRequire(import.meta.url)(', 'globalThis.__alertRequire__('),
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk')
        chunk.code = chunk.code.replaceAll('globalThis.__alertRequire__(', 'require(')
  },
}

/** The hub in the application's thread may be needed at the exit, where nothing can be awaited. */
const loadAtOnce = {
  name: 'load-at-once',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk')
        chunk.code = chunk.code.replace(
          /(function loadHub\(\) \{\s+return )Promise\.resolve\(\)\.then\(\(\) => (require\("[^"]+"\))\)\.then\(\(n\) => n(\.\w+)\)/,
          '$1$2$3',
        )
  },
}

const providerTable = 'src/options/provider-table.ts'
const importOfProvider = /^import (\w+) from '(\.\.\/providers\/.+)'\n/gm
const placeOfProvider = /^ {2}(?:([\w'-]+): )?(\w+),$/gm
const laterProvider =
  /(get [\w"'-]+\(\) \{\s+return )Promise\.resolve\(\)\.then\(\(\) => (require\("[^"]+"\))\)(?:\.then\(\(n\) => n(\.\w+)\))?/g

/**
 * Each provider is a file of its own, loaded when a channel has its type: an application uses two or three of
 * them. At once, because what checks the options may have to throw.
 */
const providersApart = {
  name: 'providers-apart',
  transform(code, id) {
    if (id !== resolve(providerTable)) return undefined
    const files = new Map([...code.matchAll(importOfProvider)].map(([, name, file]) => [name, file]))
    return code
      .replaceAll(importOfProvider, '')
      .replaceAll(
        placeOfProvider,
        (_, key, name) => `  get ${key ?? name}() { return import('${files.get(name)}') },`,
      )
  },
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk') chunk.code = chunk.code.replaceAll(laterProvider, '$1$2$3.default')
  },
}

/**
 * What a start does not need is a file of its own, loaded when something of it is first used: the schemas of
 * zod, which only options with a problem need (provider/recipe.ts), what writes messages and sends them, and what
 * hides secrets in them.
 */
const later = {
  zod: /[/\\]node_modules[/\\]zod[/\\]/,
  redact: /[/\\]src[/\\]redact[/\\]/,
  render: /[/\\]src[/\\]render[/\\]/,
  http: /[/\\]src[/\\]http[/\\]/,
}

const loadedLater = {
  name: 'loaded-later',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      for (const name of Object.keys(later)) {
        const constant = new RegExp(`^const require_${name} = (require\\("[^"]+"\\));$`, 'm')
        if (!constant.test(chunk.code)) continue
        chunk.code = chunk.code
          .replaceAll(`require_${name}.`, `require_${name}().`)
          .replace(constant, `let loaded_${name};\nconst require_${name} = () => loaded_${name} ??= $1;`)
      }
    }
  },
}

/** `require()` gives the default export itself, with the other names on it. */
const callable = {
  name: 'callable',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk' && chunk.isEntry && chunk.exports.includes('default'))
        chunk.code += '\nmodule.exports = Object.assign(exports.default, exports)\n'
  },
}

export default defineConfig([
  bundle(entries, [
    ascii,
    keepImport,
    requireLater,
    loadAtOnce,
    providersApart,
    loadedLater,
    callable,
    licences(bundled),
  ]),
  ...Object.entries(apart).map((entry) => bundle(Object.fromEntries([entry]), [keepImport])),
])

function bundle(input, plugins = []) {
  const hasThreads = 'adapter' in input
  return {
    input,
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    external: external.map((name) => new RegExp(`^${name}(/|$)`)),
    plugins,
    output: {
      dir: 'dist',
      // One implementation for `import` and `require` (docs/decisions/0003-few-files.md).
      format: 'cjs',
      // Where tests run in a context of their own, `import()` needs a flag.
      dynamicImportInCjs: false,
      esModule: 'if-default-prop',
      exports: 'named',
      entryFileNames: '[name].js',
      // One folder down, so that `../alert-worker.js` is right from there as it is in src/worker/.
      chunkFileNames: hasThreads ? 'chunks/[name].js' : '[name].js',
      codeSplitting: (hasThreads || Object.keys(input).length > 1) && {
        includeDependenciesRecursively: false,
        groups: hasThreads ? [{ name: createChunkNames(input), debugName: 'by who loads it' }] : [],
      },
      // Only those that tell other bundlers something.
      comments: { annotation: true, legal: false, jsdoc: false },
    },
  }
}

/**
 * Who loads a module decides in which chunk it is, so that nobody compiles what only others need, and each
 * loads few files: `shared` by the adapters and the thread that they start, `adapter` alone, `hub` alone,
 * `providers` by most providers, and those of the table above. What is loaded later stays by itself.
 */
function createChunkNames(input) {
  const files = Object.values(input).map((file) => resolve(file))
  let reached
  return (id, modules) => {
    if (files.includes(id)) return null
    if (id === resolve(providerTable)) return 'providers'
    for (const [name, holds] of Object.entries(later)) if (holds.test(id)) return name
    reached ??= reachedBy(input, modules)
    const [byAdapter, byWorker] = [reached.adapter, reached.worker].map((ids) => ids.has(id))
    const byProviders = reached.providers.filter((ids) => ids.has(id)).length
    if (byWorker) return byAdapter || byProviders > 0 ? 'shared' : 'hub'
    // A thread loads its providers without what checks options, and without what only few providers need.
    if (byProviders > (byAdapter ? 0 : reached.providers.length / 2)) return 'providers'
    return byAdapter ? 'adapter' : null
  }
}

function reachedBy(input, modules) {
  const adapter = staticallyReached(resolve(input.adapter), modules)
  const worker = staticallyReached(resolve(input['alert-worker']), modules)
  const providers = (modules.getModuleInfo(resolve(providerTable))?.dynamicallyImportedIds ?? []).map((id) =>
    staticallyReached(id, modules),
  )
  return { adapter, worker, providers }
}

function staticallyReached(entry, modules, reached = new Set()) {
  if (reached.has(entry)) return reached
  reached.add(entry)
  for (const id of modules.getModuleInfo(entry)?.importedIds ?? []) staticallyReached(id, modules, reached)
  return reached
}

/** The licences of what is bundled travel with it. */
function licences(names) {
  return {
    name: 'licences',
    generateBundle() {
      if (names.length === 0) return
      const texts = names.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}`)
      // pnpm leaves the package's own LICENSE out where another file has that word in its name.
      this.emitFile({ type: 'asset', fileName: 'third-party-notices.txt', source: texts.join('\n\n') })
    },
  }
}
