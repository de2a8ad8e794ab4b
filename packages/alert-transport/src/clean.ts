/** Text that came from outside, made safe for a terminal. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const escapes = /(?:\u001b\[|\u009b)[0-?]{0,40}[ -/]{0,10}[@-~]|\u001b[@-Z\\-_]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const loneSurrogates = /\p{Surrogate}/gu

/** The text without ANSI codes, control characters and changes of direction; line ends and tabs stay. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(escapes, '')
    .replace(controls, '')
    .replace(loneSurrogates, '\ufffd')
}

export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim()
}

/** One line of JSON in which every control character is written as an escape. */
export function jsonLine(value: unknown): string {
  // JSON leaves DEL, C1 controls and direction marks as they are, and some terminals obey them.
  return JSON.stringify(value).replace(
    controls,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
