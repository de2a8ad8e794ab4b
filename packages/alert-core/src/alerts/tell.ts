/**
 * Lets one channel speak: gathers what is due on it into one notification, and works out when it is next to look.
 */
import type { Notification, Reason } from '../model.ts'
import type { Channel } from './channel.ts'
import { dueOf, lastWords } from './due.ts'
import { type Effect, notTold } from './effect.ts'
import { leaveIfSettled } from './life.ts'
import type { LiveAlert } from './live.ts'
import type { Memory } from './memory.ts'
import { firingOf, isMuted } from './mute.ts'
import { composeNotification, tellItem } from './notification.ts'
import { forgo, untold, type View } from './view.ts'

/**
 * How much the channel is to say: `due`, when something is due and it is free to speak; `flush`, all that may be told
 * by now, without waiting for more or for its turn; `end`, all that is untold.
 */
export type Occasion = 'due' | 'flush' | 'end'

interface Pick {
  readonly alert: LiveAlert
  readonly view: View
  readonly reason: Reason
  /** When it became due, epoch ms. */
  readonly at: number
}

/** What the channel says now, if anything. */
export function speak(
  memory: Memory,
  channel: Channel,
  occasion: Occasion,
  now: number,
  newId: () => string,
): Notification | undefined {
  const { plan } = channel
  const picks: Pick[] = []
  const firing = firingOf(memory, now)
  channel.dueAt = Number.POSITIVE_INFINITY
  for (const alert of memory.alerts.values()) {
    const view = alert.views.get(plan.name)
    if (view === undefined) continue
    const due = dueOf(alert, view, plan)
    const at = due?.at ?? Number.POSITIVE_INFINITY
    const joins = due !== undefined && due.joinAt <= now ? due.reason : undefined
    const reason = occasion === 'end' ? lastWords(alert, view, plan, now) : joins
    // What is due already was muted before, where it is; this is about what would join.
    const isQuiet = reason !== undefined && reason !== 'resolved' && at > now
    if (reason === undefined || (isQuiet && isMuted(memory, channel, alert, now, firing)))
      lookAgain(channel, at)
    else picks.push({ alert, view, reason, at })
  }
  if (!picks.some(({ at }) => occasion !== 'due' || at <= now)) {
    for (const { at } of picks) lookAgain(channel, at)
    return undefined
  }

  const items = picks.map(({ alert, view, reason }) => tellItem(alert, view, reason, plan, now))
  channel.sent(now, items.length)
  lookAfterTelling(memory, channel, picks)
  return composeNotification(newId(), plan.name, items, now)
}

function lookAgain(channel: Channel, at: number): void {
  if (at < channel.dueAt) channel.dueAt = at
}

// What was told may be due again at once: the end of an alert that was over before anybody heard of it.
function lookAfterTelling(memory: Memory, channel: Channel, picks: readonly Pick[]): void {
  for (const { alert, view } of picks) {
    alert.scheduled = false
    const due = dueOf(alert, view, channel.plan)
    if (due !== undefined) lookAgain(channel, due.at)
    leaveIfSettled(memory, alert)
  }
}

/** Gives up what the channel could not be told before the end, because its `after` was not over. */
export function giveUpRest(memory: Memory, channel: Channel): Effect[] {
  const effects: Effect[] = []
  const { name } = channel.plan
  for (const alert of memory.alerts.values()) {
    const view = alert.views.get(name)
    const count = view === undefined ? 0 : untold(alert, view)
    if (view === undefined || count === 0) continue
    effects.push(notTold(alert, name, 'closed', count))
    forgo(alert, view)
    view.admitted = false
    leaveIfSettled(memory, alert)
  }
  return effects
}
