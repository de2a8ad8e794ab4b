/** The link to the process that notifies: made, used, and given up when that does not answer. */
import { createPendingRequests, type Outcome } from '../requests/pending-requests.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { Lease, Link, Message } from './lease-types.ts'
import type { Outbox } from './outbox.ts'
import type { Patience, Silence } from './patience.ts'
import { beatMs, type PeerParts } from './place.ts'

export interface FollowerOptions extends PeerParts {
  readonly outbox: Outbox
  readonly patience: Patience
  /** Looks for the process that notifies; `silent` is not asked. */
  readonly rejoin: (silent?: string) => void
  /** This process was alone: what it counted is left to the one that answers; false if that cannot be. */
  readonly passOn: () => boolean
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
  /** Processes that the one that notifies knew when it was heard last; 0: it never was. */
  processes(): number
}

export function createFollower(options: FollowerOptions): Follower {
  const { id, process, options: sign, place, leases, host, clock, outbox } = options
  const { patience, rejoin, passOn } = options
  const hello = { id, process, ...(sign === undefined ? {} : { options: sign }) }
  const requests = createLinkRequests(options)
  const leaving = createLeaving(options)
  let silence = patience.listen()
  let processes = 0
  /** Whose link it is. */
  let followed = ''

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
        timer.stop()
        isWaiting = false
        resolve(answer)
      }
      const untilAnswer = patience.listen()
      const timer = createSilenceTimer(clock, untilAnswer, () => {
        patience.double()
        end('no answer')
      })
      link.receive({
        message(message) {
          if (isWaiting) untilAnswer.end()
          if (place.link === link) hear(message)
          else if (isWaiting && 'welcome' in message)
            end(enter(link, message.welcome) ? 'welcome' : 'cut off')
        },
        unreadable: () => host().reportUnlike(followed, 'version'),
        closed() {
          end('cut off')
          if (place.link === link) lose()
        },
      })
      link.send({ hello })
    })
  }

  function enter(link: Link, { seen, silences }: Extract<Message, { welcome: object }>['welcome']): boolean {
    const wasAlone = place.role === 'alone'
    if (wasAlone && !passOn()) return false
    // From now on there is something to adopt.
    if (wasAlone) link.send({ hello })
    const isFirst = place.countsHere
    place.connect(link)
    place.follow()
    silence = patience.listen()
    outbox.see(seen)
    host().useSilences(silences)
    if (isFirst) outbox.cut()
    for (const delta of outbox.unsaved()) link.send({ delta })
    if (isFirst) host().stepDown(outbox.rest())
    outbox.send()
    return true
  }

  function hear(message: Message): void {
    silence.end()
    if ('seen' in message) {
      outbox.see(message.seen)
      outbox.send()
    } else if ('goodbye' in message) leaving.answer(true)
    else if ('silences' in message) host().useSilences(message.silences)
    else if ('here' in message) processes = message.here.processes
    else if ('answer' in message) requests.settle(message.answer, message)
  }

  function lose(silent?: string): void {
    place.disconnect()
    place.startOver()
    requests.abandon()
    leaving.answer(false)
    rejoin(silent)
  }

  function replaceSilent(): void {
    const { link } = place
    place.disconnect()
    link?.close()
    patience.double()
    lose(followed)
  }

  return {
    follow,
    beat() {
      if (place.link === undefined) return
      if (silence.beat()) replaceSilent()
      else place.link.send({ beat: true })
    },
    replaceSilent,
    ask: requests.ask,
    submitRest: leaving.submitRest,
    processes: () => processes,
  }
}

/** Calls `onSilence` when it has lasted too long. */
function createSilenceTimer(clock: Clock, silence: Silence, onSilence: () => void) {
  let timer: Timer
  const wait = () => {
    timer = clock.after(beatMs, () => (silence.beat() ? onSilence() : wait()))
  }
  wait()
  return { stop: () => timer.cancel() }
}

/** Submits all before this process ends. */
function createLeaving({ place, outbox, clock }: FollowerOptions) {
  let answer = (_isSaved: boolean) => {}

  return {
    /** What was submitted is saved; or else the link is closed. */
    answer: (isSaved: boolean) => answer(isSaved),
    async submitRest(withinMs: number): Promise<boolean> {
      if (place.link === undefined) return false
      outbox.send()
      let hasLeft = false
      const left = new Promise<void>((resolve) => {
        answer = (isSaved) => {
          hasLeft = isSaved && outbox.isEmpty()
          if (hasLeft || !isSaved) resolve()
          // What was logged meanwhile.
          else outbox.send()
        }
      })
      place.link.send({ bye: true })
      await waitAtMost(left, withinMs, clock)
      return hasLeft
    },
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
