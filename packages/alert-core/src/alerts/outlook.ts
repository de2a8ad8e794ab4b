/**
 * What would become of a record: how far its alert has come, and for each channel whether it takes it, and what holds it back. Worked out
 * on copies; nothing changes.
 */
import { type ChannelOutlook, type Occurrence, severityRank } from '../model.ts'
import type { Channel, ChannelPlan } from './channel.ts'
import type { Conditions } from './conditions.ts'
import { dueOf } from './due.ts'
import { rememberMs } from './history.ts'
import { beginAlert, copyAlert, countRecord, type LiveAlert, quietAt, raiseSeverity } from './live.ts'
import type { Memory } from './memory.ts'
import { type Firing, firingOf } from './mute.ts'
import { openView, renewView, type View } from './view.ts'

/** What would become of a record. */
export interface Outlook {
  /** 'gathering': not all has come together yet; 'pending': it must stay so for a while. */
  readonly state: 'gathering' | 'pending' | 'firing'
  /** Records of the alert with this one, or what has come together with it. */
  readonly count: number
  /** What has to come together. */
  readonly of?: number
  /** When it fires if it stays true, or is missed if it stays away, epoch ms. */
  readonly firesAt?: number
  readonly channels: readonly ChannelOutlook[]
}

/** What would become of the occurrence if it came now. */
export function foresee(
  memory: Memory,
  conditions: Conditions,
  occurrence: Occurrence,
  now: number,
): Outlook {
  const known = memory.alerts.get(occurrence.id)
  const goesOn = known !== undefined && known.endedAt === undefined && now < quietAt(known)
  const isAbsence = occurrence.premise?.when?.kind === 'absence'
  const alert = next(memory, occurrence, goesOn ? known : undefined, now)
  const progress = goesOn && !isAbsence ? undefined : gathered(conditions, occurrence, now)
  const channels = outlooksOf(memory, alert, now, progress !== undefined)
  return { ...(progress ?? { state: 'firing', count: alert.count }), channels }
}

/** What each channel makes of the alert now; nothing changes. */
export function outlooksOf(
  memory: Memory,
  alert: LiveAlert,
  now: number,
  isGathering = false,
): readonly ChannelOutlook[] {
  const firing = firingOf(memory, now)
  return memory.channels.map((channel) => outlookOf(memory, channel, alert, isGathering, now, firing))
}

/** Nothing where the record is enough, or the last that was needed. */
function gathered(
  conditions: Conditions,
  occurrence: Occurrence,
  now: number,
): Omit<Outlook, 'channels'> | undefined {
  const { premise } = occurrence
  if (premise === undefined) return undefined
  const { isMet, count, of, at } = conditions.progress(occurrence, premise, now)
  if (isMet && premise.forMs === 0) return undefined
  return { state: isMet ? 'pending' : 'gathering', count, of, ...(at === undefined ? {} : { firesAt: at }) }
}

/** The alert as it would be with this record. */
function next(memory: Memory, occurrence: Occurrence, known: LiveAlert | undefined, now: number): LiveAlert {
  const former = memory.alerts.get(occurrence.id)
  const alert =
    known === undefined ? beginAlert(occurrence, now) : { ...known, views: new Map<string, View>() }
  const past = memory.history.find(occurrence.id)
  for (const { plan } of memory.channels) {
    const view = former?.views.get(plan.name)
    const told = past !== undefined && past.endedAt + rememberMs > now ? past.told[plan.name] : undefined
    const fresh =
      former !== undefined && view !== undefined ? renewView(former, view, now) : openView(now, told)
    alert.views.set(plan.name, known !== undefined && view !== undefined ? { ...view } : fresh)
  }
  countRecord(alert, occurrence, now)
  raiseSeverity(alert, occurrence, now)
  return alert
}

function outlookOf(
  memory: Memory,
  { plan, freeAt }: Channel,
  alert: LiveAlert,
  isGathering: boolean,
  now: number,
  firing: Firing,
): ChannelOutlook {
  const { name } = plan
  const copy = copyAlert(alert)
  const view: View = { ...(alert.views.get(name) ?? openView(now)) }
  const takes = view.admitted || plan.admits(copy)
  if (!takes) return { channel: name, takes, why: 'filtered' }
  if (isGathering) return { channel: name, takes, why: 'condition' }
  const mute = memory.mutes?.(copy, name, now, firing)
  if (mute !== undefined) return { channel: name, takes, why: mute.reason, ...until(mute.endsAt) }

  view.admitted = true
  delete view.mute
  view.since ??= now
  const due = dueOf(alert, view, plan)
  if (due === undefined) return { channel: name, takes, why: 'repeat' }
  if (due.at > now) return { channel: name, takes, why: whyLater(alert, view, plan, due.at), at: due.at }
  return freeAt() > now ? { channel: name, takes, why: 'busy', ...until(freeAt()) } : { channel: name, takes }
}

/** Which of its times the alert waits for until `at`. */
function whyLater(
  alert: LiveAlert,
  { told, since = 0 }: View,
  { afterMs, waitMs }: ChannelPlan,
  at: number,
): 'after' | 'wait' | 'repeat' {
  if (told !== undefined) return 'repeat'
  if (afterMs > 0 && at === since + afterMs) return 'after'
  const isCritical = alert.rank >= severityRank('critical')
  return !isCritical && at === since + waitMs ? 'wait' : 'repeat'
}

function until(at: number | undefined): { readonly at?: number } {
  return at !== undefined && Number.isFinite(at) ? { at } : {}
}
