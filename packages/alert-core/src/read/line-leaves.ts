/**
 * Where the values of a line's JSON text lie, down to the fields of its objects. The line has been parsed before: what is looked for here is
 * only the compact form that loggers write, and whatever departs from it is given up.
 */

/** One value: its text is `line.slice(start, end)`. */
export interface Leaf {
  readonly key: string
  /** The field inside the object at `key`. */
  readonly inner?: string
  readonly start: number
  readonly end: number
}

const quotation = 34
const comma = 44
const open = 123
const list = 91
const colon = 58
const backslash = 92

/** The values in their order; `undefined` for a line with blanks between its parts, keys that repeat, or keys with escapes. */
export function leavesOf(line: string): readonly Leaf[] | undefined {
  const leaves: Leaf[] = []
  const end = readObject(line, 0, (key, start) => {
    if (line.charCodeAt(start) !== open || line[start + 1] === '}') return addLeaf({ key }, start)
    return readObject(line, start, (inner, at) => addLeaf({ key, inner }, at))
  })

  function addLeaf(name: Pick<Leaf, 'key' | 'inner'>, start: number): number {
    const end = endOfValue(line, start)
    if (end !== -1) leaves.push({ ...name, start, end })
    return end
  }

  return end === line.length ? leaves : undefined
}

/** Calls `onValue` with each key and where its value begins; it returns where the value ends. Returns the end of the object, or -1. */
function readObject(line: string, start: number, onValue: (key: string, start: number) => number): number {
  const keys = new Set<string>()
  let index = start
  do {
    const end = line.charCodeAt(index + 1) === quotation ? endOfText(line, index + 1) : -1
    const key = line.slice(index + 2, end - 1)
    if (end === -1 || key.includes('\\') || key === '__proto__' || keys.has(key)) return -1
    keys.add(key)
    if (line.charCodeAt(end) !== colon) return -1
    index = onValue(key, end + 1)
    if (index === -1) return -1
  } while (line.charCodeAt(index) === comma)
  return line[index] === '}' ? index + 1 : -1
}

/** Behind the value that begins at `start`, or -1. */
function endOfValue(line: string, start: number): number {
  const code = line.charCodeAt(start)
  if (code === quotation) return endOfText(line, start)
  if (code === open || code === list) return endOfNest(line, start)
  let index = start
  while (index < line.length && isPlain(line.charCodeAt(index))) index++
  return index === start ? -1 : index
}

/** Letters, digits and signs of numbers and literals. */
function isPlain(code: number): boolean {
  return code > 32 && code !== comma && code !== 125 && code !== 93
}

function endOfText(line: string, start: number): number {
  for (let index = start + 1; index < line.length; index++) {
    const code = line.charCodeAt(index)
    if (code === backslash) index++
    else if (code === quotation) return index + 1
  }
  return -1
}

function endOfNest(line: string, start: number): number {
  let depth = 0
  for (let index = start; index < line.length; index++) {
    const code = line.charCodeAt(index)
    if (code === quotation) index = endOfText(line, index) - 1
    else if (code === open || code === list) depth++
    else if ((code === 125 || code === 93) && --depth === 0) return index + 1
    if (index < start) return -1
  }
  return -1
}
