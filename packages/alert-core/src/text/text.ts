/**
 * Makes text of a log safe to show: measured, cut and cleaned, and escaped for the syntaxes that several
 * providers share, so that it becomes neither markup nor a mention. All of it is linear in the input and
 * never splits a code point.
 */

const esc = String.fromCharCode(0x1b)
const bel = String.fromCharCode(0x07)
const csi = String.fromCharCode(0x9b)
const st = String.fromCharCode(0x9c)

/** Colours and cursor moves, then titles and links (with text up to their end mark), then short codes. */
const ansi = new RegExp(
  [
    `(?:${esc}\\[|${csi})[0-?]*[ -/]*[@-~]`,
    `${esc}[\\]PX^_][^${esc}${bel}${st}]*(?:${esc}\\\\|${bel}|${st})`,
    `${esc}[ -/]+[0-~]`,
    `${esc}[0-Z\\\\^-~]`,
  ].join('|'),
  'g',
)

const unclean = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u
const loneSurrogate = /\p{Cs}/gu
const invisible = /(?![\t\n\v\f\r\u0085])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu
const lineBreak = /\r\n|[\r\v\f\u0085\u2028\u2029]/g

/**
 * Length of the text in UTF-8 bytes; a lone surrogate counts as the three bytes of U+FFFD, which replaces it.
 */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** The text, cut at its end to at most `max` UTF-8 bytes, with `mark` if it was cut. */
export function cutBytes(text: string, max: number, mark = '…'): string {
  if (text.length * 3 <= max || utf8Length(text) <= max) return text
  const markBytes = utf8Length(mark)
  const end = markBytes <= max ? mark : ''
  const room = max - (end ? markBytes : 0)
  let bytes = 0
  let index = 0
  while (index < text.length) {
    const point = text.codePointAt(index)!
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    if (!(bytes <= room)) break
    index += point < 0x10000 ? 1 : 2
  }
  return text.slice(0, index) + end
}

/** The text, cut at its end to at most `max` UTF-16 units, with `mark` if it was cut. */
export function cutChars(text: string, max: number, mark = '…'): string {
  if (text.length <= max) return text
  const end = mark.length <= max ? mark : ''
  let cut = max > 0 ? Math.floor(max) - end.length : 0
  if (cut > 0 && isInsidePair(text, cut)) cut -= 1
  return text.slice(0, cut) + end
}

/**
 * The text, cut at its end to at most `max` UTF-16 units: before the word that does not fit, unless that
 * would take more than a third of it.
 */
export function cutWords(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = cutChars(text, max, '')
  const head = cutChars(text, max)
  if (head === cut) return head
  const kept = head.slice(0, -1)
  const next = text.charAt(kept.length)
  const word = /\s/.test(next) ? kept.length : kept.search(/\s\S*$/)
  const end = word >= (max * 2) / 3 ? word : kept.length
  return `${kept.slice(0, end).replace(/[\s,;:，；：]+$/, '')}…`
}

function isInsidePair(text: string, index: number): boolean {
  return isHigh(text.charCodeAt(index - 1)) && isLow(text.charCodeAt(index))
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

/** The text without terminal escape sequences (colours, cursor moves, titles, links). */
export function stripAnsi(text: string): string {
  return text.includes(esc) || text.includes(csi) ? text.replace(ansi, '') : text
}

/**
 * The text without ANSI codes, control characters and bidi overrides; line breaks are '\n', lone surrogates
 * U+FFFD.
 */
export function cleanText(text: string): string {
  if (!unclean.test(text)) return text
  // Surrogates first: two halves must not join when something between them is removed.
  return stripAnsi(text.replace(loneSurrogate, '\ufffd'))
    .replace(invisible, '')
    .replace(lineBreak, '\n')
    .replaceAll('\t', ' ')
}

/** Like {@link cleanText}, but as one line: a run of line breaks becomes one space. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\n+/g, ' ')
}

// ── escaped

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The text for HTML, inside elements and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => htmlEntities[char]!)
}

/** The text for Slack's mrkdwn: https://docs.slack.dev/messaging/formatting-message-text#escaping */
export function escapeSlack(text: string): string {
  return text.replace(/[&<>]/g, (char) => htmlEntities[char]!)
}

/**
 * The text for Markdown, by backslashes. What is special only at the start of a line is escaped only there;
 * round brackets are escaped too, because some clients find `](` even with a backslash before it.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_~[\]()<>|]/g, '\\$&')
    .replace(/^([ \t]{0,200})([#+=-])/gm, '$1\\$2')
    .replace(/^([ \t]{0,200}\d{1,9})(?=\.)/gm, '$1\\')
}

/** The source of a regular expression that matches any of `texts`. */
export function anyOf(texts: readonly string[]): string {
  return texts.map(escapeRegex).join('|')
}

/** The text as a part of a regular expression that matches it, with or without the `u` flag. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

const zeroWidth = '\u200b'
const mention = /<(?=[@!]|at\b|users\/)|@(?!\u200b)/gi

/**
 * The text with a zero-width space after each '@' and inside '<@', '<!', '<at' and '<users/', so that it
 * mentions no one.
 */
export function breakMentions(text: string): string {
  return text.replace(mention, (start) => start + zeroWidth)
}

/** A part of a URL as it was before it was encoded; the text itself if a `%` in it encodes nothing. */
export function decodeUrlPart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

// ── hashed

/**
 * The text as 16 hex digits, the same on every machine and in every version, not for secrets: two 32-bit
 * lanes multiplied through its UTF-16 units, then mixed (murmur3's finish).
 */
export function hash64(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  const [first, second] = [finish(high, low), finish(low, high)]
  // In one piece: to find it in a map, the engine would first have to join the pieces.
  return String.fromCharCode(
    hexAt(first, 28),
    hexAt(first, 24),
    hexAt(first, 20),
    hexAt(first, 16),
    hexAt(first, 12),
    hexAt(first, 8),
    hexAt(first, 4),
    hexAt(first, 0),
    hexAt(second, 28),
    hexAt(second, 24),
    hexAt(second, 20),
    hexAt(second, 16),
    hexAt(second, 12),
    hexAt(second, 8),
    hexAt(second, 4),
    hexAt(second, 0),
  )
}

function finish(lane: number, other: number): number {
  const mixed = Math.imul(lane ^ (lane >>> 16), 2246822507)
  return mixed ^ Math.imul(other ^ (other >>> 13), 3266489909)
}

/** The character of the four bits from `shift` on. */
function hexAt(lane: number, shift: number): number {
  const bits = (lane >>> shift) & 15
  return bits < 10 ? 48 + bits : 87 + bits
}
