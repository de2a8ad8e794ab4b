/**
 * The links of this process: adapters with equal options share one, and so one worker, one state of alerts
 * and one set of process listeners, however many loggers come and go.
 */
import type { ControlRequest } from '../control/control.ts'
import type { SilenceRequest } from '../hub/answer-types.ts'
import type { FlushResult } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import type { CheckedOptions } from '../options.ts'
import { isAbsent } from '../rules/rule-condition.ts'
import { isObject } from '../text/get-path.ts'
import { onSignal, watchExit } from './exit.ts'
import type { HostKinds, HostSetup } from './host.ts'
import { kindsOf, none, parent } from './hosts.ts'
import type { AcknowledgeRequest, Answering } from './hub-requests.ts'
import { isInHub, usesNetworkDrive } from './hub-thread.ts'
import { createLink, type Link, type LinkStats } from './link.ts'
import { hasParent } from './parent.ts'

/** What an adapter opens a link with. */
export interface LinkSetup extends HostSetup {
  readonly runIn: 'worker' | 'process' | 'inline'
  readonly handleSignals: boolean
  readonly checked: CheckedOptions
}

/** One adapter's part in a link. */
export interface SharedLink {
  readonly link: Link
  readonly key: string
  /** Gives the part back; the link stays a while for the next adapter with equal options. */
  release(): void
  /** Gives the part back, and closes the link if it was the last. */
  close(): Promise<FlushResult>
}

/** Also without a link: one is opened for a crash. */
export function watchProcessExit(): void {
  watchExit(open)
}

interface OpenLink {
  readonly link: Link
  readonly setup: LinkSetup
  readonly removeSignals: () => void
  users: number
  linger: NodeJS.Timeout | undefined
}

/**
 * A logger for each request must not cost a worker for each request, nor notify of each error as if it were
 * the first.
 */
const lingerMs = 60_000
const links = new Map<string, OpenLink>()
/** With those that are closing. */
const open = new Set<Link>()

/**
 * Whether the hub starts before the first error. A process would start too late for it, a hub in this thread
 * would hold up the application at the worst moment, a state may hold unsent alerts of a former process, or
 * be shared with others, and a document of `reload` may want other records. Heartbeat, metrics and a rule
 * with `absent` work while nothing goes wrong.
 */
export function startsEarly({ runIn, checked }: Pick<LinkSetup, 'runIn' | 'checked'>): boolean {
  const { enabled, stateDir, redis, reload, heartbeat, metrics, rules } = checked.plan
  if (!enabled) return false
  if (runIn !== 'worker') return true
  const early = [stateDir, redis, reload, heartbeat, metrics]
  return early.some((part) => part !== undefined) || rules.some(({ when }) => isAbsent(when))
}

/** Equal for equal options. */
export function linkKey({ options, wire, runIn }: LinkSetup): string {
  return stableJson([options, wire, runIn])
}

/** A part in the link for these options; `listener` receives its events until the part is given back. */
export function shareLink(setup: LinkSetup, listener: (event: AlertEvent) => void): SharedLink {
  const key = linkKey(setup)
  const entry = links.get(key) ?? openLink(key, setup)
  clearTimeout(entry.linger)
  entry.users++
  const unsubscribe = entry.link.subscribe(listener)
  let isGivenBack = false

  /** True if it was the last part. */
  function giveBack(): boolean {
    if (isGivenBack) return false
    isGivenBack = true
    unsubscribe()
    return --entry.users === 0
  }

  return {
    link: entry.link,
    key,
    release() {
      if (!giveBack()) return
      entry.linger = setTimeout(() => void closeLink(key, entry), lingerMs)
      entry.linger.unref()
    },
    close: () => (giveBack() ? closeLink(key, entry) : entry.link.flush({ isLeaving: true })),
  }
}

function openLink(key: string, setup: LinkSetup): OpenLink {
  const link = createLink(setup, kindsFor(setup))
  const participant = { flush: () => link.flush({ isLeaving: true }), exit: link.exit }
  const removeSignals = setup.handleSignals ? onSignal(participant) : () => {}
  const entry: OpenLink = { link, setup, removeSignals, users: 0, linger: undefined }
  links.set(key, entry)
  open.add(link)
  watchProcessExit()
  // Referenced: an event loop that has nothing else to do would put it off until something happens.
  if (startsEarly(setup)) setImmediate(() => links.get(key) === entry && link.warm())
  return entry
}

function kindsFor({ runIn, checked }: LinkSetup): HostKinds {
  if (isInHub()) return [none]
  if (runIn !== 'worker') return kindsOf[runIn]
  if (hasParent()) return [parent]
  return usesNetworkDrive(checked.plan) ? kindsOf.process : kindsOf.worker
}

/** The main thread has an adapter now: its hub outlives this thread. */
export function moveToParent(): void {
  for (const { link, setup } of links.values()) if (kindsFor(setup)[0] === parent) link.moveTo([parent])
}

async function closeLink(key: string, entry: OpenLink): Promise<FlushResult> {
  clearTimeout(entry.linger)
  if (links.get(key) === entry) links.delete(key)
  entry.removeSignals()
  const result = await entry.link.close()
  open.delete(entry.link)
  return result
}

/** What an adapter counts itself. */
interface OwnLosses {
  readonly closed?: number
  readonly unreadable?: number
  readonly tooLong?: number
}

/** The hub's counters with those of lines and records that did not reach it. */
export function withLosses(hub: Stats, link: LinkStats | undefined, own: OwnLosses = {}): Stats {
  const failures: Record<string, number> = { ...hub.failures }
  const losses = {
    full: link?.dropped ?? 0,
    lost: link?.lost ?? 0,
    closed: (link?.late ?? 0) + (own.closed ?? 0),
    unreadable: own.unreadable ?? 0,
    'too-long': own.tooLong ?? 0,
  }
  for (const [kind, count] of Object.entries(losses)) {
    if (count > 0) failures[kind] = (failures[kind] ?? 0) + count
  }
  return { ...hub, failures }
}

/** What a link answers for its hub, with the losses before it. */
export function answeringOf(
  link: Link,
  close: () => Promise<FlushResult>,
  own: () => OwnLosses = () => ({}),
): Answering {
  return {
    flush: link.flush,
    close,
    async stats() {
      const stats = await link.stats()
      return stats.hub && withLosses(stats.hub, stats, own())
    },
    explain: (record: string | object) => link.request('explain', record),
    silence: (silence: SilenceRequest) => link.request('silence', silence),
    unsilence: (id: string) => link.request('unsilence', id),
    acknowledge: (given: AcknowledgeRequest) => link.request('acknowledge', given),
    status: () => link.request('status', undefined),
    control: (request: ControlRequest) => link.request('control', request),
  }
}

const maxKnown = 100

/**
 * Checking options takes half a millisecond; a process that makes a logger for each request gives the same
 * options each time. So `make` is called once for equal plain data; its result is not remembered if it
 * throws, or if the data is not plain.
 */
export function remember<Data extends unknown[], Result>(
  make: (...data: Data) => Result,
): (...data: Data) => Result {
  const known = new Map<string, { readonly result: Result }>()
  return (...data) => {
    const key = keyOf(data)
    const found = key === undefined ? undefined : known.get(key)
    if (found !== undefined) return found.result
    const result = make(...data)
    if (known.size >= maxKnown) known.clear()
    if (key !== undefined) known.set(key, { result })
    return result
  }
}

function keyOf(data: unknown): string | undefined {
  try {
    return stableJson(data)
  } catch {
    return undefined
  }
}

/**
 * JSON in which equal values have equal texts, whatever the order of their keys; functions and the like
 * count. Throws on cycles.
 */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'function' || typeof item === 'symbol' || typeof item === 'bigint')
      return `@${typeof item}`
    if (!isObject(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
