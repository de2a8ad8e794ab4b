/**
 * The buffer that the fingerprint's scanner reads: the one line that stands for a message, as UTF-16 units.
 */
import { kind, kinds } from './characters.ts'
import { messageHead } from './message.ts'

const { space } = kind
const table = kinds

/** Longest message that is looked at. */
export const maxChars = 2_000
/** A longer text is copied faster by the engine. */
const shortText = 160

/**
 * Synchronous and never re-entered: one buffer serves every call. Zeroes behind the end, so that looking
 * ahead needs no check.
 */
export const source: Uint16Array = new Uint16Array(maxChars + 4)

/** The same buffer for making strings of it. */
export const sourceBytes: Buffer = Buffer.from(source.buffer)

/** Loads the line that stands for `text`, and returns how many units of it there are. */
export function loadSource(text: string): number {
  const isShort = text.length <= shortText && !needsCare(text.charCodeAt(0))
  const copied = isShort ? copy(text) : -1
  const stop = copied === -1 ? write(messageHead(text)) : copied
  source[stop] = source[stop + 1] = source[stop + 2] = 0
  return stop
}

/** A blank, or what JSON begins with. */
function needsCare(first: number): boolean {
  return table[first] === space || first === 123 || first === 91
}

/** Copies a short text; -1 if it has several lines, colours or other control characters. */
function copy(text: string): number {
  const { length } = text
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code < 32 || code === 0x9b) return -1
    source[index] = code
  }
  return length
}

/** A zero would read as the end. */
function write(text: string): number {
  const safe = text.includes('\0') ? text.replaceAll('\0', ' ') : text
  return sourceBytes.write(safe, 0, maxChars * 2, 'utf16le') >> 1
}
