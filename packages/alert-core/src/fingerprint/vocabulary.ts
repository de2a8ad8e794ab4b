/**
 * The few words that say what a value beside them is: a unit, a date's month, a person.
 */

import { isOuterName } from './address.ts'
import { kind, kinds, tailStart, textOf } from './characters.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { digit, letter, space, word } = kind
const table = kinds

/** The words of a list. */
export const words = (text: string) => new Set(text.split(/\s+/))

const units = words(
  `% ns us µs μs ms msec msecs millisecond milliseconds s sec secs second seconds m min mins minute minutes h hr hrs hour hours
  d day days w week weeks month months year years am pm b k kb kib mb mib gb gib tb tib byte bytes bit bits kbit mbit
  kb/s mb/s gb/s b/s kib/s mib/s kbps mbps gbps hz khz mhz ghz px °c utc gmt`,
)
const longestUnit = 12
const shortUnits = packedWords([...units].filter((unit) => unit.length <= 3))

/** True when a word is a unit, which says no more than the number before it. */
export function isUnit(text: Uint16Array, start: number, end: number): boolean {
  const size = end - start
  if (size === 0 || size > longestUnit) return false
  if (size <= 3) {
    const second = size > 1 ? text[start + 1]! : 0
    if (!shortUnits.has(packed(text[start]!, second, size > 2 ? text[start + 2]! : 0))) return false
  }
  return units.has(textOf(text, start, end).toLowerCase())
}

const calendar = words(
  `jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october november december
  mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday
  januar februar märz mai juni juli oktober dezember janvier février avril juin juillet août septembre octobre novembre décembre
  enero febrero marzo abril junio julio agosto septiembre octubre noviembre diciembre
  января февраля марта апреля мая июня июля августа сентября октября ноября декабря`,
)
/** Also words of a sentence: only a number behind them makes a date of them. */
const ambiguous = words('march mai')
const calendarStarts = packedWords(calendar)
const longestCalendarWord = 10
const apostrophe = 39

/**
 * Where the month or day of the week begins that ends at `end` (before a number it belongs to a date), else
 * -1.
 */
export function calendarWord(text: Uint16Array, end: number): number {
  let start = end
  while (start > 0 && end - start <= longestCalendarWord && (table[text[start - 1]!]! & word) !== 0) start--
  if (end - start < 3 || end - start > longestCalendarWord || (start > 0 && text[start - 1] === apostrophe))
    return -1
  if (!calendarStarts.has(packed(text[start]!, text[start + 1]!, text[start + 2]!))) return -1
  return calendar.has(textOf(text, start, end).toLowerCase()) ? start : -1
}

/** True for a month that may follow a day: '3. März', '5 December'. */
export function isMonth(text: Uint16Array, start: number, end: number): boolean {
  const last = tailStart(text, start, end)
  if (last - start < 4 || last - start > longestCalendarWord) return false
  if (!calendarStarts.has(packed(text[start]!, text[start + 1]!, text[start + 2]!))) return false
  const name = textOf(text, start, last).toLowerCase()
  return calendar.has(name) && !name.endsWith('day') && !ambiguous.has(name)
}

function packedWords(words: Iterable<string>): Set<number> {
  return new Set([...words].map((word) => packed(word.charCodeAt(0), word.charCodeAt(1), word.charCodeAt(2))))
}

/**
 * Up to three letters of any case as one small number, to see without making a string that a word is none of
 * a set.
 */
function packed(first: number, second: number, third: number): number {
  return (((first | 32) & 0x3ff) << 20) | (((second | 32) & 0x3ff) << 10) | ((third | 32) & 0x3ff)
}

const persons = words('user account customer tenant')
const longestPerson = 8
const prepositions = words('for of by from to as')

/**
 * True when the plain word at `start` is somebody's name: 'login failed for user alice'. `wordStart` and
 * `wordEnd` are the word's before it.
 */
export function namesPerson(text: Uint16Array, start: number, wordStart: number, wordEnd: number): boolean {
  if (wordEnd !== start - 1 || text[wordEnd] !== 32 || wordStart < 3 || text[wordStart - 1] !== 32)
    return false
  switch (text[wordEnd - 1]) {
    case 114: // user, customer
      if (text[wordEnd - 2] !== 101) return false
      break
    case 116: // account, tenant
      if (text[wordEnd - 2] !== 110) return false
      break
    default:
      return false
  }
  if (wordEnd - wordStart > longestPerson || !persons.has(textOf(text, wordStart, wordEnd))) return false
  let preposition = wordStart - 1
  while (preposition > 0 && wordStart - preposition < 6 && (table[text[preposition - 1]!]! & word) !== 0)
    preposition--
  return prepositions.has(textOf(text, preposition, wordStart - 1))
}

const peers = words('rhost client peer remote remotehost')
const longestPeer = 10

/** True when the plain word at `start` names a host that called: 'rhost=mail.example.org'. */
export function namesPeer(text: Uint16Array, start: number, end: number): boolean {
  let key = start - 1
  while (key > 0 && start - key <= longestPeer && (table[text[key - 1]!]! & letter) !== 0) key--
  return peers.has(textOf(text, key, start - 1)) && isOuterName(text, start, tailStart(text, start, end))
}

const technical = words(
  `utf8 utf16 utf32 utf-8 utf-16 utf8mb3 utf8mb4 latin1 iso-8859-1 iso8601 rfc3339 base32 base58 base64 base64url crc32
  sha1 sha2 sha3 sha224 sha256 sha384 sha512 sha-1 sha-256 sha-384 sha-512 md4 md5 hs256 hs384 hs512 rs256 rs384 rs512 ps256 ps512
  es256 es384 es512 ed25519 x25519 secp256k1 aes128 aes256 aes-128-cbc aes-192-cbc aes-256-cbc aes-128-gcm aes-256-gcm aes-256-ctr
  rc4 3des pkcs1 pkcs5 pkcs7 pkcs8 pkcs12 x509 http1 http2 http3 h2 h2c h3 ssl3 sslv3 tls1 tls1 tls1.0 tls1.1 tls1.2 tls1.3 tlsv1 tlsv1.1 tlsv1.2 tlsv1.3 socks4 socks5
  ipv4 ipv6 oauth1 oauth2 2fa pop3 s3 ec2 r2 k8s neo4j db2 log4j log4js web3 p50 p75 p90 p95 p99 p999 x86 x86_64 x64 arm64 amd64 win32
  int4 int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 mp3 mp4 h264 h265 lz4 bz2 i18n l10n a11y e2e p2p b2b b2c
  es5 es6 v8 d3 xml2js`,
)
const longestTechnical = 11

const technicalStarts = packedWords(technical)

/** True for words that hold a digit and are words all the same: 'utf8', 'sha256', 'http2', 's3', 'p95'. */
export function isTechnical(text: Uint16Array, start: number, end: number, bits: number): boolean {
  if ((bits & letter) === 0) return false
  const last = tailStart(text, start, end)
  const size = last - start
  if (size > longestTechnical || size < 2) return false
  if (!technicalStarts.has(packed(text[start]!, text[start + 1]!, size > 2 ? text[start + 2]! : 0)))
    return false
  return technical.has(textOf(text, start, last).toLowerCase())
}

/** The same for a word by itself. */
export function isTechnicalWord(name: string): boolean {
  return technical.has(name.toLowerCase())
}

const wordsOfTwo = words(
  'am an as at be by db do fs go he id if in io ip is it js me my no of on or os so to ts ui up us vm we',
)

/** True for a word of two letters that names are written with: 'Up', 'To', 'Id'. */
export function isWordOfTwo(name: string): boolean {
  return wordsOfTwo.has(name.toLowerCase())
}

/** True for a character that Chinese and Japanese share. */
export function isHan(code: number): boolean {
  return code >= 0x4e00 && code <= 0x9fff
}

const hanPersons = words('用户 客户 顾客 会员 租户 账号 账户 帐号 帐户')

/** True when the two units before `end` say in Chinese that somebody's name follows. */
export function endsInHanPerson(text: Uint16Array, end: number): boolean {
  return end > 1 && isHan(text[end - 1]!) && hanPersons.has(textOf(text, end - 2, end))
}

/**
 * Where somebody's name of two or three Chinese characters ends that begins at `index`, else -1: '用户 张三
 * 登录失败', '用户张三(5)'. Without a blank, a parenthesis or a number behind it, it cannot be separated from the
 * words after it.
 */
export function hanNameEnd(
  source: Uint16Array,
  index: number,
  stop: number,
  units: Uint16Array,
  length: number,
): number {
  const previous = units[length - 1]
  const closing = previous === 91 ? 93 : previous === 0x3010 ? 0x3011 : 0
  const isApart = previous === 32 || previous === 58 || previous === 0xff1a || closing !== 0
  if (!endsInHanPerson(units, isApart ? length - 1 : length)) return -1
  let end = index
  while (end < stop && end - index < 4 && isHan(source[end]!)) end++
  if (end - index < 2 || end - index > 3 || end >= stop) return -1
  const next = source[end]!
  if (closing !== 0) return next === closing ? end : -1
  if (next === 40 || next === 0xff08 || (table[next]! & digit) !== 0) return end
  return isApart && (table[next] === space || next === 0xff0c) && end + 1 < stop ? end : -1
}
