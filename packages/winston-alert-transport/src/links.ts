/**
 * The links of this process: transports with equal options share one, and so one worker, one state of alerts and one pair of process
 * listeners, however many loggers come and go.
 */
import type { AlertEvent, FlushResult } from 'alert-core'
import { createLink, type Link } from './link.ts'
import type { RoadSetup } from './road.ts'
import { stableJson } from './stable-json.ts'

/** One transport's part in a link. */
export interface Lease {
  readonly link: Link
  readonly key: string
  /** Gives the part back; the link stays a while for the next transport with equal options. */
  release(): void
  /** Gives the part back, and closes the link if it was the last. */
  close(): Promise<FlushResult>
}

interface Shared {
  readonly link: Link
  users: number
  linger: NodeJS.Timeout | undefined
}

/** A logger per request must not cost a worker per request, nor tell each error as if it were the first. */
const lingerMs = 60_000
const links = new Map<string, Shared>()
/** With those that are closing. */
const open = new Set<Link>()
let isWatching = false

/** The key under which equal options find each other. */
export function linkKey({ options, levels }: RoadSetup): string {
  return stableJson([options, levels])
}

/** A part in the link for these options; `listener` hears its events until the part is given back. */
export function leaseLink(setup: RoadSetup, listener: (event: AlertEvent) => void): Lease {
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

function openShared(key: string, setup: RoadSetup): Shared {
  const shared: Shared = { link: createLink(setup), users: 0, linger: undefined }
  links.set(key, shared)
  open.add(shared.link)
  watchExit()
  return shared
}

async function end(key: string, shared: Shared): Promise<FlushResult> {
  clearTimeout(shared.linger)
  if (links.get(key) === shared) links.delete(key)
  const result = await shared.link.close()
  open.delete(shared.link)
  return result
}

function watchExit(): void {
  if (isWatching) return
  isWatching = true
  process.on('beforeExit', () => {
    for (const link of open) link.beforeExit()
  })
  // Before pino's own hook, which ends the stream and waits for the worker to tell what it has.
  process.prependListener('exit', () => {
    for (const link of open) link.exit()
  })
}
