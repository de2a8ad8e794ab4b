/**
 * Which words are addresses: urls, hosts, ports, ips, paths, emails.
 */
import { isDecimal, kind, kinds, kindsIn, textOf, valueMark } from './characters.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { at, colon, digit, dot, hexLetter, letter, lower, slash, upper } = kind
const table = kinds
const mark = valueMark

/**
 * Ports that name a kind of server: kept behind an address, as often only they distinguish one problem from
 * another.
 */
// biome-ignore format: a list of numbers
const serverPorts = new Set([
  389, 465, 587, 636, 1433, 1521, 1883, 2181, 2379, 3306, 4222, 5432, 5672, 6379, 8123, 9042, 9092, 9200, 11211, 26379, 27017,
])

const innerNames = new Set(
  'internal local localhost localdomain svc lan corp intranet home test docker consul cluster'.split(' '),
)
const sourceFiles = new Set(
  'js ts mjs cjs mts cts jsx tsx py go rb rs php java kt cs c cc cpp h sh'.split(' '),
)

/** Where the host begins behind '://', else -1. */
export function urlHost(text: Uint16Array, start: number, end: number): number {
  for (let index = start + 1; index + 2 < end; index++) {
    if (text[index - 1] === mark) return -1
    if (text[index] === 58 && text[index + 1] === 47 && text[index + 2] === 47) return index + 3
  }
  return -1
}

export function isHostEnd(code: number): boolean {
  return code === 47 || code === 92 || code === 63 || code === 35
}

/** '/var/x', './x', '../x', '~/x', 'C:\x', '\\host\x', two slashes anywhere, or 'com.example.app/.Main'. */
export function isPath(text: Uint16Array, start: number, end: number): boolean {
  let slashes = 0
  for (let index = start; index < end; index++) if (table[text[index]!]! === slash) slashes++
  if (slashes >= 2) return true
  if (slashes === 0 || end - start < 2) return false
  const first = text[start]!
  if (table[first] === slash) return true
  const second = table[text[start + 1]!]!
  if ((first === 46 || first === 126) && (second === slash || text[start + 1] === 46)) return true
  if ((table[first]! & letter) === 0 || end - start < 3) return false
  if (text[start + 1] === 58) return table[text[start + 2]!] === slash
  return hasDottedSides(text, start, end)
}

/** Names with dots on both sides of the slash: a file of a package, unlike a media type or 'and/or'. */
function hasDottedSides(text: Uint16Array, start: number, end: number): boolean {
  let dots = 0
  let before = 0
  for (let index = start; index < end; index++) {
    if (table[text[index]!] === slash) before = dots
    else if (text[index] === 46) dots++
  }
  return before > 0 && dots > before && dots > 2
}

export function isEmail(text: Uint16Array, start: number, end: number): boolean {
  let sign = -1
  for (let index = start; index < end; index++) {
    if (text[index] === 64) sign = index
    else if (text[index] === 46 && sign > start && index > sign + 1) return true
  }
  return false
}

/** True when the port from `start` to `end` is one that servers of one kind listen on: 5432, 6379, … */
export function isServerPort(text: Uint16Array, start: number, end: number): boolean {
  let port = 0
  for (let index = start; index < end; index++) port = port * 10 + text[index]! - 48
  return serverPorts.has(port)
}

/** An IPv6 or a MAC address, whole or short: hex digits and at least two colons. */
export function isColonAddress(text: Uint16Array, start: number, end: number): boolean {
  let colons = 0
  for (let index = start; index < end; index++) {
    const code = text[index]!
    if (code === 58) colons++
    else if (
      !isDecimal(code) &&
      (table[code]! & hexLetter) === 0 &&
      code !== 46 &&
      code !== 45 &&
      code !== mark
    )
      return false
  }
  return colons >= 2
}

/** Where the digits behind the word's last ':' begin, else -1. */
export function portOf(text: Uint16Array, start: number, end: number): number {
  let index = end
  while (index > start && isDecimal(text[index - 1]!)) index--
  return end - index >= 2 && end - index <= 5 && index > start + 1 && text[index - 1] === 58 ? index : -1
}

/** An ip (or one already masked), or 'localhost': the port says more than the address. */
export function isBareAddress(text: Uint16Array, start: number, end: number): boolean {
  if (end - start === 1) return text[start] === mark
  let dots = 0
  let colons = 0
  for (let index = start; index < end; index++) {
    const code = text[index]!
    if (code === 46) dots++
    else if (code === 58) colons++
    else if (!isDecimal(code) && (table[code]! & hexLetter) === 0)
      return textOf(text, start, end) === 'localhost'
  }
  return dots === 3 || colons >= 2
}

/** A dotted name of the outside world, as a proxy or a server puts its peer's before what it says. */
export function isOuterName(text: Uint16Array, start: number, end: number): boolean {
  let lastDot = -1
  let topDigits = false
  for (let index = start; index < end; index++) {
    const code = text[index]!
    const bits = table[code]!
    if (code === 46) {
      lastDot = index
      topDigits = false
    } else if (bits === digit) topDigits = true
    else if ((bits & (lower | upper)) === 0 && code !== 45) return false
  }
  if (lastDot <= start || topDigits || end - lastDot < 3) return false
  const topKinds = kindsIn(text, lastDot + 1, end)
  // 'state.topAmount' is a field.
  if ((topKinds & lower) !== 0 && (topKinds & upper) !== 0) return false
  const top = textOf(text, lastDot + 1, end).toLowerCase()
  return !innerNames.has(top) && !sourceFiles.has(top)
}

const publicTops = new Set('com net org edu gov info biz cloud dev'.split(' '))

/** 'web-<*>.example.com': one of many hosts of the outside world. */
export function isNumberedHost(buffer: Uint16Array, start: number, last: number): boolean {
  const hasPort = last - start > 8 && buffer[last - 1] === mark && buffer[last - 2] === 58
  const end = hasPort ? last - 2 : last
  if (end - start < 8 || (kindsIn(buffer, start, end) & (dot | colon | at | slash)) !== dot) return false
  let top = end
  while (top > start && (table[buffer[top - 1]!]! & lower) !== 0) top--
  if (end - top < 2 || end - top > 5 || buffer[top - 1] !== 46) return false
  let dots = 0
  let isMasked = buffer[start] === mark
  for (let index = start + 1; index < top; index++) {
    if (buffer[index] === 46) dots++
    else if (buffer[index] === mark && buffer[index - 1] !== 46) isMasked = true
  }
  return isMasked && dots > 1 && (end - top === 2 || publicTops.has(textOf(buffer, top, end)))
}

/**
 * Inside an address with scheme or query, signs that end a word elsewhere ('&', '=', ',', ';', '|', '[', ']')
 * do not.
 */
export function isInsideUrl(source: Uint16Array, code: number, from: number, index: number): boolean {
  if (code !== 38 && code !== 61 && code !== 44 && code !== 59 && code !== 124 && code !== 91 && code !== 93)
    return false
  for (let before = from; before < index; before++) {
    if (
      source[before] === 63 ||
      (source[before] === 58 && source[before + 1] === 47 && source[before + 2] === 47)
    )
      return true
  }
  return false
}

/** 'arn:…': the resource of a cloud, which names an account, a region and often a user. */
export function startsResource(text: Uint16Array, start: number): boolean {
  return text[start] === 97 && text[start + 1] === 114 && text[start + 2] === 110 && text[start + 3] === 58
}
