/**
 * Texts that differ in one place only, compared from both ends: long ones, whose words are too many to leave
 * each open, and Chinese ones, whose words no blank separates ('用户张三不存在').
 */
import { isHan } from '../fingerprint/vocabulary.ts'
import { masked as gap, isName, onlyMasked } from './open-templates.ts'

/** What texts have in common before and behind the place in which they differ. */
export interface Ends {
  readonly before: string
  readonly after: string
}

/** So much must be equal: a Chinese character counts one, another word two. */
const leastWeight = { inside: 5, atStart: 6 }
const longestValue = 40
const mostValueWords = 3
/** A value has none of these: it would be more than a name. */
const clauseSigns = /[，。；：！？、,;:!?]/

export const hanCharacter = /\p{Script=Han}/u

/** The ends that a text shares with so many of the others; `undefined` if that is too little. */
export function endsOfMany(text: string, others: readonly string[], count: number): Ends | undefined {
  const lengthOf = ({ before, after }: Ends) => before.length + after.length
  const alike = others.flatMap((other) => (other === text ? [] : (endsInCommon(text, other) ?? [])))
  const [first, ...more] = alike.sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, count)
  if (first === undefined || more.length + 1 < count) return undefined
  return more.reduce<Ends | undefined>((ends, next) => ends && shorterEnds(ends, next), first)
}

/** The ends that two texts share; `undefined` if they differ in more than a name. */
function endsInCommon(one: string, other: string): Ends | undefined {
  const least = Math.min(one.length, other.length)
  let start = 0
  while (start < least && one[start] === other[start]) start++
  while (start > 0 && !(isBoundary(one, start) && isBoundary(other, start))) start--
  let end = 0
  while (end < least - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++
  while (end > 0 && !(isBoundary(one, one.length - end) && isBoundary(other, other.length - end))) end--
  const ends = { before: one.slice(0, start), after: one.slice(one.length - end) }
  const isOne = isEnough(ends) && valueBetween(ends, one) !== undefined
  return isOne && valueBetween(ends, other) !== undefined ? ends : undefined
}

/** The ends that are shared with both; `undefined` if that is too little. */
function shorterEnds(one: Ends, other: Ends): Ends | undefined {
  const before = one.before.length < other.before.length ? one.before : other.before
  const after = one.after.length < other.after.length ? one.after : other.after
  const ends = { before, after }
  return isEnough(ends) ? ends : undefined
}

/** What a text has between the ends: a name of a few words, or '…' for a masked value. */
export function valueBetween({ before, after }: Ends, text: string): string | undefined {
  const end = text.length - after.length
  if (end <= before.length || !text.startsWith(before) || !text.endsWith(after)) return undefined
  const value = text.slice(before.length, end)
  if (value.length > longestValue || clauseSigns.test(value) || value.trim() !== value) return undefined
  if (!isBoundary(text, before.length) || !isBoundary(text, end)) return undefined
  if (onlyMasked.test(value)) return gap
  const words = value.split(' ')
  return words.length <= mostValueWords && words.every(isName) ? value : undefined
}

/** The text with its gap, as the words of a template. */
export function gapWords({ before, after }: Ends): string[] {
  return `${before}${gap}${after}`.split(' ')
}

/** The same back; `undefined` if the words have no gap. */
export function endsOfWords(words: readonly string[]): Ends | undefined {
  const text = words.map((word) => (word === '' ? gap : word)).join(' ')
  const at = text.indexOf(gap)
  return at === -1 ? undefined : { before: text.slice(0, at), after: text.slice(at + gap.length) }
}

/** '商户【…】': the word says whose name stands in the brackets. */
const framed =
  /(?:用户|客户|顾客|会员|商户|商家|店铺|门店|租户|企业|公司|账号|账户|员工|司机)(?:【|「|『|\[|［|\(|（|“|")$/
const closing = /^(?:】|」|』|\]|］|\)|）|”|")/

function isEnough({ before, after }: Ends): boolean {
  if (framed.test(before) && closing.test(after)) return true
  const start = weightOf(before)
  return start + weightOf(after) >= (start === 0 ? leastWeight.atStart : leastWeight.inside)
}

function weightOf(text: string): number {
  let weight = 0
  for (const word of text.split(' ')) {
    const characters = word.match(/\p{Script=Han}/gu)?.length ?? 0
    weight += characters > 0 ? characters : /\p{L}/u.test(word) ? 2 : 0
  }
  return weight
}

/** Between two words, or between any two Chinese characters. */
function isBoundary(text: string, at: number): boolean {
  if (at === 0 || at === text.length) return true
  return separates(text.charCodeAt(at - 1)) || separates(text.charCodeAt(at))
}

function isWideDigit(code: number): boolean {
  return code >= 0xff10 && code <= 0xff19
}

/** A blank, a Chinese character, or Chinese punctuation. */
function separates(code: number): boolean {
  return (
    code === 32 ||
    isHan(code) ||
    (code >= 0x3000 && code <= 0x303f) ||
    (code >= 0xff00 && code <= 0xff1f && !isWideDigit(code))
  )
}
