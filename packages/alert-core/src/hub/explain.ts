/**
 * What would become of a record: the rule that takes it, its key, and the channels that are notified, or why
 * they are not.
 */
import type { AlertPreview, Tracker } from '../alerts/tracker.ts'
import {
  type ChannelPreview,
  type LogRecord,
  type Occurrence,
  type Severity,
  severityRank,
} from '../model.ts'
import type { ChannelPlan } from '../options.ts'
import type { Levels } from '../read/levels.ts'
import type { ReadFailure } from '../read/reader.ts'
import { alertField, compileMatch, type GetField, type Match, type Matches } from '../rules/match.ts'
import type { Clock } from '../time/clock.ts'
import { asFirst, type CompiledOptions, type OptionsInForce } from './compiled-options.ts'

/** What one channel would do. */
export interface ExplainedChannel extends ChannelPreview {
  /** By what the channel's own filter keeps the alert away, in words; only with `why: 'filtered'`. */
  readonly filter?: string
}

/** The answer of `explain`; plain JSON. */
export interface Explanation extends Partial<Omit<AlertPreview, 'channels'>> {
  readonly channels?: readonly ExplainedChannel[]
  /** The rule that takes the record: an own one, or 'error', 'alert', 'client-error'; absent: none does. */
  readonly rule?: string
  /** The id of its alert, as in events. */
  readonly alert?: string
  /** What makes two records the same alert, readable and without secrets. */
  readonly key?: string
  readonly severity?: Severity
  /**
   * 'failed': it cannot be read as a record · 'below': it is below the threshold, and no rule looks there ·
   * 'nothing': no rule takes it · 'off': a rule (also the built-in 'client-error') or its own `alert: false`
   * keeps it from alerting · 'ends': it resolves alerts, if any fire · 'seen': it is what an `absent` rule
   * expects · 'counts': it counts for the alert.
   */
  readonly outcome: 'failed' | 'below' | 'nothing' | 'off' | 'ends' | 'seen' | 'counts'
  /** Why it cannot be read; only with 'failed'. */
  readonly failed?: ReadFailure['failed']
  /** The firing alerts that it resolves, by id. */
  readonly ends?: readonly string[]
}

export interface ExplainOptions {
  readonly inForce: OptionsInForce
  readonly read: (line: string) => LogRecord | ReadFailure
  readonly readObject: (value: unknown) => LogRecord | ReadFailure
  readonly tracker: Tracker
  readonly clock: Clock
}

export function createExplain(options: ExplainOptions): (record: string | object) => Explanation {
  const { inForce, read, readObject, tracker, clock } = options

  function explainRecord(record: LogRecord): Explanation {
    const { rules, shownKey } = inForce.compiled
    const { rule, isOff, occurrence, ends: named } = rules.explain(record)
    const firing = new Set(tracker.live().map(({ id }) => id))
    const isSeen = occurrence?.condition?.when?.kind === 'absence'
    const ids = new Set([...named.map(tracker.idOf), ...(isSeen ? [occurrence.id] : [])])
    const ends = [...ids].filter((id) => firing.has(id))
    const base = { ...(rule === undefined ? {} : { rule }), ...(ends.length === 0 ? {} : { ends }) }
    if (isOff) return { ...base, outcome: 'off' }
    if (occurrence === undefined) return { ...base, outcome: named.length > 0 ? 'ends' : 'nothing' }
    const { id, key, severity } = occurrence
    const outcome = isSeen ? 'seen' : 'counts'
    const preview = tracker.preview(occurrence, clock.now())
    const channels = preview.channels.map((channel): ExplainedChannel => {
      const plan = inForce.compiled.plan.channels.find(({ name }) => name === channel.channel)
      const filter = channel.takes || !plan ? undefined : filteredBy(plan, occurrence, inForce.compiled)
      return filter === undefined ? channel : { ...channel, filter }
    })
    return { ...base, alert: id, key: shownKey(key), severity, outcome, ...preview, channels }
  }

  return (given) => {
    if (typeof given === 'string' && !inForce.compiled.gate(given)) return { outcome: 'below' }
    const record = typeof given === 'string' ? read(given) : readObject(given)
    return 'failed' in record ? { outcome: 'failed', failed: record.failed } : explainRecord(record)
  }
}

/** By what the channel's own filter keeps such an alert away, in words. */
function filteredBy(
  { name, minSeverity, match, digest, isStandIn }: ChannelPlan,
  occurrence: Occurrence,
  { plan: { service, env }, levels }: CompiledOptions,
): string | undefined {
  const alert = asFirst(occurrence)
  const get = (path: string) => alertField(alert, { service, env }, path)
  if (!isStandIn && alert.channels !== undefined && !alert.channels.includes(name))
    return `the alert is for ${alert.channels.join(', ')} only`
  if (severityRank(alert.severity) < severityRank(minSeverity))
    return `it takes ${minSeverity}${minSeverity === 'critical' ? ' only' : ' and above'}`
  if (match !== undefined && !compileMatch(match, levels)(get)) {
    const [first, ...others] = unmet(match, get, levels)
    const more = others.length === 0 ? '' : `, nor on ${others.join(', ')}`
    return first === undefined
      ? 'its `match` does not hold'
      : `its \`match\` does not hold on ${first}${more}`
  }
  return digest?.only === true ? 'it takes digests only' : undefined
}

/** The fields that keep the match from holding, of the alternative that fails on the fewest. */
function unmet(matches: Matches, get: GetField, levels: Levels | undefined): readonly string[] {
  const groups: readonly Match[] = Array.isArray(matches) ? matches : [matches]
  const [least = []] = groups
    .map((group) =>
      Object.entries(group).flatMap(([path, condition]) =>
        compileMatch({ [path]: condition }, levels)(get) ? [] : [path],
      ),
    )
    .sort((a, b) => a.length - b.length)
  return least
}
