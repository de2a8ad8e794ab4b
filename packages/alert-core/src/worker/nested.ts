/**
 * Where a hub runs in a thread or process of its own, a logger in there (of a channel module, of a preload) must not open another one: its
 * troubles would be told by the very channel that caused them, for ever.
 */
import {
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
  workerData,
} from 'node:worker_threads'

const mark = 'alert-core:thread'
/** Set in the environment of a hub's own process. */
export const processMark = 'ALERT_CORE_PROCESS'
/** The argument by which the worker file knows that it is to serve a pipe. */
export const processArgument = 'alert-core:process'
/** Under this key a hub's own thread finds what it needs in its `workerData`. */
export const threadKey = 'alert-core'

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
  return !isMainThread && typeof workerData === 'object' && workerData !== null && threadKey in workerData
}

function isHubProcess(): boolean {
  return process.env[processMark] !== undefined
}
