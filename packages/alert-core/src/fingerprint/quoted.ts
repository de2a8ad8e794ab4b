/**
 * What stands in quotes: where it ends, and whether it is a value or part of the message.
 */
import { isNameAt, source } from './scan-buffer.ts'

/** The unit that closes a quote opened by `code`, else 0. */
export function closingQuoteOf(code: number): number {
  switch (code) {
    case 34:
    case 39:
    case 96:
      return code
    case 0x201c:
      return 0x201d
    case 0x300c:
      return 0x300d
    case 0xab:
      return 0xbb
    default:
      return 0
  }
}

/** Where the quote at `open` ends, else -1. An apostrophe inside a word does not close it. */
export function closingQuote(open: number, stop: number): number {
  const quote = closingQuoteOf(source[open]!)
  for (let index = open + 1; index < stop; index++) {
    const code = source[index]!
    if (code === 10 || code === 13) return -1
    if (code === quote && (quote !== 39 || !isNameAt(index + 1))) return index
  }
  return -1
}

const requestLine = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) /
const errorName = /\b(?:E[A-Z]{4,20}|ERR_[A-Z_]{2,60}|[A-Za-z]{0,60}(?:Error|Exception))\b/
const innerQuote = /["`“”「」«»]|(?<![A-Za-z])'|'(?![A-Za-z])/
const codeName = /^(?:[A-Z][A-Z_]{2,63}|(?=.{3,64}$)[A-Za-z.]*[a-z][A-Z][A-Za-z.]*)$/

/**
 * What is quoted is a value, unless it is a name from the code ('ECONNRESET', 'userId'), a request line or
 * another error's message.
 */
export function isKept(bytes: Buffer, from: number, to: number): boolean {
  const first = bytes[from * 2]! | 32
  if (first < 97 || first > 122) return false
  const quoted = bytes.toString('utf16le', from * 2, to * 2)
  return (
    codeName.test(quoted) ||
    ((requestLine.test(quoted) || errorName.test(quoted)) && !innerQuote.test(quoted))
  )
}
