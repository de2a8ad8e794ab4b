/**
 * The links of this process: doors with equal options share one, and so one worker, one state of alerts and one set of process listeners,
 * however many loggers come and go.
 */
import type { FlushResult } from '../hub/hub-types.ts'
import type { AlertEvent } from '../model.ts'
import type { CheckedOptions } from '../options.ts'
import { isAbsent } from '../rules/rule-condition.ts'
import { watchEnd } from './exit.ts'
import type { HostSetup } from './host.ts'
import { kindsOf, none } from './hosts.ts'
import { createLink, type Link } from './link.ts'
import { isInHub } from './nested.ts'
import { onSignal } from './signals.ts'
import { stableJson } from './stable-json.ts'

/** What a door asks a link for. */
export interface LinkSetup extends HostSetup {
  readonly runIn: 'worker' | 'process' | 'inline'
  readonly handleSignals: boolean
  readonly checked: CheckedOptions
}

/** One door's part in a link. */
export interface Lease {
  readonly link: Link
  readonly key: string
  /** Gives the part back; the link stays a while for the next door with equal options. */
  release(): void
  /** Gives the part back, and closes the link if it was the last. */
  close(): Promise<FlushResult>
}

interface Shared {
  readonly link: Link
  readonly stopWatching: () => void
  users: number
  linger: NodeJS.Timeout | undefined
}

/** A logger per request must not cost a worker per request, nor tell each error as if it were the first. */
const lingerMs = 60_000
const links = new Map<string, Shared>()
/** With those that are closing. */
const open = new Set<Link>()

/**
 * Whether a hub is opened before the first error: a process of its own would come up too late for it, one in this thread would hold up the
 * application at the worst moment, a state directory may hold what a former process could not tell, and a document may want records that the
 * options do not. A sign of life, metrics and a watch for what stays away are there for when nothing goes wrong.
 */
export function startsEarly({ runIn, options, checked }: LinkSetup): boolean {
  if (runIn !== 'worker' || options.state?.dir !== undefined || options.reload !== undefined) return true
  const { heartbeat, metrics, rules } = checked.plan
  return heartbeat !== undefined || metrics !== undefined || rules.some(({ when }) => isAbsent(when))
}

/** The key under which equal options find each other. */
export function linkKey({ options, wire, runIn }: LinkSetup): string {
  return stableJson([options, wire, runIn])
}

/** A part in the link for these options; `listener` hears its events until the part is given back. */
export function leaseLink(setup: LinkSetup, listener: (event: AlertEvent) => void): Lease {
  const key = linkKey(setup)
  const shared = links.get(key) ?? openShared(key, setup)
  clearTimeout(shared.linger)
  shared.users++
  const unsubscribe = shared.link.subscribe(listener)
  let isGiven = false

  function giveBack(): boolean {
    if (isGiven) return false
    isGiven = true
    unsubscribe()
    return --shared.users === 0
  }

  return {
    link: shared.link,
    key,
    release() {
      if (!giveBack()) return
      shared.linger = setTimeout(() => void end(key, shared), lingerMs)
      shared.linger.unref()
    },
    close: () => (giveBack() ? end(key, shared) : shared.link.flush()),
  }
}

function openShared(key: string, setup: LinkSetup): Shared {
  const link = createLink(setup, isInHub() ? [none] : kindsOf[setup.runIn])
  const stopWatching = setup.handleSignals
    ? onSignal((isEnd) => (isEnd ? link.close() : link.flush()))
    : () => {}
  const shared: Shared = { link, stopWatching, users: 0, linger: undefined }
  links.set(key, shared)
  open.add(link)
  watchEnd(open)
  // Not unreferenced: an event loop that has nothing else to do would put it off until something happens.
  if (startsEarly(setup)) setImmediate(() => links.get(key) === shared && link.warm())
  return shared
}

async function end(key: string, shared: Shared): Promise<FlushResult> {
  clearTimeout(shared.linger)
  if (links.get(key) === shared) links.delete(key)
  shared.stopWatching()
  const result = await shared.link.close()
  open.delete(shared.link)
  return result
}
