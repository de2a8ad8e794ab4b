/**
 * The waiting room of one channel: holds what is to be told, and tells what it had to give up.
 */
import type { Notification } from '../model.ts'
import type { Announce, Failure } from './announce.ts'
import { addPart, makeRoom, type Part, type WaitingLimits } from './waiting.ts'

/** Parts in the order of their arrival. */
export interface Room {
  add(notification: Notification, now: number): void
  /** Takes all parts out. */
  take(): readonly Part[]
  /** Puts parts back in front of those that came meanwhile. */
  putBack(parts: readonly Part[]): void
  /** Gives up the parts whose deadline (epoch ms) is `gone`. */
  expire(gone: (deadline: number) => boolean, why: string): void
  failAll(failure: Failure): void
  size(): number
  /** Of the part that expires first, epoch ms; `Infinity` when nothing waits. */
  nextDeadline(): number
  /** When the part that waits longest was offered, epoch ms; `Infinity` when nothing waits. */
  oldestAt(): number
}

/** Makes an empty room. */
export function createRoom(limits: WaitingLimits, announce: Announce): Room {
  let parts: readonly Part[] = []
  let timesShed = 0

  const bound = () => {
    const { kept, shed } = makeRoom(parts, limits)
    parts = kept
    if (!shed) return
    timesShed += 1
    const notification = { ...shed, id: `${shed.id}-shed-${timesShed}` }
    announce.failed(notification, { reason: 'queue-limit', why: 'too many alerts wait for this channel' })
  }

  const refuse = (given: readonly Part[], failure: Failure) => {
    for (const { notification } of given) announce.failed(notification, failure)
  }

  const take = () => {
    const taken = parts
    parts = []
    return taken
  }

  return {
    add(notification, now) {
      parts = addPart(parts, notification, now, limits)
      bound()
    },
    take,
    putBack(back) {
      parts = [...back, ...parts]
      bound()
    },
    expire(gone, why) {
      const expired = parts.filter((part) => gone(part.deadline))
      parts = parts.filter((part) => !gone(part.deadline))
      refuse(expired, { reason: 'expired', why })
    },
    failAll: (failure) => refuse(take(), failure),
    size: () => parts.length,
    nextDeadline: () => Math.min(...parts.map((part) => part.deadline)),
    oldestAt: () => Math.min(...parts.map((part) => part.offeredAt)),
  }
}
