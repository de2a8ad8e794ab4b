/**
 * In which words the messages of alerts may differ that are one problem: in any one word, in the value of a
 * field or of all fields ('tag=… name=…'), in the names that a route has ('/users/…'), or in those of users,
 * tenants and jobs ('user … of tenant …').
 */
import { hidden } from '../redact/redact-text.ts'
import { type OpenPart, openNames, openRoute } from './open-names.ts'

/** The words of a message; an open one, in which merged alerts differ, is '', an open field 'name=…'. */
export interface Template {
  /** What must be equal: rule, service, env, kind of error and frame. */
  readonly scope: string
  readonly words: readonly string[]
}

/** A template with words left open, and what this message has there. */
export interface OpenTemplate {
  readonly key: string
  /** Made only when alerts become one. */
  readonly template: () => Template
  /** '…' for what is masked. */
  readonly value: string
}

/** The first word often is what the sentence is about: it is open only if much else is equal. */
const fewestFixed = { first: 3, other: 2, span: 3, fields: 4, names: 3 }
const gap = '…'
/** The value of a message that has a masked one there. */
export const masked = gap

/** All templates of which one word, or the fields, are open. */
export function openTemplatesOf(template: Template): OpenTemplate[] {
  const { scope, words } = template
  const text = words.join(' ')
  const fixed = words.map(isFixed)
  const all = count(fixed)
  const found: OpenTemplate[] = []
  let start = 0
  for (let position = 0; position < words.length; position++) {
    const word = words[position]!
    const end = start + word.length
    const others = all - (fixed[position] ? 1 : 0)
    const isMasked = word.includes('<*>') && onlyMasked.test(word)
    if (isRoute(word) || isField(word)) {
      const part = others === 0 ? undefined : isRoute(word) ? openRoute(word) : openValue(word)
      if (part !== undefined)
        found.push(openTemplate(template, words.with(position, part.text), part.value || gap))
    } else if (others >= fewestFixed[position === 0 ? 'first' : 'other'] && (isMasked || isName(word)))
      found.push({
        // As `templateKey` makes it of these words.
        key: `${scope}\n${text.slice(0, start)}${text.slice(end)}`,
        template: () => ({ scope, words: words.with(position, '') }),
        value: isMasked ? gap : word,
      })
    start = end + 1
  }
  const fields = text.includes('=') ? openFields(template, all) : undefined
  if (fields !== undefined) found.push(fields)
  const names = openNames(words, isName)
  if (
    names !== undefined &&
    all - count(fixed.filter((_, at) => names.words[at] === '')) >= fewestFixed.names
  )
    found.push(openTemplate(template, names.words, names.value))
  return found
}

/** Of the words of a message only those of a request begin so: other paths are masked. */
function isRoute(word: string): boolean {
  return word.startsWith('/') && word.length > 1
}

function isField(word: string): boolean {
  return word.includes('=') && field.test(word)
}

/** The same with `size` words open as one: a value may have several, such as 'Alice Smith'. */
export function spansOf(template: Template, size: number): OpenTemplate[] {
  const { words } = template
  const isOpen = words.map(isName)
  const fixed = words.map(isFixed)
  const all = count(fixed)
  const found: OpenTemplate[] = []
  for (let start = 1; start + size <= words.length; start++) {
    const end = start + size
    if (isOpen.slice(start, end).includes(false) || all - count(fixed.slice(start, end)) < fewestFixed.span)
      continue
    const rest = [...words.slice(0, start), '', ...words.slice(end)]
    found.push(openTemplate(template, rest, words.slice(start, end).join(' ')))
  }
  return found
}

function count(flags: readonly boolean[]): number {
  return flags.reduce((total, flag) => (flag ? total + 1 : total), 0)
}

function openTemplate({ scope }: Template, words: readonly string[], value: string): OpenTemplate {
  const template = { scope, words }
  return { key: templateKey(template), template: () => template, value }
}

export function templateKey({ scope, words }: Template): string {
  return `${scope}\n${words.join(' ')}`
}

export function textOf({ words }: Template): string {
  return words.map((word) => (word === '' ? gap : word.replaceAll('<*>', gap))).join(' ')
}

const field = /^(\S*?([\p{L}\d_]+)=)(\S*?)([,;]*)$/u
/** Fields whose values say which problem it is. */
const significantFields = new Set(
  `action cause code detail err errno error errorCode event exception kind level message method msg op operation outcome
  reason result rule severity signal state status statusCode type`.split(/\s+/),
)
const systemName = /(?:^|\W)E[A-Z]{3,}(?:\W|$)|(?:Error|Exception)(?:\W|$)/
export const onlyMasked = /^[^\p{L}\d]*<\*>[^\p{L}\d]*$/u

/** 'user=alice,' → 'user=…,'; undefined if the value says which problem it is, or there is none. */
function openValue(word: string): (OpenPart & { readonly name: string }) | undefined {
  const [, start, name = '', value = '', end] = field.exec(word) ?? []
  if (start === undefined || significantFields.has(name)) return undefined
  if (value.includes(hidden) || systemName.test(value)) return undefined
  return { name, text: `${start}${gap}${end}`, value: value === '' || onlyMasked.test(value) ? '' : value }
}

function openFields(template: Template, fixed: number): OpenTemplate | undefined {
  const values: string[] = []
  let fields = 0
  let named = fixed
  const words = template.words.map((word) => {
    const open = openValue(word)
    if (open === undefined) return word
    fields++
    if (!isFixed(word)) named++
    if (open.value !== '') values.push(`${open.name}=${open.value}`)
    return open.text
  })
  if (fields < 2 || named < fewestFixed.fields) return undefined
  return openTemplate(template, words, values.length === 0 ? gap : values.join(' '))
}

/** It says something, unlike a value that is masked already. */
function isFixed(word: string): boolean {
  return word !== '' && !word.includes('<*>') && /\p{L}/u.test(word)
}

const statusNumber = /^\W*\d{1,5}\W*$/
const errorName = /(?:^|\W)(?:E[A-Z]{3,}|[A-Z]+_[A-Z_]+|\w*(?:Error|Exception))(?:\W|$)/

/** It may be open: a number that was kept is a status, and an error is another problem. */
export function isName(word: string): boolean {
  return word !== '' && !word.includes(hidden) && !statusNumber.test(word) && !errorName.test(word)
}
