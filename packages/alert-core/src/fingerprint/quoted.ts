/**
 * What stands in quotes: where it ends, and whether it is a value or part of the message.
 */
import { isDecimal, kind, kinds, textOf, valueMark } from './characters.ts'
import { isHan, words } from './vocabulary.ts'

// Constants of this module, not of another: the compiler then folds them into the loops.
const { digit, letter } = kind
const table = kinds

/** The unit that closes a quote opened by `code`, else 0. */
export function closingQuoteOf(code: number): number {
  switch (code) {
    case 34:
    case 39:
    case 96:
      return code
    case 0x201c:
      return 0x201d
    case 0x201e:
      return 0x201c
    case 0x2018:
    case 0x201a:
      return 0x2019
    case 0x300a:
    case 0x300c:
    case 0x300e:
      return code + 1
    case 0xab:
      return 0xbb
    default:
      return 0
  }
}

const requestLine = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) /
const errorName = /\bE(?:[A-Z]{4,20}|RR_[A-Z_]{2,60})\b|(?:Error|Exception)\b/
const innerQuote = /["`“”「」«»]|(?<![A-Za-z])'|'(?![A-Za-z])/
const codeName = /^(?:[A-Z][A-Z_]{2,63}|(?=.{3,64}$)[A-Za-z.]*[a-z][A-Z][A-Za-z.]*)$/
/** A name as schemas, modules and code have them; '<*>' and its unit stand for what was masked in it. */
const nameShape = new RegExp(
  `^(?=.{1,64}$)(?=.*[A-Za-z])[A-Za-z_$@.](?:[\\w$.!@-]|<\\*>|${String.fromCharCode(valueMark)})*(?:\\(\\)|:)?$`,
)
/** './routes/orders' and '@scope/name': the same on every machine. */
const modulePath = /^(?:\.{1,2}\/|@)[A-Za-z_$@.-]+(?:\/[A-Za-z_$@.-]+){0,5}$/
/** Some words: 'no queue orders in vhost'. */
const sentence = /[A-Za-z]{3}\S* +\S+ +\S/
/** '23505', 'P2002', 'SIGTERM'. */
const codeShape = /^[A-Z\d_]{1,20}$/
const backtick = 96

/** 'address2': the number is part of the name. */
const numberedName = /^[A-Za-z][A-Za-z_.]{0,60}(?<=[A-Za-z])\d{1,2}$/

/** True for what is masked elsewhere: a path inside the application, and a name that ends in a number. */
export function isWholeName(bytes: Buffer, from: number, to: number, role: QuoteRole): boolean {
  const isPath = bytes[from * 2] === 46 || bytes[from * 2] === 64
  const isNumbered = role === 'name' && isDecimal(bytes[to * 2 - 2]!)
  if (to - from > 100 || (!isPath && !isNumbered)) return false
  const quoted = bytes.toString('utf16le', from * 2, to * 2)
  return modulePath.test(quoted) || (role === 'name' && numberedName.test(quoted))
}

/** What the words around a quote say of what is in it. */
export type QuoteRole = 'whole' | 'name' | 'person' | 'code' | 'text' | 'sql' | 'unknown'

const named = words(
  `algorithm argument arguments association attribute awaiting bucket charset cipher class clause codec collation collection
  column command component constraint curve database directive encoding entity enum event exchange extension field fields flag for function handler header helper hook index job key
  layout listener method metric middleware model module namespace
  operation operator option package param parameter partial path plugin permission procedure property protocol provider queue
  reading relation role route schema selector sequence service setting table template topic trigger type used variable vhost view no
  into update`,
)
const longestNamed = 12
const unnamed = words('user users account customer tenant member client owner login email host by value')
const coded = words('code status errno errcode sqlstate signal')
const said = words('reason cause error')
/** Of a word of several lists the last counts. */
const roles: ReadonlyMap<string, QuoteRole> = new Map<string, QuoteRole>([
  ...[...said].map((noun) => [noun, 'text'] as const),
  ['near', 'sql'],
  ...[...coded].map((noun) => [noun, 'code'] as const),
  ...[...named].map((noun) => [noun, 'name'] as const),
  ...[...unnamed].map((noun) => [noun, 'person'] as const),
])
/** What a thing of the program is called in Chinese: a constraint, a table, a queue, an interface. */
const hanNamed = words(
  '约束 关系 列 字段 队列 模块 主题 接口 索引 数据库 视图 函数 参数 属性 变量 服务 配置 配置项 主键 外键 触发器 分区 集合 序列 类型 插件 组件 路由 依赖 通道 缓存 数据表 表 角色 存储过程 请求头 协议 命令',
)
const longestHanNamed = 4
/** Such a name may itself be Chinese. */
const hanNameShape = /^[\p{Script=Han}A-Za-z_]{1,20}$/u
const saidWith = words('with error')
/** As a whole word: one that continues may be masked. */
const namedBehind =
  /^ (?:argument|attribute|claim|column|command|field|header|option|parameter|property|must|is (?:required|missing|not allowed|not defined|a required)|where|was not provided|cannot be|before initialization)(?=[\0\s,;:!)\]"'`]|[.?][\0\s])/

/** By two letters most words are known not to be one of them. */
const behindStarts = new Set(
  'ar at be cl co fi he op pa pr mu is wa wh ca'
    .split(' ')
    .map((pair) => (pair.charCodeAt(0) << 8) | pair.charCodeAt(1)),
)

/** The role of the quote that opens at `open` behind `before`, and ends before `close` in `source`. */
export function quoteRole(before: Uint16Array, open: number, source: Uint16Array, close: number): QuoteRole {
  let end = open
  while (end > 0 && open - end < 3 && leadsToQuote(before[end - 1]!)) end--
  let start = end
  while (start > 0 && end - start <= longestNamed && (table[before[start - 1]!]! & letter) !== 0) start--
  const noun = end < open && end - start <= longestNamed ? textOf(before, start, end).toLowerCase() : ''
  const role = noun === '' ? undefined : roles.get(noun)
  if (role !== undefined) return role
  if (end > 0 && isHan(before[end - 1]!) && endsInHanNoun(before, end)) return 'name'
  if (namings.has(noun) && isThing(wordBefore(before, start))) return 'name'
  if (noun === 'message' && saidWith.has(wordBefore(before, start))) return 'text'
  if (
    source[close] === 32 &&
    behindStarts.has((source[close + 1]! << 8) | source[close + 2]!) &&
    namedBehind.test(textOf(source, close, close + 24))
  )
    return 'name'
  return 'unknown'
}

/** ' ', '(', '[', ':', '=', and the colon and parenthesis of Chinese texts. */
function leadsToQuote(code: number): boolean {
  return (
    code === 32 ||
    code === 40 ||
    code === 91 ||
    code === 58 ||
    code === 61 ||
    code === 0xff1a ||
    code === 0xff08
  )
}

/** True if the text before `end` ends in the Chinese word for a thing of the program: '唯一约束'. */
function endsInHanNoun(text: Uint16Array, end: number): boolean {
  for (let size = 1; size <= longestHanNamed && size <= end; size++)
    if (hanNamed.has(textOf(text, end - size, end))) return true
  return false
}

/** What may stand between a noun and the quote: 'no column named', 'object name', 'header content'. */
const namings = words('named name content')

/** It is not a person. */
function isThing(noun: string): boolean {
  return noun === 'export' || noun === 'object' || roles.get(noun) === 'name'
}

const sqlWords = words(
  `all and as asc between by case check create cross default delete desc distinct drop else end exists from full group
  having in inner insert into is join key left like limit not null offset on or order outer primary references returning
  right select set table then union unique update using values when where with`,
)

/** The word of up to twelve letters before the one at `start`. */
function wordBefore(text: Uint16Array, start: number): string {
  const end = start - 1
  let from = end
  while (from > 0 && end - from <= longestNamed && (table[text[from - 1]!]! & letter) !== 0) from--
  return from < end ? textOf(text, from, end) : ''
}

/**
 * What is quoted is a value, unless it is a name from the code or a schema ('ECONNRESET', 'userId',
 * constraint 'users_email_key'), a request line or another error's message.
 */
export function isKept(bytes: Buffer, from: number, to: number, role: QuoteRole): boolean {
  if (role === 'whole') return true
  if (to - from > 500 || role === 'person') return false
  const quoted = bytes.toString('utf16le', from * 2, to * 2)
  if (role === 'name' && [nameShape, modulePath, hanNameShape].some((shape) => shape.test(quoted)))
    return true
  if (role === 'sql') return sqlWords.has(quoted.toLowerCase())
  if (role === 'text' && sentence.test(quoted)) return true
  if (role === 'code' && codeShape.test(quoted)) return true
  if (bytes[from * 2 - 2] === backtick && quoted.length > 1 && nameShape.test(quoted)) return true
  return (
    codeName.test(quoted) ||
    ((requestLine.test(quoted) || errorName.test(quoted)) && !innerQuote.test(quoted))
  )
}

/** Where the quote at `open` ends, else -1. An apostrophe inside a word does not close it. */
export function closingQuote(source: Uint16Array, open: number, stop: number): number {
  const quote = closingQuoteOf(source[open]!)
  for (let index = open + 1; index < stop; index++) {
    const code = source[index]!
    if (code === 10 || code === 13) return -1
    if (isClosing(code, quote) && (quote !== 39 || !isNameAt(source, index + 1))) return index
  }
  return -1
}

/** German and Polish open a quote alike, and close it differently. */
function isClosing(code: number, quote: number): boolean {
  return code === quote || (code === 0x201d && quote === 0x201c)
}

/** A letter, a digit or a masked value ('<*>'): an apostrophe before it ends no quote. */
function isNameAt(source: Uint16Array, index: number): boolean {
  return (
    (table[source[index]!]! & (letter | digit)) !== 0 ||
    (source[index] === 60 && source[index + 1] === 42 && source[index + 2] === 62)
  )
}
