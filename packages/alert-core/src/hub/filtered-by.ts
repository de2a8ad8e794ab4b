/**
 * By what a channel's own filter keeps an alert away, for people who ask why they are not notified.
 */
import { type Alert, severityRank } from '../model.ts'
import type { ChannelPlan } from '../options.ts'
import type { Levels } from '../read/levels.ts'
import { compileMatch, type GetField, type Match, type Matches } from '../rules/match.ts'

/** In words; undefined if the filter takes the alert. `get` reads its fields as `match` names them. */
export function filteredBy(
  { name, minSeverity, match, digest, isStandIn }: ChannelPlan,
  alert: Alert,
  get: GetField,
  levels: Levels | undefined,
): string | undefined {
  if (!isStandIn && alert.channels !== undefined && !alert.channels.includes(name))
    return `the alert is for ${alert.channels.join(', ')} only`
  if (severityRank(alert.severity) < severityRank(minSeverity))
    return `it takes ${minSeverity}${minSeverity === 'critical' ? ' only' : ' and above'}`
  if (match !== undefined && !compileMatch(match, levels)(get)) {
    const [first, ...others] = unmet(match, get, levels)
    const more = others.length === 0 ? '' : `, nor on ${others.join(', ')}`
    return first === undefined ? 'its `match` does not hold' : `its \`match\` does not hold on ${first}${more}`
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
