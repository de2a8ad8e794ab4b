/**
 * A JavaScript regular expression, written for an engine whose time is linear in the text (RE2's syntax).
 * What such an engine cannot do is refused with the reason and the cure.
 */

/** The pattern for the engine, or why there is none. */
export type Translation =
  | {
      readonly source: string
      /** Characters, classes, anchors and top-level alternatives only: linear in V8's own engine as well. */
      readonly isFixed: boolean
    }
  | { readonly refusal: string }

const mostChars = 10_000
const mostRepeats = 1_000
/** Characters and classes, each as often as it is repeated: what the engine keeps in memory. */
const mostSteps = 10_000
const mostGroups = 200
const lastPoint = 0x10ffff

type Range = readonly [first: number, last: number]

const digits: readonly Range[] = [[48, 57]]
const wordChars: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]
const spaces: readonly Range[] = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]
const sets: Readonly<Record<string, readonly Range[]>> = {
  d: digits,
  D: complement(digits),
  w: wordChars,
  W: complement(wordChars),
  s: spaces,
  S: complement(spaces),
}
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 }
const anyButLineEnd = '[^\\n\\r\\x{2028}\\x{2029}]'
const anything = `[\\x{0}-\\x{${lastPoint.toString(16)}}]`
const nothing = `[^\\x{0}-\\x{${lastPoint.toString(16)}}]`

class Refusal {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/**
 * Translates a pattern that `new RegExp(pattern, flags)` accepts; `flags` are 'u' or none. `property` writes
 * a Unicode property ('L', 'Script=Han') as part of a class.
 */
export function translate(pattern: string, flags: '' | 'u', property: WriteProperty): Translation {
  if (pattern.length > mostChars) return { refusal: `is longer than ${mostChars} characters. Split it.` }
  try {
    return createTranslator(createCursor(Array.from(pattern)), flags === 'u', property).all()
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.why }
    throw error
  }
}

/** `repeats` and `steps` are the sizes that the engine bounds. */
interface Part {
  readonly source: string
  readonly repeats: number
  readonly steps: number
}

interface Cursor {
  /** The next character is still to be taken. */
  peek(offset?: number): string
  rest(length: number): string
  take(): string
  takeIf(text: string): boolean
  /** `most` is how far the pattern, which begins with '^', looks. */
  takeMatch(pattern: RegExp, most: number): RegExpExecArray | null
}

function createCursor(chars: readonly string[]): Cursor {
  let at = 0
  const rest = (length: number) => chars.slice(at, at + length).join('')

  return {
    peek: (offset = 0) => chars[at + offset] ?? '',
    rest,
    take: () => chars[at++] ?? '',
    takeIf(text) {
      if (rest(text.length) !== text) return false
      at += text.length
      return true
    },
    takeMatch(pattern, most) {
      const found = pattern.exec(rest(most))
      if (found !== null) at += found[0].length
      return found
    },
  }
}

type WriteProperty = (name: string, isNegated: boolean) => string

function createTranslator(cursor: Cursor, isUnicode: boolean, property: WriteProperty) {
  const { peek, rest, take, takeIf, takeMatch } = cursor
  const { setEscape, point, charClass } = createClasses(cursor, isUnicode, property)
  let depth = 0
  let isFixed = true

  function alternatives(): Part {
    const parts: Part[] = [sequence()]
    while (takeIf('|')) parts.push(sequence())
    return join(parts, '|')
  }

  function sequence(): Part {
    const parts: Part[] = []
    while (peek() !== '' && peek() !== '|' && peek() !== ')') parts.push(repeated(atom()))
    return join(parts, '')
  }

  function atom(): Part {
    const char = take()
    if (char === '(') return group()
    if (char === '[') return one(charClass())
    if (char === '.') return one(anyButLineEnd)
    if (char === '^') return one('\\A')
    if (char === '$') return one('\\z')
    if (char === '\\') return one(escapeOutside())
    return one(literal(char.codePointAt(0)!))
  }

  function group(): Part {
    isFixed = false
    for (const sign of ['?=', '?!', '?<=', '?<!']) if (takeIf(sign)) throw new Refusal(lookAround(`(${sign}`))
    takeMatch(/^\?<[^>]*>/, mostChars)
    if (!takeIf('?:') && peek() === '?')
      throw new Refusal(`sets flags ('(${rest(2)}'). Write both cases: [Aa].`)
    if (++depth > mostGroups) throw new Refusal(`has more than ${mostGroups} groups inside each other.`)
    const inner = alternatives()
    depth--
    take()
    return { ...inner, source: `(?:${inner.source})` }
  }

  function repeated(part: Part): Part {
    const found = takeMatch(/^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/, 40)
    if (found === null) return part
    isFixed = false
    const [written, least, comma, most] = found
    if (least === undefined) return checked({ ...part, source: part.source + written, steps: part.steps + 1 })
    const fewest = Number(least)
    const top = comma === undefined ? fewest : most === '' ? undefined : Number(most)
    const times = Math.max(top ?? fewest, 1)
    if (times > mostRepeats) throw new Refusal(tooOften(written))
    const repeats = Math.max(fewest, top ?? 0) < 2 ? part.repeats : part.repeats * times
    if (repeats > mostRepeats) throw new Refusal(tooOften(written))
    return checked({ source: part.source + written, repeats, steps: part.steps * times + 1 })
  }

  function escapeOutside(): string {
    if (takeIf('b')) return '\\b'
    if (takeIf('B')) return '\\B'
    const set = setEscape()
    if (set !== undefined) return `[${set}]`
    const number = /^[1-9]\d*|^k<[^>]*>/.exec(rest(100))?.[0]
    if (number !== undefined) throw new Refusal(backReference(`\\${number}`))
    return literal(point())
  }

  return {
    all(): Translation {
      const { source } = alternatives()
      return { source, isFixed }
    },
  }
}

/** Escapes and classes: what stands for one character. */
function createClasses(
  { peek, take, takeIf, takeMatch }: Cursor,
  isUnicode: boolean,
  property: WriteProperty,
) {
  /** `\d`, `\p{L}` and their like as the inside of a class. */
  function setEscape(): string | undefined {
    const letter = peek()
    const set = Object.hasOwn(sets, letter) ? sets[letter] : undefined
    if (set !== undefined) {
      take()
      return ranges(set)
    }
    const named = isUnicode ? takeMatch(/^([pP])\{([^}]+)\}/, 200) : null
    return named === null ? undefined : property(named[2]!, named[1] === 'P')
  }

  /** The code point of an escape, behind its backslash. */
  function point(): number {
    const surrogates = takeMatch(/^u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/i, 11)
    if (surrogates !== null) {
      const [high, low] = [Number.parseInt(surrogates[1]!, 16), Number.parseInt(surrogates[2]!, 16)]
      return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000
    }
    const hex = takeMatch(
      isUnicode
        ? /^(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]+)\})/i
        : /^(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/i,
      40,
    )
    const code = hex?.[1] ?? hex?.[2] ?? hex?.[3]
    if (code !== undefined) return Number.parseInt(code, 16)
    const control = takeMatch(/^c([a-zA-Z])/, 2)
    if (control !== null) return control[1]!.charCodeAt(0) % 32
    if (peek() === 'c' && !isUnicode) return 92
    const octal = takeMatch(isUnicode ? /^0/ : /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/, 3)
    if (octal !== null) return Number.parseInt(octal[0], 8)
    const char = take()
    return controls[char] ?? char.codePointAt(0)!
  }

  function charClass(): string {
    const isNegated = takeIf('^')
    const items: string[] = []
    while (peek() !== ']') items.push(classItem())
    take()
    if (items.length === 0) return isNegated ? anything : nothing
    return `[${isNegated ? '^' : ''}${items.join('')}]`
  }

  function classItem(): string {
    const first = classPoint()
    if (peek() !== '-' || peek(1) === ']') return typeof first === 'number' ? hex(first) : first
    take()
    const last = classPoint()
    if (typeof first === 'number' && typeof last === 'number') return `${hex(first)}-${hex(last)}`
    return [first, 45, last].map((each) => (typeof each === 'number' ? hex(each) : each)).join('')
  }

  function classPoint(): number | string {
    const char = take()
    if (char !== '\\') return char.codePointAt(0)!
    const set = setEscape()
    if (set !== undefined) return set
    return takeIf('b') ? 8 : point()
  }

  return { setEscape, point, charClass }
}

function one(source: string): Part {
  return { source, repeats: 1, steps: 1 }
}

function join(parts: readonly Part[], separator: string): Part {
  return checked({
    source: parts.map(({ source }) => source).join(separator),
    repeats: Math.max(1, ...parts.map(({ repeats }) => repeats)),
    steps: parts.reduce((sum, { steps }) => sum + steps, 0),
  })
}

function checked(part: Part): Part {
  if (part.steps <= mostSteps) return part
  throw new Refusal(`is too large: its repeats add up to more than ${mostSteps} characters. Repeat less.`)
}

function literal(point: number): string {
  const char = String.fromCodePoint(point)
  return /^[A-Za-z0-9 ]$/.test(char) ? char : hex(point)
}

function hex(point: number): string {
  return `\\x{${point.toString(16)}}`
}

/** As the inside of a class. */
export function ranges(list: readonly Range[]): string {
  return list.map(([first, last]) => `${hex(first)}-${hex(last)}`).join('')
}

/** All other code points. */
export function complement(list: readonly Range[]): readonly Range[] {
  const others: Range[] = []
  let next = 0
  for (const [first, last] of list) {
    if (first > next) others.push([next, first - 1])
    next = last + 1
  }
  if (next <= lastPoint) others.push([next, lastPoint])
  return others
}

function lookAround(sign: string): string {
  return `uses look-around ('${sign}'), which no engine of linear time has. Write the text around it into the pattern, or use two conditions, { regex } and { not: { regex } }.`
}

function backReference(sign: string): string {
  return `uses a back reference ('${sign}'), which no engine of linear time has. Write the alternatives out.`
}

function tooOften(sign: string): string {
  return `repeats more than ${mostRepeats} times ('${sign}', with what it stands in). Use '*' or '+'.`
}
