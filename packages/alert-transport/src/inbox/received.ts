/**
 * What arrived: one entry for every request or mail, taken or refused. The shelf keeps the last thousand, at
 * most 32 MB of them, and resolves the calls that wait for one.
 */
import type { Exchange } from '../fake/exchange.ts'

/** One request or mail, what was answered, and what the provider's app would show. */
export interface Received extends Exchange {
  /** Rising from 1. */
  readonly id: number
  /** Epoch ms. */
  readonly at: number
  readonly provider: string
  /** How much of the provider's rate this robot had used with it; absent if nothing was counted. */
  readonly rate?: { readonly used: number; readonly limit: number }
}

/** Selects messages; all given parts must hold. `since` is an id: only later ones. */
export type Filter =
  | { readonly provider?: string; readonly ok?: boolean; readonly since?: number }
  | ((received: Received) => boolean)

/** The shelf of what arrived. */
export interface Shelf {
  /** Takes the next id; a fake gets it before the answer is known. */
  nextId(): number
  add(received: Received): void
  list(filter?: Filter): readonly Received[]
  /** The earliest that the filter admits and that no earlier call returned; waits for one to arrive. */
  next(filter?: Filter, timeoutMs?: number): Promise<Received>
  /**
   * Calls back for each that arrives, and with undefined when the shelf is cleared; returns the function that
   * stops it.
   */
  subscribe(listener: (received: Received | undefined) => void): () => void
  clear(): void
  /** Rejects the calls that still wait. */
  close(): void
}

interface Waiter {
  readonly admits: (received: Received) => boolean
  readonly settle: (outcome: Received | Error) => void
}

const maxItems = 1_000
const maxTotalSize = 32 * 1024 * 1024

export function createShelf(): Shelf {
  const listeners = new Set<(received: Received | undefined) => void>()
  const waiters = new Set<Waiter>()
  let returned = new WeakSet<Received>()
  let items: Received[] = []
  let totalSize = 0
  let lastId = 0

  const describe = () =>
    items.length === 0
      ? 'nothing'
      : items
          .slice(-5)
          .map(
            ({ id, provider, ok, answer }) =>
              `#${id} ${provider} ${ok ? 'taken' : 'refused'} ${answer.status}`,
          )
          .join(', ')

  const settleWaiter = (received: Received) => {
    const waiter = [...waiters].find(({ admits }) => admits(received))
    if (waiter === undefined) return
    returned.add(received)
    waiter.settle(received)
  }

  return {
    nextId: () => {
      lastId += 1
      return lastId
    },
    add(received) {
      items.push(received)
      totalSize += sizeOf(received)
      while (items.length > maxItems || (totalSize > maxTotalSize && items.length > 1))
        totalSize -= sizeOf(items.shift()!)
      settleWaiter(received)
      for (const listener of listeners) listener(received)
    },
    list: (filter) => (filter === undefined ? [...items] : items.filter(admission(filter))),
    next(filter = {}, timeoutMs = 10_000) {
      const admits = admission(filter)
      const ready = items.find((received) => !returned.has(received) && admits(received))
      if (ready !== undefined) {
        returned.add(ready)
        return Promise.resolve(ready)
      }
      return new Promise((resolve, reject) => {
        const giveUp = () =>
          waiter.settle(new Error(`no message matched within ${timeoutMs} ms; last: ${describe()}`))
        const timer = setTimeout(giveUp, timeoutMs)
        const waiter: Waiter = {
          admits,
          settle: (outcome) => {
            clearTimeout(timer)
            waiters.delete(waiter)
            if (outcome instanceof Error) reject(outcome)
            else resolve(outcome)
          },
        }
        waiters.add(waiter)
      })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear() {
      items = []
      totalSize = 0
      returned = new WeakSet()
      for (const listener of listeners) listener(undefined)
    },
    close() {
      for (const waiter of [...waiters]) waiter.settle(new Error('the inbox was closed'))
      listeners.clear()
    },
  }
}

function admission(filter: Filter): (received: Received) => boolean {
  if (typeof filter === 'function') return filter
  const { provider, ok, since } = filter
  return (received) =>
    (provider === undefined || received.provider === provider) &&
    (ok === undefined || received.ok === ok) &&
    (since === undefined || received.id > since)
}

function sizeOf({ request, view, answer }: Received): number {
  return request.body.length + view.text.length + (view.html?.length ?? 0) + answer.body.length + 1_000
}
