/**
 * A line of any length as a short one that is still JSON: every field of the record remains, of long texts
 * and large objects the first part. It is made while the line comes in, so memory stays flat.
 */

/** Takes a line in parts. */
export interface Shortener {
  write(part: string): void
  /** The short line; `undefined` if what came is not an object. */
  end(): string | undefined
}

/** The key that says how long the line was; no logger writes it. */
export const cutKey = '…'

const maxText = 8_192
const maxField = 65_536
const maxTotal = 524_288
/** A field as short as this is kept whatever else there is. */
const shortField = 500
const maxFields = 1_000
const maxDepth = 64

const quote = 34
const backslash = 92
const comma = 44
const openBrace = 123
const closeBrace = 125
const openList = 91

export function shortenLine(line: string): string | undefined {
  const shortener = createShortener()
  shortener.write(line)
  return shortener.end()
}

/** The fields of the short line; the one that comes in is cut where it is whole. */
function createFields() {
  const kept: string[] = []
  let total = 0
  let field = ''
  let isFull = false
  /** How much of `field` is whole values, and what closes it there. */
  let whole = { length: 0, closing: '' }

  return {
    kept,
    isFull: () => isFull,
    /** Nothing more of this field is kept. */
    fill: () => {
      isFull = true
    },
    add(part: string): void {
      if (isFull) return
      field += part
      if (field.length > maxField) isFull = true
    },
    /** All values so far are whole; `closing` closes the containers that are open. */
    markWhole(closing: string): void {
      if (!isFull) whole = { length: field.length, closing }
    },
    end(): void {
      const text = isFull ? field.slice(0, whole.length) + whole.closing : field
      const fits = text.length <= shortField || total + text.length <= maxTotal
      if (kept.length < maxFields && fits && text.trim() !== '') {
        kept.push(text)
        total += text.length
      }
      field = ''
      whole = { length: 0, closing: '' }
      isFull = false
    },
  }
}

export function createShortener(): Shortener {
  const fields = createFields()
  const { add } = fields
  let chars = 0
  /** The containers that are open, as what closes them, the innermost first. */
  let open = ''
  let depth = 0
  let isText = false
  let isEscape = false
  /** Digits of a \u escape that are still to be read. */
  let escapeDigits = 0
  let textLength = 0
  let isTextCut = false
  let isOver = false
  /** Of the part that is read, so that it is searched once. */
  let nextEscape = -1

  const markWhole = () => fields.markWhole(open.slice(0, depth - 1))

  /** Reads on inside a text that began before `at`; returns where it, or the part, ends. */
  function readText(part: string, at: number): number {
    let from = at
    let index = at
    for (; index < part.length; index++) {
      if ((isTextCut || fields.isFull()) && !isEscape && escapeDigits === 0) {
        // Nothing of it is kept: only its end matters.
        if (nextEscape < index) nextEscape = endOr(part.indexOf('\\', index), part)
        index = Math.min(endOr(part.indexOf('"', index), part), nextEscape)
        if (index === part.length) break
      }
      const code = part.charCodeAt(index)
      if (isEscape) {
        isEscape = false
        if (code === 117) escapeDigits = 4
      } else if (escapeDigits > 0) escapeDigits--
      else if (code === quote) {
        if (!isTextCut) add(part.slice(from, index))
        add('"')
        isText = false
        isTextCut = false
        return index + 1
      } else {
        if (textLength + index - from >= maxText && !isTextCut) {
          add(part.slice(from, index))
          isTextCut = true
          from = index
        }
        if (code === backslash) isEscape = true
      }
    }
    if (!isTextCut) {
      add(part.slice(from, index))
      textLength += index - from
    }
    return index
  }

  /** Reads on outside of texts; returns where the next text begins, or the part ends. */
  function readStructure(part: string, at: number): number {
    let from = at
    let index = at
    for (; index < part.length && !isOver; index++) {
      const code = part.charCodeAt(index)
      if (code !== quote && code !== comma && (code | 32) !== closeBrace && (code | 32) !== openBrace)
        continue
      if (depth > 0) add(part.slice(from, index))
      else if (code !== openBrace || part.slice(from, index).trim() !== '') isOver = true
      if (isOver) break
      from = index
      if (code === quote) {
        isText = true
        textLength = 0
        add('"')
        return index + 1
      }
      if (code === comma && depth === 1) {
        fields.end()
        from++
      } else if (code === comma) markWhole()
      else if (code === openBrace || code === openList) from = openContainer(part, index)
      else from = closeContainer(part, index)
    }
    if (depth > 0 && !isOver) add(part.slice(from, index))
    return index
  }

  function openContainer(part: string, at: number): number {
    const isBrace = part.charCodeAt(at) === openBrace
    if (depth > 0) add(isBrace ? '{' : '[')
    if (depth < maxDepth) open = (isBrace ? '}' : ']') + open
    else fields.fill()
    depth++
    if (depth > 1) markWhole()
    return at + 1
  }

  function closeContainer(part: string, at: number): number {
    depth--
    if (depth < maxDepth) open = open.slice(1)
    if (depth <= 0) {
      fields.end()
      isOver = true
    } else {
      add(part.charCodeAt(at) === closeBrace ? '}' : ']')
      markWhole()
    }
    return at + 1
  }

  return {
    write(part) {
      chars += part.length
      nextEscape = -1
      let at = 0
      while (at < part.length && !isOver) at = isText ? readText(part, at) : readStructure(part, at)
    },
    end: () => (fields.kept.length === 0 ? undefined : `{${fields.kept.join(',')},"${cutKey}":${chars}}`),
  }
}

function endOr(index: number, part: string): number {
  return index === -1 ? part.length : index
}
