/**
 * Secrets inside text: by their shape, by the name before them, by what they stand in, and all that in
 * percent-encoded and base64 parts too. Linear on any input, and the same the second time.
 */
import { hideCardNumbers } from './card-number.ts'
import { hideCommandSecrets, mayHaveCommand } from './commands.ts'
import { hideEncoded, mayBeEncoded } from './encoded.ts'
import { hideNamedValues, mayNameValues } from './named-values.ts'
import { hideNeighbours, mayHaveNeighbour } from './neighbours.ts'
import { hidePrivateKeys, mayHavePrivateKey } from './private-keys.ts'
import { hideTokens } from './tokens.ts'
import { hideUrlCredentials } from './urls.ts'

export const hidden = '***'

const bearer =
  /\b(Bearer)\s{1,5}(?![\w-]{1,40}=[^=\s]|authenti|authori|realm|scheme|credential|tokens?\b)[\w.~+/=-]{6,}/gi
/** Words after 'basic' are ordinary ones; base64 has a capital, a digit or padding. */
const basic = /\b([Bb]asic|BASIC)\s{1,5}(?=[a-z+/]{0,200}[A-Z\d=])[\w+/=-]{6,}/g
const mayHaveScheme = /[Bb]earer|BEARER|[Bb]asic|BASIC/
/** What is hidden may change how the text beside it reads: a text is done once nothing changes any more. */
const mostPasses = 5
const mayHaveCardNumber = /(?:\d[ -]?){12}\d/

/**
 * The text without passwords, tokens, keys, cookies, card numbers and credentials, each replaced by '***'.
 */
export function redactText(text: string): string {
  let safe = text
  for (let pass = 0; pass < mostPasses; pass++) {
    const next = redactAt(safe, 0)
    if (next === safe) return safe
    safe = next
  }
  return safe
}

function redactAt(text: string, depth: number): string {
  let safe = mayHavePrivateKey.test(text) ? hidePrivateKeys(text, hidden) : text
  if (safe.includes('@')) safe = hideUrlCredentials(safe, hidden)
  if (mayHaveNeighbour.test(safe)) safe = hideNeighbours(safe, hidden)
  if (mayHaveCommand.test(safe)) safe = hideCommandSecrets(safe, hidden)
  if (mayNameValues.test(safe)) safe = hideNamedValues(safe, hidden)
  if (mayHaveScheme.test(safe)) safe = safe.replace(bearer, `$1 ${hidden}`).replace(basic, `$1 ${hidden}`)
  safe = hideTokens(safe, hidden)
  if (mayBeEncoded.test(safe)) safe = hideEncoded(safe, redactAt, depth, hidden)
  return mayHaveCardNumber.test(safe) ? hideCardNumbers(safe, hidden) : safe
}
