/**
 * Names of code that hold a digit: 'getS3Client', 'Http2ServerRequest', 'loadI18nMessages'. Unlike a
 * generated id they consist of words.
 */
import { isDecimal, kind, kinds, textOf } from './characters.ts'
import { isTechnicalWord, isWordOfTwo, words } from './vocabulary.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { lower, upper, vowel } = kind
const table = kinds

const shortest = 5
const longest = 48
const mostDigits = 3
const mostConsonants = 6
const mostUnspoken = 2
const mostCapitals = 7

/** What has its digit before its last letter. */
const inner =
  'i18n|l10n|a11y|k8s|log4js|log4j|neo4j|xml2js|e2e|p2p|b2b|b2c|mp3|mp4|oauth2|ed25519|x25519|pbkdf2'
const parts = new RegExp(
  `(?:IPv[46]|${inner}|${capitalised(inner)})(?![a-z])|[A-Z]+(?![a-z])\\d*|[A-Z]?[a-z]+\\d*|\\d+`,
  'g',
)
const inCamelCase = /^(?=.*[a-z])(?=.*[A-Z])[A-Za-z][A-Za-z\d]*$/
const withoutVowel = words(
  `xml sql html http https css tls ssl ssh jwt mgr cmd msg msgs str ctx grpc rpc tcp dns svg png pdf csv txt ftp smtp mqtt gps
  cdn vpc kms sns sqs pg ptr fn cb src dst tx rx hdr pkt ms ns px jpg bmp srv svr mgmt pwd grp std ptr nbr hls wss gcm rgb kb mb gb
  tmp txn ctrl lbl btn bg fs sdk ws`,
)
const version = /^[Vv]\d{1,2}$/
const acronym = /^[A-Z]{1,5}$/
const hasVowel = /[aeiouy]/i
const beyondHex = /[^a-f\d]/i

function capitalised(names: string): string {
  return names.replace(/(?<![a-z\d])[a-z]/g, (first) => first.toUpperCase())
}

/** True for a name in camel case, with digits inside, of words for the most part. */
export function isIdentifier(text: Uint16Array, start: number, end: number): boolean {
  if (end - start < shortest || end - start > longest) return false
  let digits = 0
  for (let index = start; index < end; index++) if (isDecimal(text[index]!)) digits++
  if (digits === 0 || digits > mostDigits) return false
  const name = textOf(text, start, end)
  if (!inCamelCase.test(name)) return false
  const found = name.match(parts) ?? []
  let inWords = 0
  let numbered = 0
  for (const [index, part] of found.entries()) {
    const letters = part.replace(/\d+$/, '')
    const isLast = index === found.length - 1
    // 'Node17' is one of many.
    if (letters !== part && !isTechnicalWord(part)) {
      if (isLast && !version.test(part)) return false
      if (++numbered > 1) return false
    }
    if (isTechnicalWord(part) || isWord(letters)) inWords += part.length
    else if (!version.test(part) && !acronym.test(letters) && !isWordOfTwo(letters)) return false
  }
  return found.length > 1 && inWords * 2 >= name.length
}

/**
 * True when letters in mixed case have parts that no name has: without a vowel, one capital alone or seven of
 * them, and of these too many; or seven consonants in a row.
 */
export function hasUnspokenParts(text: Uint16Array, start: number, end: number): boolean {
  let unspoken = 0
  let consonants = 0
  let partStart = start
  let vowels = 0
  let capitals = 0
  for (let index = start; index <= end; index++) {
    const bits = index < end ? table[text[index]!]! : upper
    if ((bits & lower) !== 0) {
      if (capitals > mostCapitals) unspoken += 2
      capitals = 0
      consonants = (bits & vowel) === 0 ? consonants + 1 : 0
      if (consonants > mostConsonants) return true
      vowels |= bits & vowel
      continue
    }
    const size = index - partStart
    if (size === 1 && index < end && isAlone(text, start, partStart)) unspoken++
    else if (size > 1 && vowels === 0 && !isUsualPart(text, partStart, index)) unspoken += 2
    capitals++
    partStart = index
    vowels = bits & vowel
    consonants = 0
  }
  return unspoken > mostUnspoken
}

/** A capital between a word and the next one. */
function isAlone(text: Uint16Array, start: number, at: number): boolean {
  return at > start && (table[text[at - 1]!]! & lower) !== 0 && ((table[text[at + 2]!] ?? 0) & lower) !== 0
}

function isUsualPart(text: Uint16Array, start: number, end: number): boolean {
  const name = textOf(text, start, end).toLowerCase()
  return withoutVowel.has(name) || isWordOfTwo(name)
}

/** Three letters or more with a vowel, and not just hex letters; or one of those without. */
function isWord(letters: string): boolean {
  if (!hasVowel.test(letters)) return withoutVowel.has(letters.toLowerCase())
  return letters.length > 2 && beyondHex.test(letters)
}
