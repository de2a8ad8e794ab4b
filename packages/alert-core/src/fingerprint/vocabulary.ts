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

/** What stands before the hour, or behind the day. */
const hanTimes = words('上午 下午 凌晨 早上 中午 晚上 傍晚 午前 午後 오전 오후')
const hanDay = /^(?:星期|周|礼拜)[一二三四五六日天]$/

/** True for a character of the texts that write without blanks. */
function isEastern(code: number): boolean {
  return code >= 0x2e80
}

/** Where '上午' or '星期三' begins that ends at `end`, else -1. */
function easternTime(text: Uint16Array, end: number): number {
  if (end < 2 || !isEastern(text[end - 2]!)) return -1
  if (hanTimes.has(textOf(text, end - 2, end)) || hanDay.test(textOf(text, end - 2, end))) return end - 2
  return end > 2 && hanDay.test(textOf(text, end - 3, end)) ? end - 3 : -1
}

/**
 * Where the month, day of the week or time of the day begins that ends at `end`, else -1: before a number it
 * belongs to a date.
 */
export function calendarWord(text: Uint16Array, end: number): number {
  if (isEastern(text[end - 1]!)) return easternTime(text, end)
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

const hashed = words(
  'commit sha sha1 sha256 md5 hash digest checksum etag revision rev ref build id oid tree blob',
)
/** Words that consist of the same letters. */
const hexWords = words('added dead feed face faced fade faded decade facade')

/**
 * True when the hex letters from `start` to `last` are the first letters of a hash, without a digit:
 * 'commit deadbee is missing'. `wordStart` and `wordEnd` are the word's before it.
 */
export function isShortHash(
  text: Uint16Array,
  start: number,
  last: number,
  wordStart: number,
  wordEnd: number,
): boolean {
  const gap = start - wordEnd
  if (gap < 0 || gap > 2 || start === 0 || wordEnd - wordStart > 8) return false
  return (
    hashed.has(textOf(text, wordStart, tailStart(text, wordStart, wordEnd)).toLowerCase()) &&
    !hexWords.has(textOf(text, start, last))
  )
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

const schemes = words('charset encoding algorithm algorithms alg cipher collation codec curve protocol')
const longestScheme = 10
const longestSchemeName = 24
const schemeName = /^[A-Za-z][A-Za-z_-]{1,20}-?\d{1,4}(?:[_-][A-Za-z\d]{1,12}){0,4}$/

/** True for a word with digits behind 'charset' and the like: which one it is says what the problem is. */
export function namesScheme(
  text: Uint16Array,
  start: number,
  end: number,
  wordStart: number,
  wordEnd: number,
): boolean {
  const gap = start - wordEnd
  if (gap < 1 || gap > 2 || start === 0 || wordEnd - wordStart > longestScheme) return false
  const last = tailStart(text, start, end)
  if (last - start > longestSchemeName || wordEnd - wordStart < 3) return false
  if (!schemes.has(textOf(text, wordStart, tailStart(text, wordStart, wordEnd)).toLowerCase())) return false
  return schemeName.test(textOf(text, start, last))
}

const wordsOfTwo = words(
  'ai am an as at be by cb co db do ec fn fs go he id if in io ip is it js me my ng no nx of on or os pg re rm rx so to ts tx ui up us vm we',
)

/** True for a word of two letters that names are written with: 'Up', 'To', 'Id'. */
export function isWordOfTwo(name: string): boolean {
  return wordsOfTwo.has(name.toLowerCase())
}

/** True for a character that Chinese and Japanese share. */
export function isHan(code: number): boolean {
  return code >= 0x4e00 && code <= 0x9fff
}

const hanPersons = words(
  '用户 客户 顾客 会员 租户 账号 账户 帐号 帐户 买家 卖家 司机 骑手 员工 学生 患者 乘客',
)

/** True when the two units before `end` say in Chinese that somebody's name follows. */
export function endsInHanPerson(text: Uint16Array, end: number): boolean {
  return end > 1 && isHan(text[end - 1]!) && hanPersons.has(textOf(text, end - 2, end))
}

/** Most people have one of these names. */
const hanSurnames = new Set(
  `王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任
  姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧`,
)
const hanDoubleSurnames = words(
  '欧阳 司马 诸葛 上官 司徒 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 端木 南宫 独孤 轩辕 司空 澹台 淳于',
)
/** Words that begin like one. */
const hanNoNames = words(
  `余额 余量 高级 高频 高于 高峰 高危 马上 方案 方式 方法 方向 万元 金额 金币 金融 金牌 文件 文档 文本 文字 文章 钱包 钱款 时间 白名
  黄金 白银 白金 常用 常见 常规 常量 何时 任务 任何 任意 任职 许可 许多 范围 陈旧 石油 曾经 曾用 康复 万能 周期 周末 顾客 顾问 郑重
  谢谢 谢绝 易用 文化 高亮 段落 史料 江湖 田野 金卡 白卡 周年 周边 高清`,
)
/** What is said of a person: a name ends before it. */
const hanPredicates = words(
  `登录 登陆 登出 注册 注销 认证 验证 鉴权 授权 绑定 解绑 不存 不能 不可 不是 不在 未找 未能 未通 未登 未绑 未实 未授 没有 无权 无法 无效
  找不 已被 已经 已存 已过 已注 已冻 已锁 支付 付款 下单 退款 提现 充值 转账 余额 积分 密码 账户 账号 帐户 订单 权限 手机 邮箱 信息 数据
  状态 超时 失败 异常 错误 重复 过期 离线 下线 掉线 失联 查询 创建 更新 删除 修改 提交 上传 下载 请求 发送 接收 同步 加载 获取 缺少 被锁 被禁
  被冻 先生 女士 小姐 老师 经理 医生 的订 的账 的余 的密 的手 的支 的请 在线 因为`,
)
const hanTitles = words('先生 女士 小姐 老师 经理 医生')
const longestHanName = 3

/**
 * Where somebody's name in Chinese ends that begins at `index`, else -1: '用户 张三 登录失败', '用户张三(5)',
 * '会员张三登录失败'. It has up to three characters, or four with a family name of two. Without a blank before
 * and behind it, it begins with a family name and ends before what is said of it: words are not separated
 * otherwise.
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
  while (end < stop && end - index <= longestHanName && isNameUnit(source[end]!)) end++
  const size = end - index
  if (size > 1 && size <= longestHanName && end < stop) {
    const next = source[end]!
    if (closing !== 0) return next === closing ? end : -1
    if (next === 40 || next === 0xff08 || (table[next]! & digit) !== 0) return end
    const isAlone = isApart && (table[next] === space || next === 0xff0c) && end + 1 < stop
    if (isAlone && !hanPredicates.has(textOf(source, index, index + 2))) return end
  }
  return familyNameEnd(source, index, stop, closing)
}

/** A character of a name, or what hides one: '张*三'. */
function isNameUnit(code: number): boolean {
  return isHan(code) || code === 42 || code === 0xff0a
}

function familyNameEnd(source: Uint16Array, index: number, stop: number, closing: number): number {
  const first = textOf(source, index, index + 2)
  const surname = hanDoubleSurnames.has(first) ? 2 : 1
  if (surname === 1 && !hanSurnames.has(first.charAt(0))) return -1
  if (hanNoNames.has(first)) return -1
  // The given name has one or two.
  const last = Math.min(stop, index + surname + 2)
  for (let end = index + surname; end <= last; end++) {
    const isEnd = end === stop || !isNameUnit(source[end]!)
    if (isEnd && closing !== 0) return source[end] === closing ? end : -1
    const behind = isEnd ? '' : textOf(source, end, end + 2)
    if (isEnd || hanPredicates.has(behind)) return hanTitles.has(behind) ? end + 2 : end
    if (!isNameUnit(source[end - 1]!)) return -1
  }
  return -1
}
