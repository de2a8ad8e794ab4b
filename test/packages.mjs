// Checks each package as it would be published: publint on the packed files, and how its types resolve for ESM consumers.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const folder = mkdtempSync(join(tmpdir(), 'alert-pack-'))
try {
  for (const name of ['alert-core', 'pino-alert-transport', 'winston-alert-transport', 'alert-transport']) {
    const cwd = join(root, 'packages', name)
    execFileSync('npx', ['-y', 'pnpm@10', 'pack', '--pack-destination', folder], { cwd })
    execFileSync(bin('publint'), ['run', '--strict', cwd], { stdio: 'inherit' })
    const tarball = readdirSync(folder).find((file) => file.startsWith(`${name}-`))
    execFileSync(bin('attw'), ['--profile', 'esm-only', join(folder, tarball)], { stdio: 'inherit' })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
