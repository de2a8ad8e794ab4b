/**
 * The second half of a package's build, run in its folder after `tsc -b` has written the types: its entries as a few files, because Node
 * takes longer to find and link 300 small modules than to run them (docs/decisions/0003-few-files.md). What a package's `build` says:
 * `entries` share their chunks, those `apart` share nothing, and `bundled` dependencies become part of the files.
 */
import { readFileSync } from 'node:fs'
import { defineConfig } from 'rolldown'

const { dependencies = {}, peerDependencies = {}, build } = JSON.parse(readFileSync('package.json', 'utf8'))
const { entries, apart = [], bundled = [] } = build
const external = Object.keys({ ...dependencies, ...peerDependencies }).filter(
  (name) => !bundled.includes(name),
)

export default defineConfig([bundle(entries, [licences(bundled)]), ...apart.map((name) => bundle([name]))])

function bundle(names, plugins = []) {
  return {
    input: Object.fromEntries(names.map((name) => [name, `src/${name}.ts`])),
    platform: 'node',
    external: external.map((name) => new RegExp(`^${name}(/|$)`)),
    plugins,
    output: {
      dir: 'dist',
      format: 'esm',
      entryFileNames: '[name].js',
      // One folder down, so that `../worker.js` is right from there as it is in src/.
      chunkFileNames: (chunk) => `chunks/${roomOf(chunk)}.js`,
      codeSplitting: names.length > 1,
      // Only those that tell other bundlers something.
      comments: { annotation: true, legal: false, jsdoc: false },
    },
  }
}

/** A chunk is named after the highest floor that it holds. */
function roomOf({ name, moduleIds }) {
  const rooms = ['hub', 'options', 'link']
  return rooms.find((room) => moduleIds.some((id) => id.match(/\/src\/(\w+)/)?.[1] === room)) ?? name
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
