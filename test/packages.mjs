// Checks each package as it would be published: its files, publint, how its types resolve in every way, npm's
// own dry run, that packing it twice gives the same bytes, and the licences of what it brings along.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
// What npm says of every dry run outside a session with the registry.
const expectedWarning = 'This command requires you to be logged in'

/** All of them allow any use, as ours does. */
const licences = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
])

const installScripts = ['preinstall', 'install', 'postinstall', 'prepare']

const folder = mkdtempSync(join(tmpdir(), 'alert-pack-'))
try {
  for (const name of readdirSync(join(root, 'packages'))) checkPackage(name)
  checkLicences()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function checkPackage(name) {
  const cwd = join(root, 'packages', name)
  const tarball = pack(name, cwd, folder)
  checkSameBytes(name, cwd, tarball)
  execFileSync(bin('publint'), ['run', '--strict', tarball], { stdio: 'inherit' })
  execFileSync(bin('attw'), [tarball], { stdio: 'inherit' })
  checkManifest(name, JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')))
  checkDryRun(name, tarball)
  // pnpm adds the licence of the repository to each package, npm does not.
  checkDryRun(name, cwd)
}

function pack(name, cwd, into) {
  execFileSync('npx', ['-y', 'pnpm@10', 'pack', '--pack-destination', into], { cwd })
  return join(
    into,
    readdirSync(into).find((file) => file.startsWith(`${name}-`)),
  )
}

/** Anybody who builds the same commit can compare. */
function checkSameBytes(name, cwd, tarball) {
  const again = mkdtempSync(join(folder, 'again-'))
  const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex')
  if (digest(pack(name, cwd, again)) !== digest(tarball))
    throw new Error(`${name}: packing it twice gives different files`)
}

/** Of everything that an installed package brings along. */
function checkLicences() {
  const packages = readdirSync(join(root, 'packages')).flatMap((name) => ['--filter', name])
  const args = ['-y', 'pnpm@10', ...packages, 'licenses', 'list', '--prod', '--json']
  const found = JSON.parse(execFileSync('npx', args, { cwd: root, encoding: 'utf8' }))
  const others = Object.entries(found).filter(
    ([licence]) =>
      !licence
        .replace(/[()]/g, '')
        .split(' OR ')
        .some((one) => licences.has(one)),
  )
  if (others.length > 0)
    throw new Error(
      `licences: ${others.map(([licence, list]) => `${licence} (${list.map(({ name }) => name)})`).join('; ')}`,
    )
}

/** What npm does not ask for, but a published package needs. */
function checkManifest(name, manifest) {
  const { description, keywords, sideEffects, files, publishConfig, license, scripts = {} } = manifest
  const atInstall = installScripts.filter((script) => script in scripts)
  if (atInstall.length > 0) throw new Error(`${name}: its installation runs ${atInstall.join(', ')}`)
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
