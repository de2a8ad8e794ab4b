/** The link to the process that notifies: made, used, and given up when that does not answer. */
import { createPendingRequests, type Outcome } from '../requests/pending-requests.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { Lease, Link, Message } from './lease-types.ts'
import type { Outbox } from './outbox.ts'
import { beatMs, mostMissed, type PeerParts } from './place.ts'

export interface FollowerOptions extends PeerParts {
  readonly outbox: Outbox
  /** Looks for the process that notifies; `silent` is not asked. */
  readonly rejoin: (silent?: string) => void
}

/** Requests that wait for their answers. */
const maxWaiting = 100

export type Answer = 'welcome' | 'cut off' | 'no answer'

export interface Follower {
  follow(to: Lease): Promise<Answer>
  /** A second has passed. */
  beat(): void
  /** The process that has the lease does not answer: it is replaced. */
  replaceSilent(): void
  /** Asks it, or else to send what is due; undefined if it does not answer in time. */
  ask(withinMs: number, question?: unknown): Promise<Outcome | undefined>
  /** Submits all; true once that is saved and the process may end, false if that takes longer. */
  submitRest(withinMs: number): Promise<boolean>
  /** Processes that it knows. */
  processes(): number
}

export function createFollower(options: FollowerOptions): Follower {
  const { id, process, options: sign, place, leases, host, clock, outbox, rejoin } = options
  const requests = createLinkRequests(options)
  let missed = 0
  let processes = 2
  /** Whose link it is. */
  let followed = ''
  let endLeaving: ((isSaved: boolean) => void) | undefined

  async function follow(to: Lease): Promise<Answer> {
    const link = await leases.connect(to)
    if (link === undefined) return 'no answer'
    followed = to.id
    const answer = await askToJoin(link)
    if (answer !== 'welcome' || place.isClosed) link.close()
    return answer
  }

  function askToJoin(link: Link): Promise<Answer> {
    return new Promise((resolve) => {
      let isWaiting = true
      const end = (answer: Answer) => {
        silence.stop()
        isWaiting = false
        resolve(answer)
      }
      const silence = createSilenceTimer(clock, () => end('no answer'))
      silence.restart()
      link.receive({
        message(message) {
          if (isWaiting) silence.restart()
          if (place.link === link) hear(message)
          else if (isWaiting && 'welcome' in message) {
            enter(link, message.welcome)
            end('welcome')
          }
        },
        unreadable: () => host().reportUnlike(followed, 'version'),
        closed() {
          end('cut off')
          if (place.link === link) lose()
        },
      })
      link.send({ hello: { id, process, ...(sign === undefined ? {} : { options: sign }) } })
    })
  }

  function enter(link: Link, { seen, silences }: Extract<Message, { welcome: object }>['welcome']): void {
    const isFirst = place.countsHere
    place.connect(link)
    place.follow()
    missed = 0
    outbox.see(seen)
    host().useSilences(silences)
    if (isFirst) outbox.cut()
    for (const delta of outbox.unsaved()) link.send({ delta })
    if (isFirst) host().stepDown(outbox.rest())
    outbox.send()
  }

  function hear(message: Message): void {
    missed = 0
    if ('seen' in message) {
      outbox.see(message.seen)
      outbox.send()
    } else if ('goodbye' in message) endLeaving?.(true)
    else if ('silences' in message) host().useSilences(message.silences)
    else if ('here' in message) processes = message.here.processes
    else if ('answer' in message) requests.settle(message.answer, message)
  }

  function lose(silent?: string): void {
    place.disconnect()
    place.startOver()
    requests.abandon()
    endLeaving?.(false)
    rejoin(silent)
  }

  function replaceSilent(): void {
    const { link } = place
    place.disconnect()
    link?.close()
    lose(followed)
  }

  async function submitRest(withinMs: number): Promise<boolean> {
    if (place.link === undefined) return false
    outbox.send()
    let hasLeft = false
    const left = new Promise<void>((resolve) => {
      endLeaving = (isSaved) => {
        hasLeft = isSaved && outbox.isEmpty()
        if (hasLeft || !isSaved) resolve()
      }
    })
    place.link.send({ bye: true })
    await waitAtMost(left, Math.min(withinMs, beatMs), clock)
    return hasLeft
  }

  return {
    follow,
    beat() {
      if (place.link !== undefined && ++missed > mostMissed) replaceSilent()
      else place.link?.send({ beat: true })
    },
    replaceSilent,
    ask: requests.ask,
    submitRest,
    processes: () => processes,
  }
}

/** Calls `onSilence` when it was not restarted for as long as a speaker may leave beats unanswered. */
function createSilenceTimer(clock: Clock, onSilence: () => void) {
  let timer: Timer | undefined
  // After a stall of this process the timer comes before the answer, which waits to be read.
  const readLast = () => {
    timer = clock.after(0, onSilence)
  }
  return {
    restart(): void {
      timer?.cancel()
      timer = clock.after(beatMs * mostMissed, readLast)
    },
    stop: () => timer?.cancel(),
  }
}

function createLinkRequests({ place, outbox, clock }: Pick<FollowerOptions, 'place' | 'outbox' | 'clock'>) {
  const requests = createPendingRequests<unknown>({
    post: (ask, question) => place.link?.send({ ask, question }),
    clock,
    maxWaiting,
  })
  return {
    ...requests,
    async ask(withinMs: number, question?: unknown) {
      if (place.link === undefined) return undefined
      outbox.send()
      return requests.ask(question, withinMs)
    },
  }
}
