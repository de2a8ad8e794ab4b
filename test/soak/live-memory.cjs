/**
 * Preloaded by a program and its threads: how much memory is alive in its own thread and in the first one
 * that it starts, which is that of the alerting. The resident set does not show that: V8 keeps garbage as
 * long as it has room, so that it rises and falls by some 70 MB.
 *
 * By `--require`: of a program that was given by `--eval` no thread starts with `--import`. Not in all
 * threads: a thread of pino waits by `Atomics.waitAsync`, and after forced collections in two of them at the
 * same time it is not woken, and reads nothing until its own limit of ten seconds is over.
 */
const { setFlagsFromString } = require('node:v8')
const { runInNewContext } = require('node:vm')
const { BroadcastChannel, isMainThread, threadId } = require('node:worker_threads')

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const channel = new BroadcastChannel('live-memory')

function live() {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}

/** For the test of this measurement: each line that is parsed stays alive, with what is in it. */
function keepRecords() {
  const kept = []
  const { parse } = JSON
  JSON.parse = (...given) => {
    const value = parse(...given)
    kept.push(given[0], value)
    return value
  }
}

if (isMainThread) {
  let isStarted = false
  let hear = (_megabytes) => {}
  channel.onmessage = ({ data }) => {
    isStarted = true
    if (data !== 'started') hear(data)
  }
  /** Megabytes that are alive in both threads, if the second has started. */
  globalThis.liveMegabytes = async () => {
    if (!isStarted) return live()
    // Neither the channel nor the thread keeps the process alive.
    const waiting = setInterval(() => {}, 1_000)
    const answered = new Promise((resolve) => {
      hear = resolve
    })
    channel.postMessage('measure')
    const megabytes = await answered
    clearInterval(waiting)
    return megabytes + live()
  }
} else if (threadId === 1) {
  if (process.env.ALERT_KEEP_RECORDS === '1') keepRecords()
  channel.onmessage = () => channel.postMessage(live())
  channel.postMessage('started')
}
channel.unref()
