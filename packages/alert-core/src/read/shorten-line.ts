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
/** A key with its text; of a longer number nothing is kept. */
const maxMember = 2 * maxText + 64
const maxField = 65_536
const maxTotal = 524_288
/** A field as short as this is kept whatever else there is. */
const shortField = 500
const maxFields = 1_000
/** What an object or a list leaves to those behind it, or half of the room if that is less. */
const maxReserve = 8_192
/** What an object leaves to its last short members, or a quarter of its room if that is less. */
const maxTail = 1_024
/** In less room an object or a list is left out. */
const leastRoom = 32

const quote = 34
const comma = 44
const openBrace = 123
const closeBrace = 125
const openList = 91

export function shortenLine(line: string): string | undefined {
  const shortener = createShortener()
  shortener.write(line)
  return shortener.end()
}

/** An object or a list that is open and of which at least a part is kept. */
interface Container {
  readonly isList: boolean
  /** How long the text of the field may become by the members of this one. */
  readonly limit: number
  readonly tailRoom: number
  /** The last short members of an object that is full. */
  readonly tail: string[]
  tailChars: number
  isEmpty: boolean
  /** Nothing more of this list is kept. */
  isFull: boolean
}

/**
 * The fields of the short line. An object gets only a part of the room of the one that it is in, so that
 * what stands behind a large value is kept.
 */
function createFields() {
  const kept: string[] = []
  let total = 0
  /** The field so far, all its members whole, but not closed. */
  let text = ''
  /** The member that comes in: its key, and the value if that is a scalar. */
  let member = ''
  let isMemberCut = false
  const open: Container[] = []
  /** How many containers are open of which nothing is kept. */
  let skipped = 0

  const isSkipping = () => skipped > 0 || isMemberCut || open.at(-1)?.isFull === true

  function takeMember(): string {
    const taken = isMemberCut ? '' : member.trim()
    member = ''
    isMemberCut = false
    return taken
  }

  function put(container: Container, part: string): void {
    text += container.isEmpty ? part : `,${part}`
    container.isEmpty = false
  }

  function endMember(): void {
    const container = open.at(-1)
    if (skipped > 0 || container === undefined) return
    const taken = takeMember()
    if (taken === '' || container.isFull) return
    if (text.length + taken.length < container.limit) put(container, taken)
    else if (container.isList) container.isFull = true
    else if (taken.length <= shortField) {
      container.tail.push(taken)
      container.tailChars += taken.length + 1
      while (container.tailChars > container.tailRoom)
        container.tailChars -= (container.tail.shift() as string).length + 1
    }
  }

  return {
    kept,
    isSkipping,
    endMember,
    add(part: string): void {
      if (isSkipping()) return
      member += part
      if (member.length > maxMember) isMemberCut = true
    },
    open(isList: boolean): void {
      const container = open.at(-1)
      const isSkipped = isSkipping()
      const left = container === undefined ? (maxTotal - total) / 2 : container.limit - text.length
      const reserve = container === undefined ? 0 : Math.min(maxReserve, left / 2)
      const room = Math.floor(Math.min(maxField, left - reserve)) - member.length
      if (isSkipped || room < leastRoom) {
        if (container?.isList && skipped === 0) container.isFull = true
        skipped++
        return
      }
      const start = takeMember() + (isList ? '[' : '{')
      if (container === undefined) text += start
      else put(container, start)
      const tailRoom = isList ? 0 : Math.min(maxTail, Math.floor(room / 4))
      const limit = text.length + room - tailRoom
      open.push({ isList, limit, tailRoom, tail: [], tailChars: 0, isEmpty: true, isFull: false })
    },
    close(): void {
      if (skipped > 0) {
        skipped--
        if (skipped === 0) isMemberCut = true
        return
      }
      endMember()
      const container = open.pop()
      if (container === undefined) return
      for (const last of container.tail) put(container, last)
      text += container.isList ? ']' : '}'
    },
    endField(): void {
      const field = text + takeMember()
      text = ''
      const fits = field.length <= shortField || total + field.length <= maxTotal
      if (kept.length >= maxFields || !fits || field === '') return
      kept.push(field)
      total += field.length
    },
  }
}

export function createShortener(): Shortener {
  const fields = createFields()
  const { add } = fields
  let chars = 0
  let depth = 0
  let isText = false
  let isEscape = false
  /** Digits of a \u escape that are still to be read. */
  let escapeDigits = 0
  let textLength = 0
  let isTextCut = false
  let isOver = false
  /** Of the part that is read: each is searched once, however many there are of the other. */
  let nextEscape = -1
  let nextQuote = -1

  /** Reads on inside a text that began before `at`; returns where it, or the part, ends. */
  function readText(part: string, at: number): number {
    const from = at
    let index = at
    while (index < part.length) {
      if (isEscape) {
        isEscape = false
        if (part.charCodeAt(index++) === 117) escapeDigits = 4
        continue
      }
      if (escapeDigits > 0) {
        escapeDigits--
        index++
        continue
      }
      if (nextEscape < index) nextEscape = endOr(part.indexOf('\\', index), part)
      if (nextQuote < index) nextQuote = endOr(part.indexOf('"', index), part)
      const end = Math.min(nextEscape, nextQuote)
      const isEnd = end === nextQuote
      // Before an escape or behind it, as half of one is none.
      const cutAt = Math.max(index, from + maxText - textLength)
      if (!isTextCut && (cutAt < end || (cutAt === end && !isEnd))) {
        add(part.slice(from, cutAt))
        isTextCut = true
      }
      index = end + 1
      if (end === part.length) break
      if (isEnd) {
        if (!isTextCut) add(part.slice(from, end))
        add('"')
        isText = false
        isTextCut = false
        return index
      }
      isEscape = true
    }
    if (!isTextCut) {
      add(part.slice(from))
      textLength += part.length - from
    }
    return part.length
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
      from++
      if (code === comma && depth === 1) fields.endField()
      else if (code === comma) fields.endMember()
      else if (code === openBrace || code === openList) {
        if (depth > 0) fields.open(code === openList)
        depth++
      } else if (--depth > 0) fields.close()
      else {
        fields.endField()
        isOver = true
      }
    }
    if (depth > 0 && !isOver) add(part.slice(from, index))
    return index
  }

  return {
    write(part) {
      chars += part.length
      nextEscape = -1
      nextQuote = -1
      let at = 0
      while (at < part.length && !isOver) at = isText ? readText(part, at) : readStructure(part, at)
    },
    end: () => (fields.kept.length === 0 ? undefined : `{${fields.kept.join(',')},"${cutKey}":${chars}}`),
  }
}

function endOr(index: number, part: string): number {
  return index === -1 ? part.length : index
}
