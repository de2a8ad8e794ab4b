/**
 * When Prometheus Alertmanager notifies a receiver of one group, by its defaults (group_wait 30s,
 * group_interval 5m, repeat_interval 4h, send_resolved): a group is flushed `group_wait` after its first
 * alert and then every `group_interval`; a flush sends if an alert fires or ended since the last one that was
 * sent, or after `repeat_interval`; a group without alerts is removed by the next maintenance, each 30 s.
 */

const second = 1000
const waitMs = 30 * second
const intervalMs = 300 * second
const repeatMs = 14_400 * second
const maintenanceMs = 30 * second
/** `resolve_timeout`: an alert that is not sent again ends. */
const resolveTimeoutMs = 300 * second

/** An alert starts or is renewed, or ends, at `at`, ms. */
export interface Signal {
  readonly at: number
  readonly name: string
  readonly isEnd?: boolean
}

interface Group {
  nextFlush: number
  readonly endsAt: Map<string, number>
}

/** The number of notifications within `untilMs`; signals in order of time. */
export function alertmanagerDay(signals: Iterable<Signal>, untilMs: number): number {
  let group: Group | undefined
  let sentFiring = new Set<string>()
  let sentAt = Number.NEGATIVE_INFINITY
  let sent = 0
  let nextMaintenance = maintenanceMs

  function flush(own: Group, at: number): void {
    const firing = new Set([...own.endsAt].filter(([, end]) => end > at).map(([name]) => name))
    const isNew = [...firing].some((name) => !sentFiring.has(name))
    const hasEnded = [...own.endsAt.keys()].some((name) => !firing.has(name) && sentFiring.has(name))
    if (isNew || hasEnded || (firing.size > 0 && at >= sentAt + repeatMs)) {
      sent++
      sentAt = at
      sentFiring = firing
    }
    for (const name of own.endsAt.keys()) if (!firing.has(name)) own.endsAt.delete(name)
    own.nextFlush = at + intervalMs
  }

  function passUntil(at: number): void {
    while (true) {
      const next = Math.min(group?.nextFlush ?? Number.POSITIVE_INFINITY, nextMaintenance)
      if (next > at) return
      if (group !== undefined && group.nextFlush === next) flush(group, next)
      if (nextMaintenance !== next) continue
      if (group?.endsAt.size === 0) group = undefined
      nextMaintenance += maintenanceMs
    }
  }

  for (const { at, name, isEnd } of signals) {
    if (at >= untilMs) break
    passUntil(at)
    group ??= { nextFlush: at + waitMs, endsAt: new Map() }
    group.endsAt.set(name, isEnd ? at : at + resolveTimeoutMs)
  }
  passUntil(untilMs)
  return sent
}
