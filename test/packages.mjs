// Checks each package as it would be published: its files, publint, how its types resolve in every way
// and npm's own dry run.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
// What npm says of every dry run outside a session with the registry.
const expectedWarning = 'This command requires you to be logged in'

const folder = mkdtempSync(join(tmpdir(), 'alert-pack-'))
try {
  for (const name of readdirSync(join(root, 'packages'))) checkPackage(name)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function checkPackage(name) {
  const cwd = join(root, 'packages', name)
  execFileSync('npx', ['-y', 'pnpm@10', 'pack', '--pack-destination', folder], { cwd })
  const tarball = join(
    folder,
    readdirSync(folder).find((file) => file.startsWith(`${name}-`)),
  )
  execFileSync(bin('publint'), ['run', '--strict', tarball], { stdio: 'inherit' })
  execFileSync(bin('attw'), [tarball], { stdio: 'inherit' })
  checkManifest(name, JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')))
  checkDryRun(name, tarball)
  // pnpm adds the licence of the repository to each package, npm does not.
  checkDryRun(name, cwd)
}

/** What npm does not ask for, but a published package needs. */
function checkManifest(name, { description, keywords, sideEffects, files, publishConfig, license }) {
  const missing = Object.entries({
    description,
    license,
    keywords: keywords?.length > 0,
    files: files?.length > 0,
    sideEffects: sideEffects !== undefined,
    'publishConfig.access': publishConfig?.access === 'public',
    'publishConfig.provenance': publishConfig?.provenance,
  }).filter(([, value]) => !value)
  if (missing.length > 0)
    throw new Error(`${name}: package.json lacks ${missing.map(([key]) => key).join(', ')}`)
}

/** Publishes nothing. Provenance needs the release workflow. */
function checkDryRun(name, published) {
  const args = ['publish', '--dry-run', '--json', '--provenance=false', published]
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' })
  const complaints = stderr
    .split('\n')
    .filter((line) => /^npm (warn|error)/i.test(line) && !line.includes(expectedWarning))
    // Settings of pnpm, which runs this script, that npm does not know.
    .filter((line) => !/Unknown (env|user|project) config/.test(line))
  if (status !== 0 || complaints.length > 0)
    throw new Error(`${name}: npm publish --dry-run says\n${complaints.join('\n') || stderr}`)
  const report = JSON.parse(stdout)
  const { files, unpackedSize } = report[name] ?? report
  const paths = files.map(({ path }) => path)
  for (const needed of ['README.md', 'LICENSE', 'package.json'])
    if (!paths.includes(needed)) throw new Error(`${name}: ${needed} is not in the package`)
  const stray = paths.filter((path) => /(^|\/)(src|test)\/|\.tsbuildinfo$|\.ts$(?<!\.d\.ts)/.test(path))
  if (stray.length > 0) throw new Error(`${name}: ${stray.join(', ')} must not be published`)
  console.log(
    `${name}: npm publish --dry-run is clean, ${paths.length} files, ${Math.round(unpackedSize / 1024)} kB`,
  )
}
