/**
 * The one line that stands for a message: the structure and the distinctive values of one that is JSON, and
 * of several lines the first, with the reason that a line such as 'Invalid call in:' only introduces.
 */

const longest = 10_000
const longestLead = 300
const mostKeys = 16
const mostDepth = 4
const longestValue = 200
const longestStructure = 1_500

/** Fields whose values say which problem it is. */
const distinctive = new Set(
  `action code detail error errorCode errorMessage event eventName exception kind message msg method name operation
  reason rule state status statusCode summary title type`.split(/\s+/),
)
const codes = new Set(['code', 'errorCode', 'status', 'statusCode'])
/** Fields whose lists of names say what the problem is with. */
const paths = new Set(['path', 'keys', 'field', 'fields', 'property', 'target'])

/** The line of `text` that is looked at; the text itself if it is one line. */
export function messageHead(text: string): string {
  const start = firstInk(text)
  const first = text.charCodeAt(start)
  if ((first === 123 || first === 91) && text.length <= longest) {
    const structure = structureOf(text)
    if (structure !== undefined) return structure
  }
  const bounded = start > 0 || text.length > longest ? text.slice(start, longest) : text
  const end = endOfLine(bounded)
  return end > longestLead || end === bounded.length ? bounded : withReason(bounded, end)
}

function endOfLine(text: string): number {
  const feed = text.indexOf('\n')
  const line = feed === -1 ? text.length : feed
  const carriage = text.indexOf('\r')
  return carriage === -1 || carriage > line ? line : carriage
}

const lineEnd = /[\n\r]/
const blankLine = /\r?\n[ \t]{0,100}\r?\n/g
/** It introduces what the next lines say, or has no words of its own. */
const isLead = /(?::|\bin|\bby|[({[])\s{0,20}$/
const someWords = /\p{L}{3}/u
const frameLine = /^\s{0,100}at /

function withReason(text: string, end: number): string {
  const lead = text.slice(0, end)
  if (someWords.test(lead) && !isLead.test(lead)) return lead
  let paragraph = end
  for (const { index, 0: blank } of text.matchAll(blankLine)) {
    const next = index + blank.length
    if (text.slice(next, next + 200).trim() !== '') paragraph = next
  }
  const line = text
    .slice(paragraph)
    .split(lineEnd)
    .find((candidate) => candidate.trim() !== '')
  if (line === undefined || frameLine.test(line)) return lead
  return `${lead.trimEnd()} ${line.trim()}`
}

function firstInk(text: string): number {
  let index = 0
  while (index < longest && isBlank(text.charCodeAt(index))) index++
  return index
}

function isBlank(code: number): boolean {
  return code === 32 || (code > 8 && code < 14)
}

function structureOf(text: string): string | undefined {
  const last = text.trimEnd().at(-1)
  if (last !== '}' && last !== ']') return undefined
  try {
    return written(JSON.parse(text), '', 0).slice(0, longestStructure)
  } catch {
    return undefined
  }
}

/** A value without quotes: names, distinctive values, and '<*>' for the rest. */
function written(value: unknown, field: string, depth: number): string {
  if (Array.isArray(value)) return `[${items(value, field, depth)}]`
  if (typeof value === 'object' && value !== null)
    return depth > mostDepth ? '{<*>}' : `{${members(value, depth)}}`
  if (!distinctive.has(field)) return '<*>'
  if (typeof value === 'string') return value.trim().slice(0, longestValue).replace(/\s+/g, ' ')
  return typeof value === 'number' && codes.has(field) ? String(value) : '<*>'
}

function members(value: object, depth: number): string {
  const names = Object.keys(value).sort()
  const shown = names.slice(0, mostKeys).map((name) => {
    const text = written(value[name as keyof typeof value], name, depth + 1)
    return `${isNumberField(value, name) ? 'status' : name}: ${text}`
  })
  return shown.join(', ')
}

/** The scanner knows the numbers of a status from other numbers by the word before them. */
function isNumberField(value: object, name: string): boolean {
  return codes.has(name) && typeof value[name as keyof typeof value] === 'number'
}

function items(values: readonly unknown[], field: string, depth: number): string {
  if (depth > mostDepth || values.length === 0) return values.length === 0 ? '' : '<*>'
  if (paths.has(field)) return values.slice(0, mostKeys).map(nameOrValue).join(', ')
  const kinds = new Set(values.slice(0, mostKeys).map((value) => written(value, field, depth + 1)))
  return [...kinds].slice(0, 3).join(', ')
}

function nameOrValue(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64) : '<*>'
}
