/**
 * The hub's side of a process road: reads lines and questions from stdin until the other end is gone, however it went, tells what is pending
 * and leaves.
 */
import { createHub } from '../hub/create-hub.ts'
import type { Hub } from '../hub/hub-types.ts'
import { fromFrame, toFrame } from './frames.ts'
import { guard } from './guard.ts'
import { createIntake } from './intake.ts'
import { markThread } from './nested.ts'
import type { ProcessMessage, ProcessSetup } from './process.ts'
import { answer, type HostRequest } from './requests.ts'

/** Beyond the hub's own deadline: whoever does not leave by then is made to. */
const graceMs = 300
/** The application is woken by it: not for each line. */
const sayReadMs = 250

/** Serves stdin to its end. */
export function serveProcess(): void {
  markThread()
  // The end of the application ends us, and nothing else does before all is told.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  process.stdout.on('error', () => {})

  let hub: Hub | undefined
  let closeTimeoutMs = 0
  let isEnding = false
  /** Lines that have been read, as often as they stand for others, and how many of them have been said. */
  let read = 0
  let saidRead = 0
  let sayingRead: NodeJS.Timeout | undefined

  const lines = createIntake({
    write(line, times = 1) {
      const message = fromFrame<ProcessSetup | HostRequest>(line)
      if (message === undefined) {
        hub?.write(line, times)
        countRead(times)
      } else if ('ask' in message) void reply(message)
      else if (hub === undefined) open(message)
    },
    countFailure(failure) {
      hub?.countFailure(failure)
      countRead(1)
    },
  })

  /** What has not been said of when this process is killed counts as lost. */
  function countRead(times: number): void {
    read += times
    sayingRead ??= setTimeout(sayRead, sayReadMs).unref()
  }

  function sayRead(): void {
    clearTimeout(sayingRead)
    sayingRead = undefined
    if (saidRead === read) return
    saidRead = read
    say({ read })
  }

  function open({ options, wire, closeTimeoutMs: ms }: ProcessSetup): void {
    closeTimeoutMs = ms
    hub = createHub(options, { wire, warn() {}, onWanted: (wanted) => say({ wanted }) })
    hub.subscribe((notified) => say({ notified }))
    guard(hub)
    say({ ready: true })
  }

  async function reply(question: HostRequest): Promise<void> {
    if (hub === undefined) return
    sayRead()
    say(await answer(hub, question))
  }

  function end(): void {
    if (isEnding) return
    isEnding = true
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

/** Not `process.exit`: that would wait for a name server that does not answer. */
function quit(): void {
  process.kill(process.pid, 'SIGKILL')
}

function say(message: ProcessMessage): void {
  process.stdout.write(toFrame(message))
}
