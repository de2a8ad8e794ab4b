/**
 * Secrets in percent-encoded and base64 parts of a text: what decodes to readable text is redacted like any
 * other, three codes deep.
 */

const deepest = 3

/** The text, of which each encoded part is redacted by `redact`. */
/** A percent-encoded character, or a run of base64 that is long enough to hold a secret. */
export const mayBeEncoded = /%[\dA-Fa-f]{2}|[\w+/-]{24}/

export function hideEncoded(
  text: string,
  redact: (text: string, depth: number) => string,
  depth: number,
  hidden: string,
): string {
  if (depth >= deepest) return text
  const safe = text.includes('%') ? hidePercent(text, redact, depth) : text
  return hideBase64(safe, (part) => redact(part, depth + 1), hidden)
}

const code = /%[\dA-Fa-f]{2}/g
const runEnd = /[^\s"`<>&=?#;,]*/y
const stops = new Set(' \t\r\n"`<>&=?#;,')

/** A part is encoded again if it had a secret, so that the rest of it stays readable. */
function hidePercent(text: string, redact: (text: string, depth: number) => string, depth: number): string {
  let safe = ''
  let from = 0
  for (const { index } of text.matchAll(code)) {
    if (index < from) continue
    let start = index
    while (start > from && !stops.has(text[start - 1]!)) start--
    runEnd.lastIndex = index
    const end = index + (runEnd.exec(text)?.[0].length ?? 0)
    safe += text.slice(from, start) + redactRun(text.slice(start, end), redact, depth)
    from = end
  }
  return from === 0 ? text : safe + text.slice(from)
}

function redactRun(run: string, redact: (text: string, depth: number) => string, depth: number): string {
  const decoded = decode(run)
  const safe = redact(decoded, depth + 1)
  if (safe !== decoded) return encode(safe)
  if (!run.includes('+')) return run
  const spaced = decoded.replaceAll('+', ' ')
  const safeSpaced = redact(spaced, depth + 1)
  return safeSpaced === spaced ? run : encode(safeSpaced)
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    // Half a character cannot be encoded.
    return encodeURIComponent(text.replace(/[\ud800-\udfff]/g, '\ufffd'))
  }
}

const bytes = /(?:%[\dA-Fa-f]{2})+/g

/** Byte for byte: what is not UTF-8 does not keep the rest from being decoded. */
function decode(run: string): string {
  return run.replace(bytes, (part) => Buffer.from(part.replaceAll('%', ''), 'hex').toString('utf8'))
}

const shortest = 24
const ascii = 128
const base64 = new Uint8Array(ascii).fill(255)
for (const [value, sign] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  base64[sign.charCodeAt(0)] = value
base64['-'.charCodeAt(0)] = 62
base64['_'.charCodeAt(0)] = 63

function hideBase64(text: string, redact: (text: string) => string, hidden: string): string {
  if (text.length < shortest) return text
  let safe = ''
  let from = 0
  let start = 0
  for (let at = 0; at <= text.length; at++) {
    const unit = at < text.length ? text.charCodeAt(at) : 0
    if (unit < ascii && base64[unit] !== 255) continue
    if (at - start >= shortest && beginsReadable(text, start)) {
      const decoded = Buffer.from(text.slice(start, at), 'base64').toString('utf8')
      if (isReadable(decoded) && redact(decoded) !== decoded) {
        let end = at
        while (end < at + 2 && text[end] === '=') end++
        safe += text.slice(from, start) + hidden
        from = end
      }
    }
    start = at + 1
  }
  return from === 0 ? text : safe + text.slice(from)
}

/** Whether the first eight signs are six readable bytes: one in a thousand of other runs is. */
function beginsReadable(text: string, start: number): boolean {
  for (let at = start; at < start + 8; at += 4) {
    const bits =
      (digitAt(text, at) << 18) |
      (digitAt(text, at + 1) << 12) |
      (digitAt(text, at + 2) << 6) |
      digitAt(text, at + 3)
    if (!isPrintable(bits >> 16) || !isPrintable((bits >> 8) & 255) || !isPrintable(bits & 255)) return false
  }
  return true
}

function digitAt(text: string, at: number): number {
  return base64[text.charCodeAt(at)]!
}

function isPrintable(byte: number): boolean {
  return (byte >= 32 && byte < 127) || byte === 10 || byte === 13 || byte === 9
}

/** Control characters and bytes that are not UTF-8 say that it was not text. */
function isReadable(text: string): boolean {
  return !/[^\t\n\r -~\u00a0-\ufffc]/.test(text.slice(0, 2000))
}
