/**
 * What makes a thread or process the hub's own. A logger in there (of a channel module, of a preload) must
 * not open another hub: the channel that fails would have to deliver the alerts on its own failure, for ever.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
  workerData,
} from 'node:worker_threads'
import type { Hub } from '../hub/hub-types.ts'
import type { AlertOptions, Plan } from '../options.ts'
import { isObjectOrList } from '../text/get-path.ts'
import { isOnNetworkDrive } from '../text/network-drive.ts'
import { cleanLine, cutChars } from '../text/text.ts'

const mark = 'alert-core:thread'
/** Set in the environment of a hub's own process. */
export const processMark = 'ALERT_CORE_PROCESS'
/** The argument by which the worker file knows that it is to serve a pipe. */
export const processArgument = 'alert-core:process'
/** The key of what a hub's thread is started with, in a hub thread's `workerData`. */
export const threadKey = 'alert-core'
/** The name under which bundlers say where they have put the worker file, as pino's own do. */
const bundledName = 'alert-core/worker'

/** From now on this thread, and every one it starts, belongs to a hub. */
export function markThread(): void {
  if (getEnvironmentData(mark) === undefined) setEnvironmentData(mark, threadId)
}

/** Whether a thread above this one belongs to a hub; a second hub beside the first in one thread is fine. */
export function isBelowHub(): boolean {
  const owner = getEnvironmentData(mark)
  return (owner !== undefined && owner !== threadId) || isHubProcess()
}

/** Whether this very thread, or one above it, belongs to a hub. */
export function isInHub(): boolean {
  if (getEnvironmentData(mark) !== undefined || isHubProcess()) return true
  return !isMainThread && isObjectOrList(workerData) && threadKey in workerData
}

function isHubProcess(): boolean {
  return process.env[processMark] !== undefined
}

/**
 * From now on an error that nothing caught (of a channel module) is an internal error, and does not end the
 * thread or process.
 */
export function reportUncaughtErrors(hub: Pick<Hub, 'reportInternalError'>): void {
  const report = (error: unknown) => {
    const message = cutChars(cleanLine(error instanceof Error ? error.message : String(error)), 200)
    hub.reportInternalError('ALERT_UNCAUGHT_ERROR', `An error was not caught: ${message}`)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}

/** Whether code of the application runs in the hub: it may loop, throw, or end its thread. */
export function hasForeignCode({ channels }: AlertOptions): boolean {
  return Object.entries(channels ?? {}).some(([name, channel]) => (channel?.type ?? name) === 'module')
}

/** Whether the hub may wait without end for a file: only a process of its own can be ended then. */
export function usesNetworkDrive({ stateDir, reload }: Plan): boolean {
  if (stateDir !== undefined && isOnNetworkDrive(stateDir)) return true
  return reload?.from === 'file' && isOnNetworkDrive(reload.place)
}

/**
 * The path of the worker file; throws if it is missing. A thread that does not find its file says so only
 * later, and an exit would wait for it.
 */
export function workerFile(): string {
  // Not a name that a file of an application's own has: in a bundle this is a path beside it.
  const file = bundledWorkerFile() ?? fileURLToPath(new URL('../alert-worker.js', import.meta.url))
  if (!existsSync(file)) throw new Error('its file is missing')
  return file
}

/** The path that a bundler gives for the worker file; `undefined` without one. */
export function bundledWorkerFile(): string | undefined {
  const paths: unknown = Reflect.get(globalThis, '__bundlerPathsOverrides')
  if (!isObjectOrList(paths) || !Object.hasOwn(paths, bundledName)) return undefined
  const path: unknown = Reflect.get(paths, bundledName)
  return typeof path === 'string' ? path : undefined
}
