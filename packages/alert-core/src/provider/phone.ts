/**
 * Phone numbers as the carriers take them: E.164, a plus sign, the code of the country and the number, 15
 * digits at most. https://www.itu.int/rec/T-REC-E.164
 */

/** The number without the blanks and dashes that people write; `undefined` for anything else. */
export function toE164(text: string): string | undefined {
  const number = text.replace(/[ ().-]/g, '')
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined
}

/** True for a number that starts with + and the code of its country. */
export function isPhoneNumber(text: string): boolean {
  return toE164(text) !== undefined
}

/** Its last four digits: enough to recognize it, too few to call it. */
export function briefNumber(number: string): string {
  return `…${number.slice(-4)}`
}
