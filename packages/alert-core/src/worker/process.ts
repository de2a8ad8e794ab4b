/**
 * The hub in a process of its own, over a pipe: a line has left this process when `write` returns, so that it
 * is delivered even if SIGKILL follows in the same tick. The child lives as long as its pipe, and a last
 * delivery longer.
 */
import type { ChildProcess } from 'node:child_process'
import type { Wanted } from '../hub/hub-types.ts'
import type { AlertEvent } from '../model.ts'
import { type AlertOptions, checkOptions } from '../options.ts'
import { createLines } from '../read/lines.ts'
import type { Host, HostEvents, HostSetup } from './host.ts'
import { type Answer, createHubRequests } from './hub-requests.ts'
import { processArgument, processMark, workerFile } from './hub-thread.ts'
import { createPipe, descriptorOf, waitForEnd } from './pipe.ts'
import { warnError } from './warnings.ts'
import { createWatchdog } from './watchdog.ts'
import { countLines, fromFrame, maxLineChars, toFrame } from './wire.ts'

/** The first frame to the child. */
export type ProcessSetup = Omit<HostSetup, 'checked'>

/** What the child writes. */
export type ProcessMessage =
  | { readonly ready: true }
  /** So many lines have been read, each as often as it stands for others. */
  | { readonly read: number }
  | { readonly event: AlertEvent }
  | { readonly wanted: Wanted }
  | Answer

/** Beyond the child's own deadline. */
const graceMs = 500

/** Starts the child; throws if no Node.js program can be started. */
export function openProcessHost({ checked: _, ...setup }: HostSetup, events: HostEvents): Host {
  const child = startChild(setup.options)
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('the process has no pipe')
  const pipe = createPipe(stdin, events.onDrain, lose)
  const requests = createHubRequests({ post: (request) => pipe.write(toFrame(request)) })
  const watchdog = createWatchdog({
    hasWork: () => !isGone && sent !== read,
    progress: () => (unread === undefined ? String(read) : undefined),
    onStall(error) {
      // It ignores any other signal while it loops.
      child.kill('SIGKILL')
      lose(error)
    },
  })
  /** Kept until the child is up, for the host that takes its place if it never is. */
  let unread: string[] | undefined = []
  /** Lines written to the child, and lines that it says it has read. */
  let sent = 0
  let read = 0
  let isGone = false
  let isClosing = false
  let afterExit = () => {}

  unref(child, stdin, stdout)
  pipe.write(toFrame(setup satisfies ProcessSetup))
  const messages = createLines(receive, () => {}, maxLineChars)
  stdout.setEncoding('utf8')
  stdout.on('data', (text: string) => messages.write(text))
  stdout.on('error', () => {})
  child.on('error', lose)
  child.on('exit', (code, signal) => lose(new Error(`it ended with ${signal ?? code}`)))

  function receive(line: string): void {
    const message = fromFrame<ProcessMessage>(line)
    if (message === undefined) return
    // An exit after the answer to `close` loses nothing, though the 'exit' event may come first.
    if ('answer' in message) isClosing = requests.settle(message) === 'close' || isClosing
    else if ('wanted' in message) events.onWanted(message.wanted)
    else if ('event' in message) {
      warnError(message.event)
      events.onEvent(message.event)
    } else if ('read' in message) read = message.read
    else {
      unread = undefined
      events.onReady()
    }
  }

  function lose(error: unknown): void {
    if (isGone) return
    isGone = true
    watchdog.stop()
    requests.close()
    afterExit()
    if (!isClosing) events.onLost(error, unread ?? [], unread === undefined ? sent - read : 0)
  }

  /** The end of process 1 kills all others, as in a container. */
  function waitForChild(): void {
    const fd = descriptorOf(stdout!)
    stdin!.destroy()
    if (fd !== undefined) waitForEnd(fd, setup.closeTimeoutMs + graceMs)
  }

  return {
    write(lines) {
      if (isGone || isClosing) return 'gone'
      unread?.push(lines)
      sent += countLines(lines)
      watchdog.watch()
      return pipe.write(lines) ? 'open' : 'full'
    },
    flushSync: (ms) => pipe.drain(ms),
    flush: (options) => requests.request('flush', options),
    async close() {
      const result = await requests.request('close', undefined)
      isClosing = true
      if (isGone) return result
      const gone = new Promise<void>((resolve) => {
        afterExit = resolve
      })
      stdin.end()
      child.ref()
      await gone
      return result
    },
    stats: () => requests.request('stats', undefined),
    request: requests.request,
    abandon() {
      isClosing = true
      stdin.destroy()
      child.kill('SIGKILL')
    },
    // The child sees the end of the pipe.
    closeAtExit() {
      pipe.drain(setup.closeTimeoutMs)
      return process.pid === 1 ? waitForChild : () => {}
    },
  }
}

function startChild(options: AlertOptions): ChildProcess {
  refuseForeignPrograms()
  const file = workerFile()
  // Loaded here only: every start would pay for it.
  return process.getBuiltinModule('node:child_process').spawn(process.execPath, [file, processArgument], {
    // Ctrl-C goes to the whole process group; the child must still send what is pending.
    detached: true,
    windowsHide: true,
    // A reader that waits for the end of our stderr would wait for the child too: it inherits stderr only to
    // write alerts there.
    stdio: ['pipe', 'pipe', writesToStderr(options) ? 'inherit' : 'ignore'],
    env: {
      ...process.env,
      [processMark]: String(process.pid),
      ...(process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' }),
    },
  })
}

/** In an executable that holds its program, `execPath` would start the application once more. */
function refuseForeignPrograms(): void {
  const isPacked = 'pkg' in process || process.versions['bun'] !== undefined || isSingleExecutable()
  if (isPacked) throw new Error('this program is not a Node.js that could run another file')
}

function isSingleExecutable(): boolean {
  const sea = process.getBuiltinModule?.('node:sea')
  return sea?.isSea() === true
}

function writesToStderr(options: AlertOptions): boolean {
  return checkOptions(options).plan.channels.some(({ type }) => type === 'console')
}

/**
 * None of the child's handles may hold this process; sockets have `unref`, which the types of streams do not
 * say.
 */
function unref(...handles: readonly object[]): void {
  for (const handle of handles) {
    const method: unknown = Reflect.get(handle, 'unref')
    if (typeof method === 'function') Reflect.apply(method, handle, [])
  }
}
