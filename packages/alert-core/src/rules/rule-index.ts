/**
 * Which rules can hold of a record at all, by their conditions that a field equals a value: of hundreds of
 * rules a record then meets few. What the index finds is still asked, so it may find too many, never too few.
 */
import type { Condition, GetField, Match, Matches } from './match.ts'

export interface RuleIndex<Rule> {
  /** The first rule that `holds`, in the order of the rules; those that cannot hold are not asked. */
  find(get: GetField, holds: (rule: Rule) => boolean): Rule | undefined
}

/** With fewer rules it is as fast to test each. */
export const fewRules = 8

interface Placed<Rule> {
  readonly place: number
  readonly rule: Rule
}

/** A field, and the texts of which it must have one. */
interface Key {
  readonly path: string
  readonly texts: readonly string[]
}

type Tables<Rule> = ReadonlyMap<string, ReadonlyMap<string, readonly Placed<Rule>[]>>

const none: readonly never[] = []
/** These compare by rank, and different texts have the same one. */
const ranked: ReadonlySet<string> = new Set(['level', 'severity'])

/** `matchesOf` gives what must hold of a record for the rule to hold; undefined: any record may do. */
export function createRuleIndex<Rule>(
  rules: readonly Rule[],
  matchesOf: (rule: Rule) => Matches | undefined,
): RuleIndex<Rule> {
  const { tables, others } = sortByKeys(rules, matchesOf)

  function found(get: GetField): readonly Placed<Rule>[] {
    let all: readonly Placed<Rule>[] = none
    for (const [path, table] of tables) {
      const value = get(path)
      for (const item of Array.isArray(value) ? value : [value]) {
        const more = isText(item) ? table.get(String(item)) : undefined
        if (more !== undefined) all = all.length === 0 ? more : inOrder([...all, ...more])
      }
    }
    return all
  }

  return {
    find(get, holds) {
      const some = found(get)
      let next = 0
      for (const { place, rule } of others) {
        for (; next < some.length && some[next]!.place < place; next++)
          if (holds(some[next]!.rule)) return some[next]!.rule
        if (holds(rule)) return rule
      }
      for (; next < some.length; next++) if (holds(some[next]!.rule)) return some[next]!.rule
      return undefined
    },
  }
}

/** Each rule under the texts of its rarest condition; `others` have none, and are asked about each record. */
function sortByKeys<Rule>(
  rules: readonly Rule[],
  matchesOf: (rule: Rule) => Matches | undefined,
): { readonly tables: Tables<Rule>; readonly others: readonly Placed<Rule>[] } {
  const choices = rules.map((rule) => groupsOf(matchesOf(rule)).map(keysOf))
  const users = countUsers(choices.flat(2))
  const tables = new Map<string, Map<string, Placed<Rule>[]>>()
  const others: Placed<Rule>[] = []
  for (const [place, rule] of rules.entries()) {
    const keys = choices[place]!.map((each) => rarest(each, users))
    if (keys.length === 0 || keys.includes(undefined)) others.push({ place, rule })
    else for (const key of keys) put(tables, key!, { place, rule })
  }
  return { tables, others }
}

function groupsOf(matches: Matches | undefined): readonly Match[] {
  if (matches === undefined) return none
  return Array.isArray(matches) ? matches : [matches]
}

function keysOf(match: Match): Key[] {
  return Object.entries(match).flatMap(([path, condition]) => {
    const texts = ranked.has(path) ? undefined : textsOf(condition)
    return texts === undefined ? [] : [{ path, texts }]
  })
}

/** The texts that a value which meets the condition has; undefined if others may meet it too. */
function textsOf(condition: Condition): readonly string[] | undefined {
  const items: readonly unknown[] = Array.isArray(condition) ? condition : [condition]
  return items.every(isText) ? items.map(String) : undefined
}

function isText(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function countUsers(keys: readonly Key[]): ReadonlyMap<string, number> {
  const users = new Map<string, number>()
  for (const { path, texts } of keys)
    for (const text of texts) users.set(`${path}=${text}`, (users.get(`${path}=${text}`) ?? 0) + 1)
  return users
}

/** That with the fewest rules under its texts: by `service` alone all rules might have the same. */
function rarest(keys: readonly Key[], users: ReadonlyMap<string, number>): Key | undefined {
  const weight = ({ path, texts }: Key) =>
    texts.reduce((sum, text) => sum + (users.get(`${path}=${text}`) ?? 0), 0)
  return keys.reduce<Key | undefined>(
    (best, key) => (best === undefined || weight(key) < weight(best) ? key : best),
    undefined,
  )
}

function put<Rule>(
  tables: Map<string, Map<string, Placed<Rule>[]>>,
  { path, texts }: Key,
  placed: Placed<Rule>,
): void {
  const table = tables.get(path) ?? new Map<string, Placed<Rule>[]>()
  tables.set(path, table)
  for (const text of new Set(texts)) {
    const under = table.get(text) ?? []
    if (under.at(-1)?.place !== placed.place) under.push(placed)
    table.set(text, under)
  }
}

function inOrder<Rule>(found: readonly Placed<Rule>[]): readonly Placed<Rule>[] {
  const byPlace = new Map(found.map((placed) => [placed.place, placed]))
  return [...byPlace.values()].sort((one, other) => one.place - other.place)
}
