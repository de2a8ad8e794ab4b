/**
 * Measures, cuts and cleans text of a log, so that it is safe to show. All of it is linear in the input and
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
