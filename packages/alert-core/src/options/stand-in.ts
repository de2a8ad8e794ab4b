/**
 * The channel that speaks where every one that is given is wrong: what was to be told is seen on stderr, rather than nowhere.
 */
import { type Severity, severities, severityRank } from '../model.ts'
import type { CheckedChannel } from './channel-options.ts'
import { type ChannelPlan, type ChannelSurroundings, planChannel } from './plan.ts'
import { providers } from './provider-table.ts'

/** A `console` channel in the place of these; it takes the mildest that any of them asked for. */
export function standInFor(
  channels: readonly CheckedChannel[],
  { locale, timeZone }: Pick<ChannelSurroundings, 'locale' | 'timeZone'>,
): ChannelPlan[] {
  const name = 'console'
  const asked = channels.flatMap(({ shared }) => shared.minSeverity ?? [])
  const shared = asked.length === 0 ? {} : { minSeverity: mildest([...asked, 'error']) }
  const provider = { type: name, definition: providers.console, options: {} }
  const plan = planChannel(
    { name, path: ['channels', name], shared, provider },
    { to: [], mentions: {}, locale, timeZone },
  )
  return plan === undefined ? [] : [{ ...plan, isStandIn: true }]
}

function mildest(asked: readonly Severity[]): Severity {
  return severities[Math.min(...asked.map(severityRank))]!
}
