/**
 * The sentence for one issue of the schema: what was expected, what was given, and if it is short, the cure.
 */
import * as z from 'zod/mini'
import { infoOf } from '../provider/schema.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import { didYouMean } from './nearest.ts'

type RawIssue = z.core.$ZodRawIssue

export interface Wording {
  /** Whether a message may repeat this value. A secret may never be repeated. */
  readonly mayEcho: (value: string | number) => boolean
  /** The sentence to add if an option is missing: how to give it. */
  readonly cureMissing?: (key: string) => string
}

export function sentence(issue: RawIssue, wording: Wording): string {
  const { input } = issue
  switch (issue.code) {
    case 'invalid_type':
      if (input === undefined) return missing(issue)
      return `expected ${noun(issue.expected)}, got ${described(input, wording)}.${cure(issue.expected, input, wording)}`
    case 'invalid_union':
      if (input === undefined) return missing(issue)
      return `expected ${alternatives(issue.errors.flatMap(expectations))}, got ${described(input, wording)}.`
    case 'invalid_value': {
      if (input === undefined) return missing(issue)
      const near = typeof input === 'string' ? didYouMean(input, issue.values.map(String)) : ''
      return `must be ${alternatives(issue.values.map(quoted))}, got ${described(input, wording)}.${near}`
    }
    case 'unrecognized_keys': {
      const known = issue.inst instanceof z.core.$ZodObject ? Object.keys(issue.inst._zod.def.shape) : []
      return issue.keys.map((key) => unknownKey(key, known)).join('\n')
    }
    case 'too_small':
      if (issue.origin === 'string' && Number(issue.minimum) > 1)
        return `must have at least ${issue.minimum} characters.`
      if (issue.origin === 'string' || issue.origin === 'array') return 'must not be empty.'
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}, got ${described(input, wording)}.`
    case 'too_big':
      return `must be at most ${issue.maximum}, got ${described(input, wording)}.`
    case 'invalid_format':
      return formats[issue.format] === undefined ? 'has a wrong format.' : `must be ${formats[issue.format]}.`
    case 'invalid_key':
      return `is not a valid key: it ${issue.issues[0]?.message ?? 'has a wrong format.'}`
    case 'custom': {
      const must: unknown = issue.params?.['must']
      return must === undefined
        ? 'is not a valid value.'
        : `must be ${must}, got ${described(input, wording)}.`
    }
    default:
      return 'is not a valid value.'
  }
}

export function unknownKey(key: string, known: Iterable<string>): string {
  return `is not an option.${didYouMean(key, known)}`
}

/**
 * The sentence for a name that must be one of these: `is not a channel of these options. Did you mean 'ops'?
 * Known: 'ops'.`
 */
export function unknownName(name: string, known: readonly string[], what: string): string {
  const list = known.length === 0 ? '' : ` Known: ${alternatives(known.map((other) => `'${other}'`))}.`
  return `is not ${what}.${didYouMean(name, known)}${list}`
}

const mostAlternatives = 40

/** A list in words: `'a', 'b' or 'c'`; a long list is cut. */
export function alternatives(items: readonly string[]): string {
  const distinct = [...new Set(items)]
  if (distinct.length > mostAlternatives) return `${distinct.slice(0, mostAlternatives).join(', ')} …`
  return distinct.length < 2
    ? (distinct[0] ?? 'nothing')
    : `${distinct.slice(0, -1).join(', ')} or ${distinct.at(-1)}`
}

/** A value as a noun: `the string 'abc'`, `the number 5`, `an array`. */
export function described(value: unknown, { mayEcho }: Wording): string {
  if (Array.isArray(value)) return 'an array'
  switch (typeof value) {
    case 'undefined':
      return 'nothing'
    case 'string':
      return value === '' ? 'an empty string' : mayEcho(value) ? `the string ${quoted(value)}` : 'a string'
    case 'number':
      return mayEcho(value) ? `the number ${value}` : 'a number'
    case 'object':
      return value === null ? 'null' : 'an object'
    default:
      return String(value)
  }
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${cutChars(cleanLine(value), 60)}'` : String(value)
}

function missing({ inst }: RawIssue): string {
  const description = inst instanceof z.core.$ZodType ? infoOf(inst).description : undefined
  // The first clause: 'The password; …' → 'the password', but 'SASL method' stays.
  const meaning = description
    ?.split(/[:;.] /)[0]
    ?.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())
  return meaning === undefined ? 'is missing.' : `is missing: ${meaning}`
}

function expectations(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.path.length > 0) return []
    if (issue.code === 'invalid_union') return issue.errors.flatMap(expectations)
    if (issue.code === 'invalid_type') return [noun(issue.expected)]
    if (issue.code === 'invalid_value') return issue.values.map(quoted)
    return issue.code === 'custom' && typeof issue.params?.['must'] === 'string' ? [issue.params['must']] : []
  })
}

const nouns: Readonly<Record<string, string | undefined>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

function noun(expected: string): string {
  return nouns[expected] ?? expected
}

const formats: Readonly<Record<string, string | undefined>> = {
  url: "a URL such as 'https://host/path'",
  email: "a mail address such as 'ops@example.com'",
}

function cure(expected: string, input: unknown, { mayEcho }: Wording): string {
  const isText = typeof input === 'string'
  const isShown = isText && input.length <= 30 && mayEcho(input)
  if (expected === 'array' && isText) return isShown ? ` Write [${quoted(input)}].` : ' Write it in [ and ].'
  if (expected === 'string' && typeof input === 'number' && mayEcho(input)) return ` Write '${input}'.`
  if (expected === 'boolean' && (input === 'true' || input === 'false'))
    return ` Write ${input} without quotes.`
  if (expected === 'number' && isText && /^\d{1,15}$/.test(input)) return ' Write it without quotes.'
  return ''
}
