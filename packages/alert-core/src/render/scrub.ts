/**
 * Makes data safe to show in a message: cleaned, redacted, one line, bounded. Each provider escapes it for
 * its own syntax.
 */
import type { LogRecord } from '../model.ts'
import type { Redactor } from '../redact/redact.ts'
import { cleanLine, cleanText, cutChars } from '../text/text.ts'

export interface Scrub {
  /** The text as one line of at most `max` characters. */
  line(raw: string, max: number): string
  /** Each text as one line of at most the `max` of its name. Equal texts are redacted once. */
  lines<Name extends string>(
    raw: Readonly<Record<Name, string>>,
    max: Readonly<Record<Name, number>>,
  ): Readonly<Record<Name, string>>
  /** The text with its line breaks, at most `max` characters. */
  text(raw: string, max: number): string
  /** The readable key of an alert as one line. */
  key(raw: string, max: number): string
  /** The fields of a record without secrets and what `redact` names. */
  fields(raw: LogRecord['fields']): LogRecord['fields']
  /** The value at `path` as one line: numbers as they are, objects as JSON; '' for nothing. */
  value(raw: unknown, path: string, max: number): string
}

/** No more of a text is read: what is shown is far shorter. */
const longestRaw = 65_536

/** Most texts are short and of printable ASCII: they are clean already. */
const cleanLineShape = /^[\x20-\x7e]*$/

export function createScrub(redact: Redactor): Scrub {
  const clean = (raw: string) =>
    raw.length <= longestRaw && cleanLineShape.test(raw) ? raw : cleanText(cutChars(raw, longestRaw, ''))

  // Redaction comes before the cut, because half a token would not be recognised.
  const cut = (safe: string, max: number) => (safe.length <= max ? safe : cutChars(safe, max))
  const text = (raw: string, max: number) => (raw === '' ? '' : cut(redact.text(clean(raw)).trim(), max))

  /** A secret may show only once its line breaks and blanks are gone. */
  const toLine = (safe: string) => {
    const single = cleanLineShape.test(safe) ? safe : cleanLine(safe)
    const whole = single.replace(/ {2,}/g, ' ').trim()
    return whole === safe ? whole : redact.text(whole)
  }

  const line = (raw: string, max: number) => (raw === '' ? '' : cut(toLine(redact.text(clean(raw))), max))

  function lines<Name extends string>(
    raw: Readonly<Record<Name, string>>,
    max: Readonly<Record<Name, number>>,
  ): Record<Name, string> {
    const different = [...new Set<string>(Object.values(raw))].filter(Boolean)
    const known = new Map(different.map((text) => [text, toLine(redact.text(clean(text)))]))
    const cutOne = (name: Name) => [name, cut(known.get(raw[name]) ?? '', max[name])] as const
    return Object.fromEntries((Object.keys(raw) as Name[]).map(cutOne)) as Record<Name, string>
  }

  const value = (raw: unknown, path: string, max: number) => {
    const bounded = typeof raw === 'string' ? cutChars(raw, longestRaw, '') : raw
    return line(toText(redact.value(bounded, path)), max)
  }

  return {
    line,
    lines,
    text,
    key: (raw, max) => line(redact.key(raw), max),
    fields: (raw) => redact.value(raw) as LogRecord['fields'],
    value,
  }
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  if (typeof value !== 'object') return ''
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
