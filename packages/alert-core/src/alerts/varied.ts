/**
 * In which parts the messages of one alert differ: each record is compared with what all before it had in
 * common, so that a headline shows no single record as if it were all. 'charge 19 failed' and 'charge 20
 * failed' have 'charge … failed' in common; what varied once stays '…'.
 */
import type { LogRecord } from '../model.ts'
import { needsReason, reasonOf } from '../read/reason.ts'

/** The words that all texts share, '…' or a part of a word with '…' where they differ. */
export interface Shape {
  readonly head: readonly string[]
  /** The texts had different numbers of words: what stands between `head` and `tail` varied. */
  readonly tail?: readonly string[]
}

/** The shapes of the log messages and of the errors' messages; absent where all are equal. */
export interface Varied {
  readonly message?: Shape
  readonly error?: Shape
}

/** The same as texts: 'charge … failed'. */
export interface VariedTexts {
  readonly message?: string
  readonly error?: string
}

/** The part of an alert that this is about. */
interface Varying {
  readonly first: LogRecord
  readonly latest: LogRecord
  readonly summary: string | undefined
  readonly isAbsence?: true
  varied?: Varied
}

/** Longer texts differ beyond what a headline shows. */
const most = { chars: 300, words: 60 }
const gap = '…'

/** What one record says. */
interface Said {
  readonly msg: string
  readonly err?: { readonly message: string }
}

/** Compares one more record of the alert with those before. A summary of the user needs no shape. */
export function noteVaried(alert: Varying, { msg, err }: Said): void {
  const { first, varied } = alert
  const firstError = first.err?.message
  if (msg === first.msg && err?.message === firstError) return
  if (alert.summary !== undefined || alert.isAbsence) return
  const message = compareReasons(varied?.message, first.msg, msg)
  const error =
    err === undefined || firstError === undefined
      ? varied?.error
      : compareReasons(varied?.error, firstError, err.message)
  if (message === varied?.message && error === varied?.error) return
  alert.varied = { ...(message && { message }), ...(error && { error }) }
}

/** Takes over what varied in an alert that became a part of this one. */
export function mergeVaried(alert: Varying, other: Varying): void {
  noteVaried(alert, other.first)
  noteVaried(alert, other.latest)
  const texts = other.varied && variedTexts(other.varied)
  if (texts?.message !== undefined) noteVaried(alert, { ...other.first, msg: texts.message })
}

/** What the messages have in common, as texts. */
export function variedTexts({ message, error }: Varied): VariedTexts {
  return { ...(message && { message: textOf(message) }), ...(error && { error: textOf(error) }) }
}

/** Neighbours that varied are one '…'. */
function textOf({ head, tail }: Shape): string {
  const words = tail === undefined ? head : [...head, gap, ...tail]
  return words.filter((word, index) => word !== gap || words[index - 1] !== gap).join(' ')
}

/** Groups of digits beside what varied: the rest of a card number, which no redaction would recognise. */
const besideGap = /(?:(?<!\S)\d{3,7} ){2,}…|…(?: \d{3,7}(?!\S)){2,}/g

function withoutRests({ head, tail }: Shape): Shape {
  const words = tail === undefined ? head : [...head, gap, ...tail]
  const text = words.join(' ')
  const safe = text.replace(besideGap, (rest) => rest.replace(/\S+/g, gap))
  if (safe === text) return tail === undefined ? { head } : { head, tail }
  const masked = safe.split(' ')
  return { head: masked.slice(0, head.length), ...(tail && { tail: masked.slice(head.length + 1) }) }
}

/** Of messages that are JSON or code, what they say in words is compared. */
function compareReasons(shape: Shape | undefined, first: string, text: string): Shape | undefined {
  if (first === text || (shape !== undefined && isWordForWord(shape, text))) return shape
  const [before, now] = [first, text].map((message) => reasonOf(message)?.text ?? message)
  return before === now ? shape : compare(shape, before!, now!)
}

function compare(shape: Shape | undefined, first: string, text: string): Shape {
  const before = shape ?? { head: wordsOf(first) }
  const words = wordsOf(text)
  const { head, tail } = before
  if (tail === undefined && head.length === words.length) {
    if (head.every((word, index) => isLike(word, words[index]!))) return shape ?? before
    return withoutRests({ head: head.map((word, index) => inCommon(word, words[index]!)) })
  }
  const last = tail ?? head
  const longest = Math.min(words.length, tail === undefined ? head.length : Number.POSITIVE_INFINITY)
  let start = 0
  while (start < head.length && start < longest && isLike(head[start]!, words[start]!)) start++
  let end = 0
  while (end < last.length && end < longest - start && isLike(last.at(-1 - end)!, words.at(-1 - end)!)) end++
  if (tail !== undefined && start === head.length && end === tail.length) return before
  return withoutRests({ head: head.slice(0, start), tail: last.slice(last.length - end) })
}

const needsSplit = /[^\S ]| $| {2}/

/** Whether a plain text is what the shape says; most records of an alert are, and no list is made of them. */
function isWordForWord({ head, tail }: Shape, text: string): boolean {
  if (tail !== undefined || text.length > most.chars || needsSplit.test(text)) return false
  if (needsReason.test(text)) return false
  let start = 0
  for (let index = 0; index < head.length; index++) {
    const word = head[index]!
    const space = text.indexOf(' ', start)
    const isLast = index === head.length - 1
    if (isLast !== (space === -1)) return false
    const end = isLast ? text.length : space
    const isEqual = end - start === word.length && text.startsWith(word, start)
    if (!isEqual && !isLike(word, text.slice(start, end))) return false
    start = end + 1
  }
  return true
}

function wordsOf(text: string): string[] {
  return text.slice(0, most.chars).trim().split(/\s+/, most.words)
}

/** Whether the word is what the shape says, 'id=42' for 'id=…'. */
function isLike(shape: string, word: string): boolean {
  if (shape === word) return true
  const at = shape.indexOf(gap)
  if (at < 0) return false
  const end = shape.slice(at + 1)
  return word.length >= at + end.length && word.startsWith(shape.slice(0, at)) && word.endsWith(end)
}

/** 'id=42,' and 'id=7,' have 'id=…,' in common: whole words, parted by what is neither letter nor digit. */
function inCommon(shape: string, word: string): string {
  if (isLike(shape, word)) return shape
  const at = shape.indexOf(gap)
  const [left, right] = at < 0 ? [shape, shape] : [shape.slice(0, at), shape.slice(at + 1)]
  let start = 0
  while (start < left.length && start < word.length && left[start] === word[start]) start++
  while (start > 0 && (isInside(left, start) || isInside(word, start))) start--
  const room = Math.min(right.length, word.length) - (at < 0 ? start : 0)
  let end = 0
  while (end < room && right.at(-1 - end) === word.at(-1 - end)) end++
  while (end > 0 && (isInside(right, right.length - end) || isInside(word, word.length - end))) end--
  const head = left.slice(0, start)
  const tail = end === 0 ? '' : right.slice(-end)
  return head.slice(0, isPartOfNumber(head) ? head.search(/\d/) : head.length) + gap + afterNumber(tail)
}

/** '10.0.' of an address and '12.' of an amount say nothing by themselves. */
function isPartOfNumber(text: string): boolean {
  return /\d/.test(text) && !/\p{L}/u.test(text)
}

function afterNumber(tail: string): string {
  return isPartOfNumber(tail) ? tail.slice(tail.search(/\d\D*$/) + 1) : tail
}

const wordCharacter = /[\w\ud800-\udfff]/

/** Whether a cut there would part a word or a character. */
function isInside(text: string, at: number): boolean {
  return wordCharacter.test(text[at - 1] ?? '') && wordCharacter.test(text[at] ?? '')
}
