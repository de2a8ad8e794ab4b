/**
 * The hub's side of a thread road: reads what is posted, answers, and says in shared memory how far it is.
 */
import type { MessagePort } from 'node:worker_threads'
import { createHub } from '../hub.ts'
import { answer, type Question } from './ask.ts'
import { guard } from './guard.ts'
import { createIntake } from './intake.ts'
import { markThread } from './nested.ts'
import type { End, ThreadMessage, ThreadSetup } from './thread-road.ts'
import { slot, tell } from './thread-state.ts'

type Posted = string | Question | End

/** Opens the hub and serves it until the end is posted. */
export function serveThread({ options, wire, state, news }: ThreadSetup, port: MessagePort): void {
  markThread()
  const say = (message: ThreadMessage) => news.postMessage(message)
  // The application's thread hears every fault, and warns.
  const hub = createHub(options, { wire, warn() {}, onWanted: (wanted) => say({ wanted }) })
  const lines = createIntake(hub)
  hub.subscribe((told) => say({ told }))
  guard(hub)

  async function end({ endAt, leastMs }: End): Promise<void> {
    lines.end()
    await hub.close(Math.max(leastMs, endAt - Date.now()))
    tell(state, slot.ended, 1)
    leave()
  }

  async function reply(question: Question): Promise<void> {
    say(await answer(hub, question))
    if (question.ask !== 'close') return
    // An exit that begins meanwhile would wait for it in vain.
    tell(state, slot.ended, 1)
    leave()
  }

  /** A turn later, so that what was said is on its way. */
  function leave(): void {
    setImmediate(() => process.exit(0))
  }

  port.on('message', (posted: Posted) => {
    if (typeof posted === 'string') {
      lines.write(posted)
      Atomics.add(state, slot.read, posted.length)
      Atomics.notify(state, slot.read)
      if (Atomics.exchange(state, slot.wantsRoom, 0) === 1) say({ room: true })
    } else if ('endAt' in posted) void end(posted)
    else void reply(posted)
  })
  tell(state, slot.up, 1)
  say({ ready: true })
}
