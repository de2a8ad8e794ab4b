/**
 * Which names mean a secret: the same list for fields, for 'name=value' inside text and for url parameters.
 */

/** Anywhere in the name, compared without separators and in lower case. */
const within =
  /passw(?:or)?d|passphrase|passcode|privatekey|apikey|secretkey|accesskey|encryptionkey|signingkey|masterkey|clientsecret|creditcard|cardn(?:umber|o)$|cardnum|connectionstring/

/** At its end: 'refreshToken' but not 'tokenType'. */
const atEnd =
  /(?:secret|secrets|token|tokens|pwd|cookie|cookies|authorization|credential|credentials|cvv|cvc|cvv2|ssn|jwt|bearer|otp|密码|口令|令牌|密钥)$/

/** 'pass' and 'auth' are part of too many other words: 'bypass', 'author'. */
const wholeWord = /(?:^|[_.\- ])(?:pass|auth)$|[a-z]Pass$|^[Pp]ass$/

const urlParameter = /^(?:key|sig|sign|signature|code|auth|sid|session|pass|user_?token|x-amz-[a-z-]{1,40})$/i

const longestName = 200

/**
 * Whether a field of this name contains a secret: 'password', 'X-Api-Key', 'dbPass', 'set-cookie',
 * 'refresh_token', '密码'.
 */
export function isSensitiveName(name: string): boolean {
  if (name.length > longestName) return isSensitiveName(name.slice(-longestName))
  const joined = name.toLowerCase().replace(/[-_.\s]/g, '')
  return within.test(joined) || atEnd.test(joined) || wholeWord.test(name)
}

/**
 * Whether a url parameter of this name contains a secret: also 'key', 'sign', 'code' …, which are harmless
 * elsewhere.
 */
export function isSensitiveParameter(name: string): boolean {
  return urlParameter.test(name) || isSensitiveName(name)
}

/** False for values that cannot be a secret under any name: nothing, a boolean, a number of tokens. */
export function mayBeSecret(name: string, value: unknown): boolean {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return false
  return !(typeof value === 'number' && /tokens$/i.test(name))
}
