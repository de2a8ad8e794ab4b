/**
 * Finds alerts whose messages differ in one word only: by the words of each message with one of them left
 * open. Few messages have any like them, so they are compared only where more than four have the same scope
 * and number of words. Long and Chinese ones are compared with each other from both ends.
 */
import { createLru, type Lru } from '../cache/lru.ts'
import { keyPrefix, scopeId } from '../fingerprint/fingerprint.ts'
import type { Occurrence, Variants } from '../model.ts'
import { redactText } from '../redact/redact-text.ts'
import { type Ends, endsOfMany, endsOfWords, gapWords, hanCharacter, valueBetween } from './one-gap.ts'
import {
  masked,
  type OpenTemplate,
  openTemplatesOf,
  spansOf,
  type Template,
  templateKey,
  textOf,
} from './open-templates.ts'

/** The words that merged alerts differ in. */
export interface LiveVariants {
  readonly values: Map<string, number>
  /** Different words beyond the largest number that is counted. */
  more: number
}

const mostWords = 24
const mostValues = 100
const shownValues = 5
const longestKey = 499

/**
 * What may become one alert: the ids that share a template with words open, with what they have there, or the
 * alert that they became.
 */
export interface Group {
  readonly template: () => Template
  readonly members: Map<string, string>
  /** What its texts have in common, if they were compared from both ends. */
  readonly ends?: Ends
  merged?: Omit<Merged, 'word'>
}

/** How records of one fingerprint are counted under a merged alert. */
export interface Merged {
  readonly id: string
  readonly key: string
  readonly template: Template
  /** The word of this fingerprint. */
  readonly word: string
}

/** What is remembered to find similar alerts; bounded. */
export interface Similar {
  /** By scope and number of words: the first few templates by id, until there are enough to compare. */
  readonly few: Lru<string, Map<string, Template> | 'compared'>
  /** By template and open word. */
  readonly groups: Lru<string, Group>
  /** By the fingerprint of the record. */
  readonly merged: Lru<string, Merged>
  /** Scope and number of words of merged alerts: a new one is compared only if there are any like it. */
  readonly mergedKinds: Lru<string, true>
  /** Long and Chinese texts by scope and id, to be compared with each other. */
  readonly texts: Lru<string, Map<string, string>>
  /** By scope: the merged alerts of such texts. */
  readonly mergedTexts: Lru<string, (Omit<Merged, 'word'> & { readonly ends: Ends })[]>
  /** There is a merged alert: the next record may belong to it. */
  hasMerged: boolean
}

/** Scopes whose texts are compared, and texts and merged alerts of each. */
const mostScopes = 200
const mostTexts = 40
const mostMergedTexts = 16

/** More alerts than this become one. */
export const mostApart = 4

export function createSimilar(maxAlerts: number): Similar {
  const most = 5 * maxAlerts
  return {
    few: createLru(most),
    groups: createLru(most),
    merged: createLru(most),
    mergedKinds: createLru(maxAlerts),
    texts: createLru(mostScopes),
    mergedTexts: createLru(mostScopes),
    hasMerged: false,
  }
}

/** The id of the alert that records of this fingerprint are counted under. */
export function mergedIdOf({ merged }: Similar, id: string): string {
  return merged.get(id)?.id ?? id
}

/** The occurrence as it is counted: under the merged alert if there is one. */
export function asMerged({ merged, hasMerged }: Similar, occurrence: Occurrence): Occurrence {
  const known = hasMerged ? merged.get(occurrence.id) : undefined
  return known === undefined ? occurrence : { ...occurrence, id: known.id, key: known.key }
}

/** What is known of an occurrence that is about to start an alert. */
export interface Noted {
  /** By which others are found; missing if it may not be merged. */
  readonly template?: Template
  /** The groups in which it is the one too many. */
  readonly full: readonly Group[]
}

const none: Noted = { full: [] }

/** Notes an occurrence that may start an alert; if it belongs to a merged one, `asMerged` knows it. */
export function noteSimilar(similar: Similar, occurrence: Occurrence): Noted {
  const template = templateOf(occurrence)
  if (template === undefined) return none
  const { id } = occurrence
  let openTemplates: readonly OpenTemplate[] | undefined
  const openTemplatesOnce = () => (openTemplates ??= openTemplatesOf(template))
  if (similar.hasMerged && joinMerged(similar, template, id, openTemplatesOnce)) return { template, full: [] }
  const alike = isCompared(template) ? noteText(similar, template, id) : undefined
  const own = alike === undefined ? [] : [alike]
  if (template.words.length > mostWords) return { template, full: own }
  const kind = kindOf(template)
  const few = similar.few.get(kind) ?? new Map<string, Template>()
  if (few !== 'compared') {
    few.set(id, template)
    similar.few.set(kind, few.size > mostApart ? 'compared' : few)
    if (few.size <= mostApart) return { template, full: own }
    for (const [member, other] of few) if (member !== id) addToGroups(similar, openTemplatesOf(other), member)
  }
  return { template, full: [...addToGroups(similar, openTemplatesOnce(), id).filter(hasEnough), ...own] }
}

/** Its words are too many to leave each open, or no blank separates them. */
function isCompared({ words }: Template): boolean {
  return words.length > mostWords || words.some((word) => hanCharacter.test(word))
}

/** Remembers a text; the group of those that differ from it in one place, once they are enough. */
function noteText(similar: Similar, template: Template, id: string): Group | undefined {
  const { scope } = template
  const texts = similar.texts.get(scope) ?? new Map<string, string>()
  const text = template.words.join(' ')
  texts.set(id, text)
  if (texts.size > mostTexts) texts.delete(texts.keys().next().value!)
  similar.texts.set(scope, texts)
  if (texts.size <= mostApart) return undefined
  for (const other of texts.keys()) if (similar.merged.has(other)) texts.delete(other)
  const ends = endsOfMany(text, [...texts.values()], mostApart)
  if (ends === undefined) return undefined
  const members = new Map<string, string>()
  for (const [other, its] of texts) {
    const value = valueBetween(ends, its)
    if (value !== undefined) members.set(other, value)
  }
  const group = { template: () => ({ scope, words: gapWords(ends) }), members, ends }
  return hasEnough(group) ? group : undefined
}

/** Alerts of one kind may be alike. `more` is by how much the message has more words than the other. */
function kindOf({ scope, words }: Template, more = 0): string {
  return `${scope}\n${words.length - more}`
}

/** Remembers that the group has become an alert. */
export function markMerged(similar: Similar, group: Group, alert: Omit<Merged, 'word'>): void {
  group.merged = alert
  similar.hasMerged = true
  similar.mergedKinds.set(kindOf(alert.template), true)
  if (group.ends === undefined) return
  const { scope } = alert.template
  const others = similar.mergedTexts.get(scope) ?? []
  similar.mergedTexts.set(scope, [{ ...alert, ends: group.ends }, ...others].slice(0, mostMergedTexts))
}

const longestSpan = 3

/** True if there is a merged alert of such messages: the occurrence is counted under it from now on. */
function joinMerged(
  { groups, merged, mergedKinds, mergedTexts }: Similar,
  template: Template,
  id: string,
  openTemplates: () => readonly OpenTemplate[],
): boolean {
  for (const { ends, ...known } of mergedTexts.get(template.scope) ?? []) {
    const value = valueBetween(ends, template.words.join(' '))
    if (value === undefined) continue
    merged.set(id, { ...known, word: value })
    return true
  }
  if (template.words.length > mostWords + longestSpan) return false
  for (let size = 1; size <= longestSpan; size++) {
    if (mergedKinds.get(kindOf(template, size - 1)) === undefined) continue
    for (const { key, value } of size === 1 ? openTemplates() : spansOf(template, size)) {
      const known = groups.get(key)?.merged
      if (known === undefined) continue
      merged.set(id, { ...known, word: value })
      return true
    }
  }
  return false
}

/** More different words than may stay apart: equal ones differ in what is hidden in them. */
function hasEnough({ members }: Group): boolean {
  if (members.size <= mostApart) return false
  const values = new Set(members.values())
  return values.size - (values.has(masked) ? 1 : 0) > mostApart
}

/** Remembers an alert of a restored state. */
export function restoreTemplate(similar: Similar, alert: Omit<Merged, 'word'>, isMerged: boolean): void {
  const { id, template } = alert
  if (isMerged) {
    const ends = isCompared(template) ? endsOfWords(template.words) : undefined
    const group: Group = { template: () => template, members: new Map(), ...(ends && { ends }) }
    similar.groups.set(templateKey(template), group)
    markMerged(similar, group, alert)
  } else {
    if (isCompared(template)) noteText(similar, template, id)
    if (template.words.length > mostWords) return
    addToGroups(similar, openTemplatesOf(template), id)
  }
  similar.few.set(kindOf(template), 'compared')
}

/** 'ENOENT: no such file or directory, open <*>': its words are the system's, and name the call. */
const systemError = /^E[A-Z\d]{2,}: /

/** The template of an alert that may be merged. */
function templateOf(occurrence: Occurrence): Template | undefined {
  if (occurrence.mergeable !== true || occurrence.key.length > longestKey) return undefined
  const prefix = keyPrefix(occurrence.record, occurrence.code)
  if (!occurrence.key.startsWith(prefix)) return undefined
  const text = occurrence.key.slice(prefix.length)
  if (systemError.test(text)) return undefined
  // A word alone no longer shows what 'password:' before it says of it.
  const words = wordsOf(redactText(text))
  return { scope: `${scopeId(occurrence.labels, occurrence.rule)}\n${prefix}`, words }
}

/** The words of a text; a list ('a, b and c') is one word, however long it is. */
function wordsOf(text: string): string[] {
  const words = text.split(' ')
  return text.includes(', ') ? joinLists(words) : words
}

function joinLists(words: readonly string[]): string[] {
  const joined: string[] = []
  for (let index = 0; index < words.length; index++) {
    const end = endOfList(words, index)
    joined.push(end === index ? words[index]! : words.slice(index, end + 1).join(' '))
    index = end
  }
  return joined
}

/** Where the list ends that begins at `start`; two words inside of a sentence are none: 'failed, so'. */
function endOfList(words: readonly string[], start: number): number {
  let end = start
  while (end < words.length - 1 && isItem(words[end]!)) end++
  const commas = end - start
  if (commas === 0) return start
  // 'a, b, and c' or 'a, b and c'
  const conjunction = isConjunction(words[end]) ? end : end + 1
  if (isConjunction(words[conjunction]) && conjunction < words.length - 1) return conjunction + 1
  return commas > 1 || end === words.length - 1 ? end : start
}

function isConjunction(word: string | undefined): boolean {
  return word === 'and' || word === 'or'
}

function isItem(word: string): boolean {
  return word.length > 1 && word.endsWith(',') && !word.includes('=')
}

/** The words of a merged alert for people, the most frequent first. */
export function copyVariants(
  template: Template | undefined,
  variants: LiveVariants | undefined,
): Variants | undefined {
  if (template === undefined || variants === undefined) return undefined
  const sorted = [...variants.values].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return {
    message: textOf(template),
    values: sorted.slice(0, shownValues).map(([value, count]) => ({ value, count })),
    more: Math.max(0, sorted.length - shownValues) + variants.more,
  }
}

function addToGroups({ groups }: Similar, openTemplates: readonly OpenTemplate[], id: string): Group[] {
  return openTemplates.flatMap(({ key, template, value }) => {
    const known = groups.get(key)
    // What is masked joins others, and is none of those that make a group.
    if (known === undefined && value === masked) return []
    const group = known ?? { template, members: new Map<string, string>() }
    group.members.set(id, value)
    if (group.members.size > mostValues) group.members.delete(group.members.keys().next().value!)
    if (known === undefined) groups.set(key, group)
    return [group]
  })
}

export function addValue(variants: LiveVariants, value: string, count: number): void {
  const { values } = variants
  const known = values.get(value)
  if (known !== undefined || values.size < mostValues) values.set(value, (known ?? 0) + count)
  else variants.more++
}
