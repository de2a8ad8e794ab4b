/**
 * A text as a JSON string literal, cut to a bound first: a 50 MB field must cost no more than its start.
 * `JSON.stringify` takes 10 ns a character on Node 20, and an error's stack is the longest text of a line:
 * what needs no escaping is copied.
 */

const quotation = 0x22
const backslash = 0x5c
const firstSurrogate = 0xd800
const shortText = 42
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes exactly these.
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/

/**
 * The text with its quotation marks. Lone surrogates come out as escapes, so that the result is well-formed
 * UTF-8.
 */
export function quote(text: string, maxChars: number): string {
  if (text.length > maxChars) return JSON.stringify(`${text.slice(0, maxChars)}…`)
  if (text.length > shortText) return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === quotation || code === backslash || code >= firstSurrogate)
      return JSON.stringify(text)
  }
  return `"${text}"`
}

const firstFrame = '\n    at '
const maxKnown = 64
const known = new Map<number, { readonly frames: string; readonly json: string }>()

/**
 * An error's stack: its message differs from call to call, its frames are one of few, so they are escaped
 * once.
 */
export function quoteStack(stack: string, maxChars: number): string {
  const end = stack.indexOf(firstFrame)
  if (end === -1 || stack.length > maxChars) return quote(stack, maxChars)
  const frames = stack.slice(end)
  const mark = markOf(frames)
  let found = known.get(mark)
  if (found?.frames !== frames) {
    if (known.size >= maxKnown) known.clear()
    found = { frames, json: JSON.stringify(frames).slice(1) }
    known.set(mark, found)
  }
  return quote(stack.slice(0, end), maxChars).slice(0, -1) + found!.json
}

/** Differs for most stacks by a few characters; hashing a whole stack costs more than comparing two. */
function markOf(frames: string): number {
  let mark = frames.length
  for (let index = frames.length >> 4, step = frames.length >> 3; index < frames.length; index += step || 1) {
    mark = (Math.imul(mark, 31) + frames.charCodeAt(index)) | 0
  }
  return mark
}
