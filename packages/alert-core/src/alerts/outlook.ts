/**
 * What would become of a record: how far its alert has come, and for each channel whether it takes it, and what holds it back. Worked out
 * on copies; nothing changes.
 */
import type { NotToldReason, Occurrence } from '../model.ts'
import type { Channel } from './channel.ts'
import type { Conditions } from './conditions.ts'
import { dueOf } from './due.ts'
import { rememberMs } from './history.ts'
import { beginAlert, copyAlert, countRecord, type LiveAlert, quietAt, raiseSeverity } from './live.ts'
import type { Memory } from './memory.ts'
import { firingOf } from './mute.ts'
import { openView, renewView, type View } from './view.ts'

/** What a channel makes of an alert. */
export interface ChannelOutlook {
  readonly channel: string
  /** Its own filter takes the alert. */
  readonly takes: boolean
  /**
   * What keeps it from being told at once: 'condition' (not all has come together), a reason that is recorded, a time of the alert
   * ('after', 'wait', 'repeat'), or 'busy' (interval, quota, a provider that asked to wait). Absent: it is told now.
   */
  readonly why?: NotToldReason | 'condition' | 'after' | 'wait' | 'repeat' | 'busy'
  /** When that is over, epoch ms; absent where nobody knows. */
  readonly at?: number
}

/** What would become of a record. */
export interface Outlook {
  /** 'gathering': not all has come together yet; 'pending': it must stay so for a while. */
  readonly state: 'gathering' | 'pending' | 'firing'
  /** Records of the alert with this one, or what has been gathered before it. */
  readonly count: number
  /** What has to be gathered. */
  readonly of?: number
  /** When it fires if nothing changes, epoch ms. */
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
  const alert = next(memory, occurrence, goesOn ? known : undefined, now)
  const progress = goesOn ? undefined : gathered(conditions, occurrence, now)
  const channels = memory.channels.map((channel) =>
    outlookOf(memory, channel, alert, progress !== undefined, now),
  )
  return { ...(progress ?? { state: 'firing', count: alert.count }), channels }
}

/** Nothing where the record is enough, or the last that was needed. */
function gathered(
  conditions: Conditions,
  occurrence: Occurrence,
  now: number,
): Omit<Outlook, 'channels'> | undefined {
  const { premise } = occurrence
  const progress = premise === undefined ? undefined : conditions.progress(occurrence, now)
  if (premise === undefined || progress === undefined) return undefined
  const { count, of, at } = progress
  const isMissed = premise.when?.kind === 'absence'
  if (premise.forMs === 0 && !isMissed && count + 1 >= of) return undefined
  const isPending = at !== undefined && !isMissed
  return {
    state: isPending ? 'pending' : 'gathering',
    count,
    of,
    ...(at === undefined ? {} : { firesAt: at }),
  }
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
  channel: Channel,
  alert: LiveAlert,
  isGathering: boolean,
  now: number,
): ChannelOutlook {
  const { plan } = channel
  const { name } = plan
  const copy = copyAlert(alert)
  const view = alert.views.get(name) ?? openView(now)
  const takes = view.admitted || plan.admits(copy)
  if (!takes) return { channel: name, takes, why: 'filtered' }
  if (isGathering) return { channel: name, takes, why: 'condition' }
  const mute = memory.mutes?.(copy, name, now, firingOf(memory))
  if (mute !== undefined) return { channel: name, takes, why: mute.reason, ...until(mute.untilMs) }

  view.admitted = true
  delete view.mute
  view.since ??= now
  const due = dueOf(alert, view, plan)
  if (due === undefined) return { channel: name, takes, why: 'repeat' }
  if (due.at > now) return { channel: name, takes, why: whyLater(), at: due.at }
  const freeAt = channel.freeAt()
  return freeAt > now ? { channel: name, takes, why: 'busy', ...until(freeAt) } : { channel: name, takes }

  function whyLater(): 'after' | 'wait' | 'repeat' {
    if (view.told !== undefined || due?.at !== Math.max((view.since ?? now) + plan.afterMs, waitUntil()))
      return 'repeat'
    return plan.afterMs >= plan.waitMs ? 'after' : 'wait'
  }

  function waitUntil(): number {
    return (view.since ?? now) + plan.waitMs
  }
}

function until(at: number | undefined): { readonly at?: number } {
  return at !== undefined && Number.isFinite(at) ? { at } : {}
}
