/**
 * Which fields of a record the options name: they are read however large the record is.
 */
import type { Matches } from './match.ts'
import type { RulePlan } from './rules.ts'

/** The parts of the options that name fields of records. */
export interface NamingOptions {
  readonly rules: readonly RulePlan[]
  /** Of channels, silences, inhibitions. */
  readonly matches: readonly (Matches | undefined)[]
  /** Shown, counted or compared. */
  readonly paths: readonly string[]
  /** With `{field}` placeholders. */
  readonly templates: readonly (string | undefined)[]
}

const placeholder = /\{([^{}]{1,200})\}/g

/** The paths, each once. */
export function namedFields({ rules, matches, paths, templates }: NamingOptions): readonly string[] {
  const found = new Set(paths)
  const add = (each: Matches | undefined) => {
    const groups = each === undefined || Array.isArray(each) ? (each ?? []) : [each]
    for (const group of groups) for (const path of Object.keys(group)) found.add(path)
  }
  matches.forEach(add)
  for (const { match, resolve, groupBy, when } of rules) {
    add(match)
    add(resolve)
    for (const path of groupBy ?? []) if (path !== '@fingerprint') found.add(path)
    if (when !== undefined && 'reset' in when) add(when.reset)
    if (when !== undefined && 'distinct' in when && when.distinct !== undefined) found.add(when.distinct)
  }
  for (const template of [...templates, ...rules.map(({ summary }) => summary)])
    for (const [, path] of template?.matchAll(placeholder) ?? []) found.add(path!)
  return [...found]
}
