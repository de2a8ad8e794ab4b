/**
 * The hub's side of a thread road: reads what is posted, answers, and says in shared memory how far it is.
 */
import type { MessagePort } from 'node:worker_threads'
import type { Hub, HubPorts } from '../hub/hub-types.ts'
import { guard } from './guard.ts'
import { createIntake } from './intake.ts'
import { markThread } from './nested.ts'
import { needsLittle, openChecked } from './open-checked.ts'
import { type Answering, answer, type HostRequest } from './requests.ts'
import type { End, ThreadMessage, ThreadSetup } from './thread.ts'
import { slot, tell } from './thread-state.ts'

type Posted = string | HostRequest | End
/** What this side needs of a hub. */
type Served = Pick<Hub, 'write' | 'countFailure' | 'close' | 'subscribe' | 'reportInternalError'> & Answering

/** Opens the hub and serves it until the end is posted. */
export function serveThread(setup: ThreadSetup, port: MessagePort): void {
  const { options, wire, news, handedOver } = setup
  markThread()
  const ports: HubPorts = {
    wire,
    // The application's thread hears every fault, and warns.
    warn() {},
    onWanted: (wanted) => news.postMessage({ wanted } satisfies ThreadMessage),
  }
  if (handedOver !== undefined && needsLittle(handedOver))
    serve(openChecked(options, handedOver, ports), setup, port)
  else
    void import('../hub/create-hub.ts').then(({ createHub }) => serve(createHub(options, ports), setup, port))
}

function serve(hub: Served, { state, news }: ThreadSetup, port: MessagePort): void {
  const say = (message: ThreadMessage) => news.postMessage(message)
  const lines = createIntake(hub)
  hub.subscribe((notified) => say({ notified }))
  guard(hub)

  async function end({ endAt, leastMs }: End): Promise<void> {
    lines.end()
    await hub.close(Math.max(leastMs, endAt - Date.now()))
    tell(state, slot.ended, 1)
    leave()
  }

  async function reply(question: HostRequest): Promise<void> {
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
