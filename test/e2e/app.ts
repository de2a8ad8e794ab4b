// Runs programs in the application folder as a user would: own process, packed tarballs, real sockets.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, constants, copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { inject } from 'vitest'
import { noHurryFile } from './install.ts'

export type Inbox = Awaited<ReturnType<typeof import('alert-transport').createInbox>>
export type Received = ReturnType<Inbox['received']>[number]

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From start to end of the process. */
  readonly ms: number
  /** From the start until stderr matched; `undefined` if it never did. */
  msUntil(pattern: RegExp): number | undefined
  /** When it ended, epoch ms. */
  readonly endedAt: number
}

export interface RunOptions {
  /** 'mjs' for ESM, 'cjs' for CommonJS. */
  readonly extension?: 'mjs' | 'cjs'
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
  /** The user to run as; only root can ask for one. */
  readonly uid?: number
  /** Files that the process may have open at once. */
  readonly openFiles?: number
  readonly args?: readonly string[]
  /** A command before it, such as `unshare`. */
  readonly under?: readonly string[]
}

const app = () => inject('app')

/**
 * Options with the longest time for the end: a slow machine may need more than the usual 3 s to
 * deliver everything.
 */
export function unhurried(options: object): object {
  return { closeTimeout: '9s', ...options }
}

/** The same for programs whose options are not to be changed: their environment. */
export function noHurry(): Readonly<Record<string, string>> {
  return { ALERT_CONFIG: join(app(), noHurryFile) }
}

/** The packed alert-transport. */
export async function importTools(): Promise<typeof import('alert-transport')> {
  return import(pathToFileURL(join(app(), 'node_modules/alert-transport/dist/index.js')).href)
}

/** An inbox from the packed alert-transport. */
export async function openInbox(
  options?: Parameters<typeof import('alert-transport').createInbox>[0],
): Promise<Inbox> {
  const kit = await importTools()
  return kit.createInbox(options)
}

/** Writes a program into the application folder; returns its path. */
async function writeProgram(source: string, extension = 'mjs'): Promise<string> {
  const file = join(app(), `program-${randomUUID()}.${extension}`)
  await writeFile(file, source)
  return file
}

/** This Node, where any user may run it: it may stand in a folder that is closed to others, as npx's is. */
async function nodeForAll(): Promise<string> {
  const copy = join(app(), 'node')
  await copyFile(process.execPath, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    },
  )
  await chmod(copy, 0o755)
  return copy
}

/** Runs a program to its end. */
export async function runProgram(source: string, options: RunOptions = {}): Promise<Ended> {
  const file = await writeProgram(source, options.extension)
  const started = performance.now()
  const node = options.uid === undefined ? process.execPath : await nodeForAll()
  const command = [...(options.under ?? []), node, ...(options.nodeArgs ?? []), file, ...(options.args ?? [])]
  const limited = ['sh', '-c', `ulimit -n ${options.openFiles}; exec "$@"`, 'sh', ...command]
  const [first, ...rest] = options.openFiles === undefined ? command : limited
  const child = spawn(first!, rest, {
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    cwd: app(),
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const heard: { readonly chars: number; readonly ms: number }[] = []
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
    heard.push({ chars: stderr.length, ms: performance.now() - started })
  })
  const [code, signal] = await once(child, 'close')
  return {
    code,
    signal,
    stdout,
    stderr,
    ms: performance.now() - started,
    msUntil: (pattern) => heard.find(({ chars }) => pattern.test(stderr.slice(0, chars)))?.ms,
    endedAt: Date.now(),
  }
}

/** Runs another command than Node with a program of ours to its end. */
export async function runCommand(
  [command, ...args]: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv },
): Promise<Pick<Ended, 'code' | 'stdout' | 'stderr'>> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)]
  const [code] = await once(child, 'close')
  return { code, stdout: await stdout, stderr: await stderr }
}

/** In the error of a program that was late: vitest.config.ts has its test run once more. */
const late = 'did not deliver everything within its time'

/**
 * The same for a program that has to deliver everything, to a provider that answers. Its time is limited, to
 * 9 s at most, and a machine may be so busy that this is not enough: then it says so itself.
 */
export async function runInTime(source: string, options?: RunOptions): Promise<Ended> {
  return inTime(await runProgram(source, options))
}

export function inTime<Given extends Pick<Ended, 'stderr'>>(ended: Given): Given {
  if (ended.stderr.includes('[ALERT_UNDELIVERED]')) throw new Error(`The program ${late}:\n${ended.stderr}`)
  return ended
}

/** The documented JSON body of the webhook provider, as far as these tests look at it. */
export interface WebhookBody {
  readonly id: string
  readonly reason: string
  readonly severity: string
  readonly subject: string
  readonly alerts: readonly {
    readonly id: string
    readonly count: number
    readonly newCount: number
    readonly [field: string]: unknown
  }[]
}

export function webhookBody(received: Received): WebhookBody {
  return JSON.parse(received.request.body)
}

/** Records delivered over all notifications: the sum of what each added. */
export function countDelivered(received: readonly Received[]): number {
  return received.flatMap((each) => webhookBody(each).alerts).reduce((sum, alert) => sum + alert.newCount, 0)
}
