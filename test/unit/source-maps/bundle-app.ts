/** A small application, built by a real bundler, that says which stack its error has. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import type { Configuration, Stats } from 'webpack'

const run = promisify(execFile)
const webpack = createRequire(import.meta.url)('webpack') as (
  configuration: Configuration,
  done: (error: Error | null, stats?: Stats) => void,
) => void

const charge = `
class Gateway {
  charge(amount) {
    if (amount > 5) throw new Error('card was declined')
    return requireAmount(amount)
  }
}
export const gateway = new Gateway()
export function requireAmount(amount) {
  if (!(amount > 0)) throw new RangeError('amount is missing: ' + amount + JSON.stringify(process.argv.length))
  return amount
}
export const refund = async (amount) => {
  await null
  console.error(amount)
  throw new TypeError('refund failed')
}
`
const main = `
import { gateway, refund, requireAmount } from './pay/charge.js'
import { retry } from './retry.js'
import * as other from './other.js'

const failures = [() => gateway.charge(9), () => requireAmount(-1), () => requireAmount(Number(process.env.NONE)), () => refund(1)]
for (const failure of failures) {
  try {
    await retry(failure)
  } catch (error) {
    console.log(JSON.stringify({ level: 50, time: 1.79e12, err: { type: error.name, message: error.message, stack: error.stack }, msg: 'payment failed' }))
  }
}
if (process.env.OTHER) console.log(other)
`
const sources = {
  'src/main.js': main,
  'src/pay/charge.js': charge,
  'src/retry.js': 'export const retry = async (work) => { for (let n = 0; n < 1; n++) return await work() }',
}

/** What another release has in addition: functions that come first and take the short names. */
const others = {
  first: 'export const one = 1',
  second: `${Array.from({ length: 60 }, (_, n) => `export function f${n}(x) { return f${(n + 1) % 60}(x ?? ${n}) }`).join('\n')}\nconsole.error(f1.name)`,
}

export type Bundler = 'esbuild' | 'webpack'

/** Builds into a folder of its own and runs; resolves to the lines that the application logs. */
export async function logOf(
  bundler: Bundler,
  other: keyof typeof others,
  options: { readonly map?: 'file' | 'inline' | 'none' } = {},
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'alert-source-map-'))
  folders.push(folder)
  for (const [path, text] of Object.entries({ ...sources, 'src/other.js': others[other] })) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const { map = 'file' } = options
  const file = bundler === 'esbuild' ? await byEsbuild(folder, map) : await byWebpack(folder, map)
  const { stdout } = await run(process.execPath, [file])
  return stdout.trim().split('\n')
}

async function byEsbuild(folder: string, map: 'file' | 'inline' | 'none'): Promise<string> {
  const outfile = join(folder, 'dist/server.js')
  await build({
    entryPoints: [join(folder, 'src/main.js')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    sourcemap: map === 'file' ? true : map === 'inline' ? 'inline' : false,
    logLevel: 'silent',
  })
  return outfile
}

async function byWebpack(folder: string, map: 'file' | 'inline' | 'none'): Promise<string> {
  const configuration: Configuration = {
    mode: 'production',
    target: 'node20',
    context: folder,
    entry: './src/main.js',
    output: { path: join(folder, 'dist'), filename: 'server.[contenthash].cjs' },
    devtool: map === 'file' ? 'source-map' : map === 'inline' ? 'inline-source-map' : false,
  }
  const stats = await new Promise<Stats>((resolve, reject) => {
    webpack(configuration, (error, built) => (built === undefined ? reject(error) : resolve(built)))
  })
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }))
  const name = Object.keys(stats.compilation.assets).find((asset) => asset.endsWith('.cjs'))!
  return join(folder, 'dist', name)
}

const folders: string[] = []

export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
}
