/**
 * Secrets inside text, found by their shape: private keys, credentials in urls, authorization schemes, JWTs,
 * vendors' keys, card numbers. named-values.ts finds 'password=…' and the like. Linear on any input.
 */
import { hideCardNumbers } from './card-number.ts'
import { hideNamedValues } from './named-values.ts'

export const hidden = '***'

const shapes: readonly (readonly [RegExp, string])[] = [
  // Up to the last '@': a password may contain one.
  [/:\/\/[^\s/?#"'<>\\]{1,1000}@/g, `://${hidden}@`],
  [/\b(Bearer)\s{1,5}(?!authenti|authori|realm|scheme|credential|tokens?\b)[\w.~+/=-]{6,}/gi, `$1 ${hidden}`],
  // Words after 'basic' are ordinary ones; base64 has a capital, a digit or padding.
  [/\b([Bb]asic|BASIC)\s{1,5}(?=[a-z+/]{0,200}[A-Z\d=])[\w+/=-]{6,}/g, `$1 ${hidden}`],
  // A JWT, whole or cut; its first part is '{"…' in base64. The look-behind keeps one start per run.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g, hidden],
  // AWS; GitHub, GitLab, npm, Slack, Stripe; Google.
  [/\b(?:AKIA|ASIA)[A-Z\d]{16}\b/g, hidden],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|npm_|xox[a-z]-|xapp-|[srp]k_(?:live|test)_)[\w-]{10,}/g, hidden],
  [/\bAIza[\w-]{30,}/g, hidden],
  [/(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{3,}/g, `$1${hidden}`],
]

/**
 * The text without passwords, tokens, keys, cookies, card numbers and credentials, each replaced by '***'.
 */
export function redactText(text: string): string {
  let safe = hidePrivateKeys(text)
  if (mayNameValues.test(safe)) safe = hideNamedValues(safe, hidden)
  for (const [shape, replacement] of shapes) safe = safe.replace(shape, replacement)
  return mayHaveCardNumber.test(safe) ? hideCardNumbers(safe, hidden) : safe
}

/** Most texts have neither: a look is cheaper than the search. */
const mayNameValues = /[:=：>]/
const mayHaveCardNumber = /(?:\d[ -]?){12}\d/

const keyBegin = /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const keyBody = /[A-Za-z\d+/=\s\\]*/y

/** From the begin mark to the end mark, or if that is missing (a cut message), all that looks like base64. */
function hidePrivateKeys(text: string): string {
  let safe = ''
  let from = 0
  let endMark = 0
  for (const { index, 0: begin } of text.matchAll(keyBegin)) {
    if (index < from) continue
    const bodyAt = index + begin.length
    if (endMark >= 0 && endMark < bodyAt) endMark = text.indexOf('-----END ', bodyAt)
    safe += text.slice(from, index) + hidden
    from = endMark < 0 ? endOfBody(text, bodyAt) : endOfMark(text, endMark)
  }
  return safe + text.slice(from)
}

function endOfBody(text: string, from: number): number {
  keyBody.lastIndex = from
  return from + (keyBody.exec(text)?.[0].length ?? 0)
}

function endOfMark(text: string, from: number): number {
  const label = from + '-----END '.length
  const close = text.slice(label, label + 80).indexOf('-----')
  return close < 0 ? label : label + close + '-----'.length
}
