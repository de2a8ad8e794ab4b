// A module of a package as its sources have it: what is measured need not be among the names that the package
// exports.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const packages = fileURLToPath(new URL('../../packages/', import.meta.url))

/** Compiles `<folder>/<file>` with what it imports, and imports it. Throws if the file does not exist. */
export async function importSource(file, folder = packages) {
  return withSource(file, (compiled) => import(compiled), folder)
}

/** The same for a thread, which imports it by its URL while `use` runs. */
export async function withSource(file, use, folder = packages) {
  const { build } = await import('rolldown')
  const directory = mkdtempSync(join(tmpdir(), 'alert-source-'))
  try {
    const compiled = join(directory, 'source.mjs')
    await build({
      input: join(folder, file),
      platform: 'node',
      logLevel: 'silent',
      output: { file: compiled, format: 'esm', codeSplitting: false },
    })
    return await use(pathToFileURL(compiled).href)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
