/**
 * The part of a process that counts for others while it holds the lease: takes each number of each process
 * once, and says `seen` when it is saved.
 */
import type { RuntimeSilence } from '../mute/silences.ts'
import { outcomeOf } from '../requests/pending-requests.ts'
import type { Timer } from '../time/clock.ts'
import { recordsIn } from './batch.ts'
import type { Delta, FleetHost, SeenNumbers } from './fleet-types.ts'
import type { Link, Message } from './lease-types.ts'
import { isNew } from './member.ts'
import type { Outbox } from './outbox.ts'
import type { PeerParts } from './place.ts'

export interface SpeakerOptions extends PeerParts {
  readonly outbox: Pick<Outbox, 'see'>
}

export type Speaker = ReturnType<typeof createSpeaker>

type Hello = Extract<Message, { hello: object }>['hello']

interface Peer {
  id?: string
  process: string
  /** The last number that was confirmed. */
  confirmed: number
  isLeaving: boolean
}

/** What a process that ended may have left is looked for after so long. */
const adoptAfterMs = 250

export function createSpeaker(given: SpeakerOptions) {
  const { id: ownId, host, outbox, clock } = given
  const links = new Map<Link, Peer>()
  /** What arrived before the state of former processes was known. */
  let early: (() => void)[] | undefined = []
  let received = 0
  let isResigning = false
  let adoptTimer: Timer | undefined

  function accept(link: Link): void {
    const peer: Peer = { process: '', confirmed: 0, isLeaving: false }
    links.set(link, peer)
    link.receive({
      message(message) {
        // What arrives over a link of an earlier time as speaker may be out of order.
        if (!links.has(link)) return
        if (early === undefined) return hearSafely(link, peer, message)
        early.push(() => hearSafely(link, peer, message))
        // It is there, though it cannot say yet what it has seen.
        link.send({ here: { processes: 1 + links.size } })
      },
      unreadable: () => host().reportUnlike(peer.process || '?', 'version'),
      closed() {
        links.delete(link)
        if (early === undefined) adoptSoon()
      },
    })
  }

  function hear(link: Link, peer: Peer, message: Message): void {
    if ('hello' in message) greet(link, peer, message.hello)
    else if (peer.id === undefined) link.close()
    else if ('delta' in message) {
      take(peer.id, message.delta, peer.process)
      if (peer.isLeaving) letGo(link, peer.id, host())
    } else if ('beat' in message) link.send({ here: { processes: 1 + links.size } })
    else if ('bye' in message) {
      // It may have sent its last messages, or rely on this one: then that takes over, and ends after it.
      if (isResigning) return
      peer.isLeaving = true
      letGo(link, peer.id, host())
    } else if ('ask' in message) void answer(link, message, host())
  }

  /** Another version, or another program, may submit anything. */
  function hearSafely(link: Link, peer: Peer, message: Message): void {
    try {
      hear(link, peer, message)
    } catch {
      host().reportUnlike(peer.process, 'version')
      link.close()
    }
  }

  function greet(link: Link, peer: Peer, hello: Hello): void {
    noteUnlike(given, hello, [...links.values()])
    peer.id = hello.id
    peer.process = hello.process
    peer.confirmed = host().seen.saved(hello.id)
    link.send({ welcome: { seen: peer.confirmed, silences: host().silences() } })
    // It may have been replaced before, and have left what it had counted.
    adoptSoon()
  }

  function take(id: string, { number, items }: Delta, process: string): void {
    if (!isNew(number, host().seen.of(id))) return
    host().saveAsOne(() => {
      host().seen.note(id, number)
      host().countItems(items, process)
    })
    for (const item of items) received += recordsIn(item)
    if (items.some((item) => 'silence' in item)) spreadSilences()
  }

  function saved(): void {
    outbox.see(host().seen.saved(ownId))
    for (const [link, peer] of links) confirm(link, peer, host().seen)
  }

  const spreadSilences = () => spread(links, host().silences())

  function adoptSoon(): void {
    adoptTimer ??= clock.after(adoptAfterMs, adopt)
  }

  function adopt(): void {
    adoptTimer = undefined
    if (early === undefined) void host().adopt(undefined)
  }

  return {
    accept,
    /** The state of former processes is known: listens. */
    open(): void {
      const waiting = early ?? []
      early = undefined
      for (const hearEarly of waiting) hearEarly()
    },
    take,
    saved,
    spreadSilences,
    /** Whether another process takes over. From then on none is let go with work that is left to this one. */
    resign(): boolean {
      isResigning = true
      return [...links.values()].some(({ id, isLeaving }) => id !== undefined && !isLeaving)
    },
    members: () => [...links.values()].filter(({ id }) => id !== undefined).length,
    received: () => received,
    /** Closes all links; may be opened again. */
    close(): void {
      adoptTimer?.cancel()
      adoptTimer = undefined
      early = []
      for (const link of links.keys()) {
        links.delete(link)
        link.close()
      }
    },
  }
}

async function answer(
  link: Link,
  { ask, question }: Extract<Message, { ask: number }>,
  host: FleetHost,
): Promise<void> {
  const outcome = question === undefined ? await outcomeOf(host.flush) : await host.answer(question)
  link.send({ answer: ask, ...outcome })
}

function noteUnlike(own: SpeakerOptions, { id, process, options }: Hello, peers: readonly Peer[]): void {
  const others = peers.filter((one) => one.id !== undefined && one.id !== id)
  if ([own, ...others].some((one) => one.process === process)) own.host().reportUnlike(process, 'name')
  if (options !== undefined && options !== own.options) own.host().reportUnlike(process, 'options')
}

/** The process may end, once all that it submitted is saved. */
function letGo(link: Link, id: string, { save, seen }: FleetHost): void {
  save()
  if (seen.saved(id) === seen.of(id)) link.send({ goodbye: true })
}

function confirm(link: Link, peer: Peer, { saved }: SeenNumbers): void {
  if (peer.id === undefined) return
  const seen = saved(peer.id)
  if (seen === peer.confirmed) return
  peer.confirmed = seen
  link.send({ seen })
}

function spread(links: ReadonlyMap<Link, Peer>, silences: readonly RuntimeSilence[]): void {
  for (const [link, { id }] of links) if (id !== undefined) link.send({ silences })
}
