/**
 * The hub's side of a child process: reads lines and requests from stdin until the application has ended, in
 * whatever way, sends what is pending and exits.
 */
import { Worker } from 'node:worker_threads'
import { createHub } from '../hub/create-hub.ts'
import type { Hub } from '../hub/hub-types.ts'
import { type AlertOptions, checkOptions } from '../options.ts'
import { answersInTime } from '../text/network-drive.ts'
import { answer, type HostRequest, hubAnswering } from './hub-requests.ts'
import { markThread, processMark, reportUncaughtErrors } from './hub-thread.ts'
import type { ProcessMessage, ProcessSetup } from './process.ts'
import { createLineReader, fromFrame, toFrame } from './wire.ts'

/** Beyond the hub's own deadline: then the process is killed. */
const graceMs = 300
/** How often it is looked whether the application is gone. */
const guardMs = 500
const guardLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 }
/** A message wakes the application: not one for each line. */
const reportReadMs = 250

/** Serves stdin to its end. */
export function serveProcess(): void {
  markThread()
  // Only the end of the application ends this process, once everything is sent.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  process.stdout.on('error', () => {})

  let hub: Hub | undefined
  /** What has come while it is looked whether the state directory answers. */
  let early: (() => void)[] | undefined
  let closeTimeoutMs = 0
  let isClosing = false
  /**
   * Lines that have been read, each as often as it stands for others, and how many of them have been
   * reported.
   */
  let read = 0
  let reportedRead = 0
  let reporting: NodeJS.Timeout | undefined

  const lines = createLineReader({
    write: (line, times = 1) => inOrder(() => take(line, times)),
    countFailure: (failure) =>
      inOrder(() => {
        hub?.countFailure(failure)
        countRead(1)
      }),
  })

  function inOrder(work: () => void): void {
    if (early === undefined) work()
    else early.push(work)
  }

  function take(line: string, times: number): void {
    const message = fromFrame<ProcessSetup | HostRequest>(line)
    if (message === undefined) {
      hub?.write(line, times)
      countRead(times)
    } else if ('request' in message) void reply(message)
    else if (hub === undefined) void open(message)
  }

  /** What has not been reported when this process is killed counts as lost. */
  function countRead(times: number): void {
    read += times
    reporting ??= setTimeout(reportRead, reportReadMs).unref()
  }

  function reportRead(): void {
    clearTimeout(reporting)
    reporting = undefined
    if (reportedRead === read) return
    reportedRead = read
    send({ read })
  }

  async function open({ options, wire, closeTimeoutMs: ms }: ProcessSetup): Promise<void> {
    closeTimeoutMs = ms
    setImmediate(() => guard(ms))
    early = []
    // What comes next stays in the pipe.
    process.stdin.pause()
    const silentDirectory = await silentDirectoryOf(options)
    hub = createHub(options, {
      wire,
      hasOwnThread: true,
      warn() {},
      onWanted: (wanted) => send({ wanted }),
      ...(silentDirectory !== undefined && { silentDirectory }),
    })
    hub.subscribe((event) => send({ event }))
    reportUncaughtErrors(hub)
    send({ ready: true })
    const waiting = early
    early = undefined
    for (const work of waiting) work()
    process.stdin.resume()
  }

  async function reply(request: HostRequest): Promise<void> {
    if (hub === undefined) return
    reportRead()
    send(await answer(hubAnswering(hub), request))
  }

  function end(): void {
    if (isClosing) return
    isClosing = true
    lines.end()
    setTimeout(quit, closeTimeoutMs + graceMs)
    if (hub === undefined) process.exit(0)
    hub.close().then(({ delivered }) => (delivered ? process.exit(0) : quit()), quit)
  }

  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (text: string) => lines.write(text))
  process.stdin.on('end', end)
  process.stdin.on('close', end)
  process.stdin.on('error', end)
}

/** The state directory, if its file system does not answer. */
async function silentDirectoryOf(options: AlertOptions): Promise<string | undefined> {
  const { stateDir } = checkOptions(options).plan
  return stateDir === undefined || (await answersInTime(stateDir)) ? undefined : stateDir
}

/**
 * Ends this process when the application is gone and the deadline is over, also if an endless loop lets no
 * timer of this thread run.
 */
function guard(closeTimeoutMs: number): void {
  const lastMs = closeTimeoutMs + 2 * graceMs
  try {
    new Worker(
      `const parent = ${Number(process.env[processMark])}
       const timer = setInterval(() => {
         if (process.ppid === parent) return
         clearInterval(timer)
         setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${lastMs})
       }, ${guardMs})`,
      // Without the application's preloads.
      { eval: true, env: {}, execArgv: [], resourceLimits: guardLimits },
    )
      .on('error', () => {})
      .unref()
  } catch {
    // No thread can be started: the deadline of this one must do.
  }
}

/** Not `process.exit`, which would wait for a name server that does not answer. */
function quit(): void {
  process.kill(process.pid, 'SIGKILL')
}

function send(message: ProcessMessage): void {
  process.stdout.write(toFrame(message))
}
