/**
 * Private keys inside text: PEM of any kind, whole or cut, PuTTY's format, and the private members of a JWK.
 */

/** The text with each private key replaced by `hidden`. */
export const mayHavePrivateKey = /-----BEGIN |Private-Lines|kty/

export function hidePrivateKeys(text: string, hidden: string): string {
  let safe = text.includes('-----BEGIN ') ? hidePem(text, hidden) : text
  if (safe.includes('Private-Lines')) safe = safe.replace(puttyLines, `$1${hidden}`)
  if (safe.includes('kty')) safe = safe.replace(jwkMember, `$1${hidden}`)
  return safe
}

const keyBegin = /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const keyBody = /[A-Za-z\d+/=\s\\]*/y
/** Lines of base64, the last of which is shorter than the others. */
const puttyLines = /(Private-Lines: \d{1,4}(?:\s|\\{1,31}[rn]){1,4})[A-Za-z\d+/=\s\\]{16,}(?=P?)/g
const jwkMember =
  /((?:\\{0,31}["']|[{,\s])(?:d|p|q|dp|dq|qi|k|oth)\\{0,31}["']?\s{0,4}:\s{0,4}\\{0,31}["'])[\w-]{16,}={0,2}/g

/** From the begin mark to the end mark, or if that is missing (a cut message), all that looks like base64. */
function hidePem(text: string, hidden: string): string {
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
