/**
 * Names of code that hold a digit: 'getS3Client', 'Http2ServerRequest', 'loadI18nMessages'. Unlike a
 * generated id they consist of words.
 */
import { isDecimal, textOf } from './characters.ts'
import { isTechnicalWord, isWordOfTwo, words } from './vocabulary.ts'

const shortest = 5
const longest = 48
const mostDigits = 3

/** What has its digit before its last letter. */
const inner = 'i18n|l10n|a11y|k8s|log4js|log4j|neo4j|xml2js|e2e|p2p|b2b|b2c|mp3|mp4'
const parts = new RegExp(
  `(?:${inner}|${capitals(inner)})(?![a-z])|[A-Z]+(?![a-z])\\d*|[A-Z]?[a-z]+\\d*|\\d+`,
  'g',
)
const inCamelCase = /^(?=.*[a-z])(?=.*[A-Z])[A-Za-z][A-Za-z\d]*$/
const withoutVowel = words(
  `xml sql html http https css tls ssl ssh jwt mgr cmd msg msgs str ctx grpc rpc tcp dns svg png pdf csv txt ftp smtp mqtt gps
  cdn vpc kms sns sqs`,
)
const version = /^[Vv]\d{1,2}$/
const acronym = /^[A-Z]{1,5}$/
const vowel = /[aeiouy]/i
const beyondHex = /[^a-f\d]/i

function capitals(names: string): string {
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
  for (const [index, part] of found.entries()) {
    const letters = part.replace(/\d+$/, '')
    const isLast = index === found.length - 1
    // 'Node17' is one of many.
    if (letters !== part && isLast && !version.test(part) && !isTechnicalWord(part)) return false
    if (isTechnicalWord(part) || isWord(letters)) inWords += part.length
    else if (!version.test(part) && !acronym.test(letters) && !isWordOfTwo(letters)) return false
  }
  return found.length > 1 && inWords * 2 >= name.length
}

/** Three letters or more with a vowel, and not just hex letters; or one of those without. */
function isWord(letters: string): boolean {
  if (!vowel.test(letters)) return withoutVowel.has(letters.toLowerCase())
  return letters.length > 2 && beyondHex.test(letters)
}
