/**
 * The path of a request: which word is one, and what varies in it.
 */
import { isHostEnd } from './address.ts'
import { isDecimal, kind, kinds, kindsIn, moveDown, tailStart, textOf, valueMark } from './characters.ts'
import { isRandom } from './is-random.ts'
import { isHan, words } from './vocabulary.ts'

const { at, digit, letter } = kind

export const methods: ReadonlySet<string> = new Set('GET HEAD POST PUT PATCH DELETE OPTIONS'.split(' '))

/**
 * Where the path begins of a word that names a route: 'GET /orders/7', or 'GET:/orders/7' as one word; else
 * -1.
 */
export function namesRoute(
  text: Uint16Array,
  start: number,
  end: number,
  wordStart: number,
  wordEnd: number,
): number {
  if (text[start] === 47 && text[start + 1] !== 47 && followsRequestWord(text, start)) return start
  if (beginsWithPart(text, start, end)) return start
  const first = text[text[start] === 47 ? wordStart : start]!
  if (first < 65 || first > 90) return -1
  if (text[start] === 47) {
    if (wordEnd !== start - 1 || text[wordEnd] !== 32 || wordEnd - wordStart > 7) return -1
    return methods.has(textOf(text, wordStart, wordEnd)) ? start : -1
  }
  let colon = start
  while (colon < end && colon - start < 8 && text[colon] !== 58) colon++
  if (text[colon] !== 58 || text[colon + 1] !== 47 || text[colon + 2] === 47) return -1
  return methods.has(textOf(text, start, colon)) ? colon + 1 : -1
}

/** Parts of a request whose values a validator names: 'body/items/0/email must be string'. */
const validated = words('body data headers params query querystring response')
const longestValidated = 11

function beginsWithPart(text: Uint16Array, start: number, end: number): boolean {
  let slash = start
  while (slash < end && slash - start <= longestValidated && (kinds[text[slash]!]! & letter) !== 0) slash++
  return text[slash] === 47 && slash > start && validated.has(textOf(text, start, slash))
}

const requests = words('request requests route endpoint')
const requestsTo = words('to for on')
const hanRequests = words('请求 接口 路由 调用')

/** True if the path at `start` is that of a request: 'request to /users', '请求 /users'. */
function followsRequestWord(text: Uint16Array, start: number): boolean {
  const end = text[start - 1] === 32 ? start - 1 : start
  if (end < 2) return false
  if (isHan(text[end - 1]!)) return hanRequests.has(textOf(text, end - 2, end))
  if (end === start) return false
  const from = wordBefore(text, end)
  const word = textOf(text, from, end).toLowerCase()
  if (!requestsTo.has(word) || text[from - 1] !== 32) return requests.has(word)
  return requests.has(textOf(text, wordBefore(text, from - 1), from - 1).toLowerCase())
}

/** Where the word of a few letters begins that ends at `end`. */
function wordBefore(text: Uint16Array, end: number): number {
  let start = end
  while (start > 0 && end - start < 10 && (kinds[text[start - 1]!]! & letter) !== 0) start--
  return start
}

const longestSegment = 40

/**
 * Masks what varies in the path of a request from `start` to `end`, and its query: '/orders/<*>/items'.
 * Returns the new end.
 */
export function maskRoute(buffer: Uint16Array, start: number, end: number): number {
  const last = tailStart(buffer, start, end)
  let write = start
  let index = start
  while (index < last && buffer[index] !== 63 && buffer[index] !== 35) {
    buffer[write++] = buffer[index++]!
    const from = index
    while (index < last && !isHostEnd(buffer[index]!)) index++
    if (index === from) continue
    write = isNamedSegment(buffer, from, index)
      ? moveDown(buffer, write, from, index)
      : putValue(buffer, write)
  }
  return moveDown(buffer, write, last, end)
}

/** A word of the route: no digit but in 'v2', and nothing like a generated id. */
function isNamedSegment(buffer: Uint16Array, start: number, end: number): boolean {
  const bits = kindsIn(buffer, start, end)
  if ((bits & digit) !== 0)
    return end - start === 2 && (buffer[start]! | 32) === 118 && isDecimal(buffer[start + 1]!)
  return (
    (bits & (at | letter)) !== 0 &&
    (bits & at) === 0 &&
    end - start <= longestSegment &&
    !isRandom(buffer, start, end)
  )
}

function putValue(buffer: Uint16Array, at: number): number {
  buffer[at] = valueMark
  return at + 1
}
