/**
 * Card numbers inside text: found by their digits, their brand's ranges and their check digit.
 */

/** Where a number may start: not behind a decimal point, and with a first group of at least 4 digits. */
const numberStart = /(?<!\d)(?<!(?<!\d)\d{1,6}\.)[2-6]\d{3,18}(?!\d)/g
const leastDigits = 13
const mostDigits = 19

/** American Express, Diners, JCB, Visa, Mastercard, Discover, UnionPay, Maestro. */
const brand =
  /^(?:3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14,17}|4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|6(?:011|5\d\d|4[4-9]\d|2\d\d)\d{12,15}|(?:50|5[6-9]|6[37])\d{11,17})$/

/** The text with each card number, written in one or in groups ('4111 1111 …'), replaced by `hidden`. */
export function hideCardNumbers(text: string, hidden: string): string {
  let safe = ''
  let from = 0
  for (const { index } of text.matchAll(numberStart)) {
    if (index < from) continue
    const end = endOfCardNumber(text, index)
    if (end === undefined) continue
    safe += text.slice(from, index) + hidden
    from = end
  }
  return safe + text.slice(from)
}

/**
 * Tries the group at `start` alone and with each following group: a date or a check code may follow the
 * number.
 */
function endOfCardNumber(text: string, start: number): number | undefined {
  let digits = ''
  let found: number | undefined
  for (let at = start; digits.length <= mostDigits; at++) {
    while (isDigit(text, at) && digits.length <= mostDigits) digits += text[at++]
    if (!isDigit(text, at) && isCardNumber(digits)) found = at
    const joined = (text[at] === ' ' || text[at] === '-') && isDigit(text, at + 1)
    if (!joined) return found
  }
  return found
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 48 && unit <= 57
}

function isCardNumber(digits: string): boolean {
  return digits.length >= leastDigits && brand.test(digits) && passesLuhn(digits)
}

/** Whether the last digit is the check digit of the others. https://en.wikipedia.org/wiki/Luhn_algorithm */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48
    const doubled = digit * 2
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
