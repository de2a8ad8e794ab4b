/**
 * Which alerts a record ends: by a rule's `resolve` or reset, or by its own `alert: { resolve: true }`.
 */
import { createLru } from '../cache/lru.ts'
import type { Alert, AlertDirective, LogRecord, Occurrence } from '../model.ts'
import { hash64 } from '../text/text.ts'
import { type CompiledRule, occurrenceOf } from './compiled-rule.ts'
import type { GetField } from './match.ts'
import { endsOf } from './rule-condition.ts'
import { createRuleIndex, fewRules } from './rule-index.ts'

/** What resolving depends on; `get` reads the fields of the record in question. */
export interface ResolutionOptions {
  readonly rules: readonly CompiledRule[]
  /** The rule that takes a record, or would. */
  readonly ruleOf: (record: LogRecord) => CompiledRule
  readonly index: ResolveIndex
  readonly get: GetField
}

/** What ends alerts. */
export interface Resolution {
  /** An alert was raised, and a later record may end it. */
  raised(rule: CompiledRule, occurrence: Occurrence, directive: AlertDirective | undefined): void
  /** An alert of a former process fires. */
  remember(alert: Alert): void
  /** The alerts that the record ends; they are forgotten. */
  resolve(record: LogRecord): readonly Occurrence[]
  /** The names under which a later record ends what this one raised. */
  raisedNames(rule: CompiledRule, directive: AlertDirective | undefined): readonly string[]
  /** The names of what the record ends, in this process or another. */
  endedNames(record: LogRecord): readonly string[]
  /** The ids of the alerts that the record would end. */
  preview(record: LogRecord): readonly string[]
  /** What a record that ends a rule's alerts names, unless the group alone says which. */
  scopeOf(rule: CompiledRule): string | undefined
}

const none: readonly Occurrence[] = []

export function createResolution({ rules, ruleOf, index, get }: ResolutionOptions): Resolution {
  const resolving = rules.filter((rule) => rule.ends !== undefined)
  const byField =
    resolving.length < fewRules
      ? undefined
      : createRuleIndex(resolving, ({ resolve, when }) => endsOf(resolve, when))

  /** The rules of which the record in question ends alerts. */
  function rulesOfEnds(): readonly CompiledRule[] {
    const found: CompiledRule[] = []
    const note = (rule: CompiledRule) => {
      if (rule.ends?.(get) === true) found.push(rule)
      return false
    }
    if (byField === undefined) resolving.forEach(note)
    else byField.find(get, note)
    return found
  }

  /**
   * Under what a rule's alerts are remembered until a record ends them: the rule, and the group if it has
   * any.
   */
  function nameOf(rule: CompiledRule): string {
    return `rule ${rule.name}\n${rule.grouping?.named(get) ?? ''}`
  }

  function scopeOf(rule: CompiledRule): string | undefined {
    return rule.grouping?.isWhole === true || rule.isAbsent ? undefined : hash64(nameOf(rule))
  }

  function resolve(record: LogRecord): readonly Occurrence[] {
    const directive = resolvingDirective(record)
    if (directive === undefined && resolving.length === 0) return none
    const ended = new Map<string, Occurrence>()
    const add = (occurrence: Occurrence) => ended.set(occurrence.id, occurrence)
    if (directive !== undefined) {
      const [name] = directiveNames(directive)
      if (name !== undefined) index.ended(name, record).forEach(add)
      add(occurrenceOf(record, ruleOf(record), directive, 'resolve', get))
    }
    for (const rule of rulesOfEnds()) {
      index.ended(nameOf(rule), record).forEach(add)
      // Groups of fields name their alert without a look at the past: also what another process raised ends.
      const scope = scopeOf(rule)
      if (scope === undefined && rule.conditions === undefined)
        add(occurrenceOf(record, rule, undefined, 'resolve', get))
      else if (rule.conditions !== undefined) {
        const condition = { forMs: 0, ...(scope === undefined ? {} : { scope }) }
        add({ ...occurrenceOf(record, rule, undefined, 'resolve', get), condition })
      }
    }
    return [...ended.values()]
  }

  function raisedNames(rule: CompiledRule, directive: AlertDirective | undefined): readonly string[] {
    const own = rule.ends === undefined ? [] : [nameOf(rule)]
    return directive === undefined ? own : [...own, ...directiveNames(directive)]
  }

  function endedNames(record: LogRecord): readonly string[] {
    const directive = resolvingDirective(record)
    const named = directive === undefined ? [] : directiveNames(directive).slice(0, 1)
    return [...named, ...rulesOfEnds().map(nameOf)]
  }

  function preview(record: LogRecord): readonly string[] {
    const directive = resolvingDirective(record)
    const ids: string[] = []
    if (directive !== undefined) {
      const [name] = directiveNames(directive)
      if (name !== undefined) ids.push(...index.open(name).map(({ id }) => id))
      ids.push(occurrenceOf(record, ruleOf(record), directive, 'resolve', get).id)
    }
    for (const rule of rulesOfEnds()) {
      ids.push(...index.open(nameOf(rule)).map(({ id }) => id))
      if (scopeOf(rule) === undefined) ids.push(occurrenceOf(record, rule, undefined, 'resolve', get).id)
    }
    return [...new Set(ids)]
  }

  return {
    raised(rule, occurrence, directive) {
      for (const name of raisedNames(rule, directive)) index.raised(name, occurrence)
    },
    remember(alert) {
      const rule = resolving.find(({ name }) => name === alert.rule)
      if (rule === undefined) return
      const {
        latest: record,
        state: _,
        count: __,
        firstSeen: ___,
        lastSeen: ____,
        first: _____,
        condition: ______,
        impact: _______,
        ...rest
      } = alert
      index.raised(nameOf(rule), { ...rest, action: 'fire', record, resolveAfterMs: rule.resolveAfterMs })
    },
    resolve,
    raisedNames,
    endedNames,
    preview,
    scopeOf,
  }
}

function resolvingDirective({ alert }: LogRecord): AlertDirective | undefined {
  return typeof alert === 'object' && alert.resolve === true ? alert : undefined
}

/** The names under which a later directive may end what this one raises, the most exact first. */
function directiveNames({ key, code }: AlertDirective): string[] {
  if (key !== undefined) return [`key ${key}`, ...(code === undefined ? [] : [`code ${code}`])]
  return code === undefined ? [] : [`code ${code}`]
}

/** As many as a tracker keeps with the default limits, ended ones included. */
const defaultMost = 5_000
/** Of one alert: its rule, key and code, and some codes that it had before. */
const mostNames = 8

type Raised = Omit<Occurrence, 'record'>

export interface ResolveIndex {
  /** An alert was raised, and a later record may end it under this name. */
  raised(name: string, occurrence: Occurrence): void
  /** What was raised under the name; it stays open. */
  open(name: string): readonly Raised[]
  /** What was raised under the name, as ended by `record`; asked twice, there is nothing left. */
  ended(name: string, record: LogRecord): Occurrence[]
}

/**
 * What was raised under each name, because a record that says only "the payments rule is fine again" or
 * `alert: { code, resolve: true }` cannot name their fingerprints. Of more than `most` the one that did not
 * occur for the longest time is forgotten: more than there can be alerts.
 */
export function createResolveIndex(most: number = defaultMost): ResolveIndex {
  const names = new Map<string, Map<string, Raised>>()
  /** The names of each alert, by its id. */
  const used = createLru<string, string[]>(most, (id, forgotten) => {
    for (const name of forgotten) forget(name, id)
  })

  function forget(name: string, id: string): void {
    const alerts = names.get(name)
    alerts?.delete(id)
    if (alerts?.size === 0) names.delete(name)
  }

  return {
    raised(name, occurrence) {
      const { id } = occurrence
      const known = used.get(id) ?? []
      if (known.includes(name)) return
      const { record: _, ...rest } = occurrence
      const alerts = names.get(name) ?? new Map<string, Raised>()
      names.set(name, alerts.set(id, rest))
      const more = [...known, name]
      if (more.length > mostNames) forget(more.shift()!, id)
      used.set(id, more)
    },
    open: (name) => [...(names.get(name)?.values() ?? [])],
    ended(name, record) {
      const alerts = [...(names.get(name)?.values() ?? [])]
      names.delete(name)
      for (const { id } of alerts) {
        const left = used.get(id)?.filter((other) => other !== name) ?? []
        if (left.length > 0) used.set(id, left)
        else used.delete(id)
      }
      return alerts.map((alert) => ({ ...alert, action: 'resolve', record }))
    },
  }
}
