// Packs the packages as they would be published and installs the tarballs into an empty application,
// once for the whole tree. The end-to-end tests run their programs in that folder: they see what a user sees.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

/** Options with the longest time for the end, in the folder of the application. */
export const noHurryFile = 'no-hurry.json'

/** What applications around the adapters are made of. */
const frameworks = [
  '@nestjs/common@12',
  '@nestjs/core@12',
  '@nestjs/platform-express@12',
  'nestjs-pino@5',
  'pino-http@11',
  'reflect-metadata@0.2',
  'rxjs@7',
  'express@5',
  '@godaddy/terminus@4',
  'http-graceful-shutdown@4',
  'stoppable@1',
]

export default async function install(project: TestProject): Promise<() => Promise<void>> {
  const app = await mkdtemp(join(tmpdir(), 'alert-e2e-'))
  const tarballs = join(app, 'tarballs')
  await mkdir(tarballs)
  await writeFile(join(app, noHurryFile), '{ "closeTimeout": "9s" }\n')
  await run('npx', ['-y', 'pnpm@10', '--filter', './packages/*', 'pack', '--pack-destination', tarballs], {
    cwd: root,
  })
  const files = (await readdir(tarballs)).map((file) => `./tarballs/${file}`)
  await writeFile(join(app, 'package.json'), '{ "name": "app", "private": true }\n')
  await run(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      ...files,
      'pino@10',
      'winston@3',
      'typescript@7',
      '@types/node@20',
      ...frameworks,
    ],
    { cwd: app },
  )
  project.provide('app', app)
  return () => rm(app, { recursive: true, force: true })
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the application into which the tarballs were installed. */
    app: string
  }
}
