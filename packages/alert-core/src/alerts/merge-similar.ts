/**
 * Alerts of one rule, kind of error and frame whose messages differ in one word only become one alert once
 * they are more than four: 'user alice not found', 'user bob not found', … → 'user … not found', with the
 * words and their counts. The first of them continues as that alert, its counts grow by those of the
 * others, and the others end. What a groupBy or an `alert.key` separates is never merged.
 */
import type { Occurrence } from '../model.ts'
import { applyFilters, endAlert, firingAlert } from './alert-life.ts'
import { suppressUnnotified, unnotified } from './channel-state.ts'
import { schedule } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { mergeImpact } from './impact.ts'
import type { ChannelState, LiveAlert } from './live-alert.ts'
import { mergeProcesses } from './live-alert.ts'
import { textOf } from './open-templates.ts'
import { addValue, type Group, markMerged, mostApart, noteSimilar, restoreTemplate } from './similar.ts'
import { channelOf, expectMuteCheck, type TrackerState } from './tracker-state.ts'
import { mergeVaried } from './varied.ts'

/** Counts the word of so many records under its merged alert. */
export function countVariant(state: TrackerState, occurrence: Occurrence, count: number): void {
  const { similar, alerts } = state
  const { id } = occurrence
  // Of a restored alert the words are not known by their fingerprints.
  if (!similar.merged.has(id) && alerts.get(id)?.variants !== undefined) noteSimilar(similar, occurrence)
  const known = similar.merged.get(id)
  const alert = known === undefined ? undefined : alerts.get(known.id)
  if (known === undefined || alert === undefined) return
  alert.template = known.template
  alert.variants ??= { values: new Map(), more: 0 }
  addValue(alert.variants, known.word, count)
}

/** Remembers the alerts of a restored state. */
export function restoreSimilar({ similar, alerts }: TrackerState): void {
  for (const { id, key, template, variants } of alerts.values())
    if (template !== undefined) restoreTemplate(similar, { id, key, template }, variants !== undefined)
}

/** Makes one alert of the firing ones of the first of these groups that has any. */
export function mergeSimilar(state: TrackerState, groups: readonly Group[], now: number): readonly Effect[] {
  for (const group of groups) {
    const effects = merge(state, group, now)
    if (effects !== undefined) return effects
  }
  return []
}

/** Makes one alert of a group's firing ones; undefined if none fires. */
function merge(state: TrackerState, group: Group, now: number): readonly Effect[] | undefined {
  const { similar } = state
  for (const id of group.members.keys()) if (similar.merged.has(id)) group.members.delete(id)
  if (group.members.size <= mostApart) return undefined
  const firing = [...group.members.keys()].flatMap((id) => firingAlert(state, id, now) ?? [])
  const [alert, ...others] = firing.sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
  if (alert === undefined) return undefined
  const template = group.template()
  const prefix = template.scope.slice(template.scope.indexOf('\n') + 1)
  alert.key = prefix + textOf(template)
  alert.template = template
  alert.variants = { values: new Map(), more: 0 }
  for (const one of firing) addValue(alert.variants, group.members.get(one.id)!, one.count)
  const merged = { id: alert.id, key: alert.key, template }
  markMerged(similar, group, merged)
  for (const [id, word] of group.members) similar.merged.set(id, { ...merged, word })
  group.members.clear()
  const effects = others.flatMap((other) => mergeInto(state, alert, other, now))
  applyFilters(state, alert)
  schedule(state, alert)
  state.firing = undefined
  return effects
}

/** Takes over what the other alert counted and what its channels were not notified of; the other ends. */
function mergeInto(state: TrackerState, alert: LiveAlert, other: LiveAlert, now: number): Effect[] {
  const effects: Effect[] = []
  for (const [name, from] of other.channelStates) {
    const count = unnotified(other, from)
    const to = alert.channelStates.get(name)
    if (to !== undefined) {
      takeOver(to, from, count, other.count)
      if (from.opened !== undefined) openMerged(state, alert, name)
    }
    if (count > 0 && to?.admitted !== true) effects.push(suppressed(other, name, 'filtered', count))
    suppressUnnotified(other, from)
  }
  if (other.rank > alert.rank) {
    delete alert.acknowledged
    expectMuteCheck(state, now)
    alert.rank = other.rank
    alert.severity = other.severity
    alert.escalatedAt = other.escalatedAt ?? other.startedAt
  }
  for (const digest of state.digests.values()) digest.noteMerged(alert.id, other)
  alert.count += other.count
  alert.firstSeen = Math.min(alert.firstSeen, other.firstSeen)
  mergeVaried(alert, other)
  mergePlaces(state, alert, other)
  if (other.lastSeen >= alert.lastSeen) alert.latest = other.latest
  alert.lastSeen = Math.max(alert.lastSeen, other.lastSeen)
  alert.lastAt = Math.max(alert.lastAt, other.lastAt)
  return [...effects, ...endAlert(state, other, now, 'merged')]
}

/** The channel was notified of an alert that this one counts from now on, and gets its end instead. */
export function openMerged(state: TrackerState, alert: LiveAlert, name: string): void {
  const channelState = alert.channelStates.get(name)
  if (channelState === undefined || channelOf(state, name)?.plan.closesMerged === true) return
  channelState.opened ??= alert.startedAt
}

/** Where both were met, and how many different values their records had. */
function mergePlaces(state: TrackerState, alert: LiveAlert, other: LiveAlert): void {
  if (other.processes !== undefined) alert.processes = mergeProcesses(alert.processes, other.processes)
  if (alert.releaseNote?.type !== other.releaseNote?.type) delete alert.releaseNote
  if (other.impact === undefined) return
  alert.impact ??= new Map()
  mergeImpact(alert.impact, other.impact, state.impactRoom)
}

function takeOver(to: ChannelState, from: ChannelState, count: number, total: number): void {
  to.notifiedCount += to.admitted ? total - count : total
  if (from.notified !== undefined) {
    const { at = 0, rank = 0 } = to.notified ?? {}
    if (to.notified === undefined) {
      to.repeats = from.repeats
      if (from.nextAt !== undefined) to.nextAt = from.nextAt
    }
    to.notified = { at: Math.max(at, from.notified.at), rank: Math.max(rank, from.notified.rank) }
  } else if (to.notified === undefined && from.since !== undefined) {
    to.since = Math.min(to.since ?? from.since, from.since)
  }
}
