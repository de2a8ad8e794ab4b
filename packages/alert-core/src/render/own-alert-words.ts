/**
 * The wording of the library's own alerts, one table for each language.
 */
import type { FailureBrief } from '../http/failure-brief.ts'
import { formatCount, formatDuration } from '../time/time-text.ts'
import type { Locale } from './phrases.ts'
import { channelName, providerName } from './provider-name.ts'

export type { Locale }

/** The fields of a record of our own: '' or 0 for one that it lacks. */
export interface Facts {
  text(name: string): string
  number(name: string): number
}

/** So many messages in so long, ms. */
export interface Limit {
  readonly count: number
  readonly perMs: number
}

export interface OwnWords {
  readonly test: string
  readonly testMessage: string
  channelWorks(channel: string, at: string): string
  failing(facts: Facts): string
  /** Who answered what and when, and where the notifications go now. */
  failed(facts: Facts, at: string): string
  /** What a person is to check. */
  check(facts: Facts): string
  deliversAgain(facts: Facts): string
  noFurtherFailure(facts: Facts): string
  delivered(facts: Facts, at: string, lasted: string): string
  quotaReached(facts: Facts): string
  /** `until` is '' if no end is known. */
  waitsForQuota(facts: Facts, until: string): string
  /** The channel is no longer among the options. */
  removed(facts: Facts): string
  sendsAgain(facts: Facts): string
  quotaRenewed(limit: Limit | undefined, at: string, lasted: string): string
  stateFails(facts: Facts): string
  stateInMemory(facts: Facts): string
  /** A damaged or newer journal: alerts are saved, but not all could be read. */
  readonly stateOdd: string
  readonly stateRecovered: string
  savedAgain(at: string, lasted: string): string
  fleetAlone(facts: Facts): string
  /** `at` is when that began. */
  fleetCountsAlone(facts: Facts, at: string): string
  readonly fleetTogether: string
  fleetWorks(at: string, lasted: string): string
  readonly fleetDiffers: string
  differs(names: string, at: string): string
  readonly tooManyKinds: string
  countedTogether(max: number, count: number, since: string, message: string): string
}

const nameOf = (facts: Facts, locale: Locale) =>
  channelName(facts.text('channel'), facts.text('provider'), locale)
const nextOf = (facts: Facts, locale: Locale) =>
  facts.text('next') === '' ? '' : channelName(facts.text('next'), facts.text('nextProvider'), locale)
const kindOf = (facts: Facts) => facts.text('kind') as FailureBrief['kind']

const notifications = (count: number) =>
  count === 1 ? '1 notification' : `${formatCount(count)} notifications`

function sendTest(facts: Facts): string {
  return `npx alert-transport send-test --config <file> --channel ${facts.text('channel')}`
}

const englishChecks: Readonly<Record<string, string>> = {
  key: 'Check the webhook address or token of this channel',
  address: 'Check the address of this channel: it does not exist or no longer exists',
  length: "Lower `max` of this channel or set `format: 'short'`",
  rate: 'Set `interval` or `limit` of this channel: the provider takes no more messages in this time',
  network: 'Check host, port, firewall and proxy between this machine and the provider',
  server: 'The provider has a problem of its own: see its status page',
}

/** What keeps a fleet from its Redis, which answers. */
const englishFleetCauses: Readonly<Record<string, string>> = {
  password: 'Redis refuses the user or the password',
  rights: 'Redis refuses a command or a key',
  keys: 'Redis holds other data under the keys of the fleet',
  memory: 'Redis is out of memory',
  'read-only': 'Redis is read-only',
  other: 'Redis cannot be used',
}

const english: OwnWords = {
  test: 'TEST',
  testMessage: 'test message, nothing is wrong',
  channelWorks: (channel, at) => `Channel ${channel} works. Sent by alert-transport send-test at ${at}.`,
  failing: (facts) => `channel ${nameOf(facts, 'en')} is not delivering`,
  failed(facts, at) {
    const lost = facts.number('undelivered')
    const next = nextOf(facts, 'en')
    const where =
      next === '' ? 'no channel takes over' : `${lost === 1 ? 'it goes' : 'they go'} to ${next} instead`
    return `${answered(facts, at)}. ${notifications(lost)} ${lost === 1 ? 'was' : 'were'} not delivered; ${where}.`
  },
  check(facts) {
    const cure = facts.text('cure')
    const known = englishChecks[facts.text('cause')] ?? 'Check the options of this channel'
    const check = cure === '' ? known : cure.charAt(0).toUpperCase() + cure.slice(1)
    return `${check}, then run: ${sendTest(facts)}`
  },
  deliversAgain: (facts) => `channel ${nameOf(facts, 'en')} delivers again`,
  noFurtherFailure: (facts) => `channel ${nameOf(facts, 'en')} has not failed again`,
  delivered(facts, at, lasted) {
    const moved = facts.number('moved')
    const lost = facts.number('lost')
    const parts = [
      moved > 0 ? `${notifications(moved)} went to ${nextOf(facts, 'en')}` : '',
      lost > 0
        ? `${moved > 0 ? formatCount(lost) : notifications(lost)} ${lost === 1 ? 'was' : 'were'} lost`
        : '',
    ].filter(Boolean)
    const meanwhile = parts.length === 0 ? '' : ` Meanwhile ${parts.join(', ')}.`
    return `Delivered at ${at} after ${lasted}.${meanwhile}`
  },
  quotaReached: (facts) =>
    `channel ${facts.text('channel')} reached its limit of ${formatCount(facts.number('count'))} per ${perText(facts.number('perMs'), 'en')}`,
  waitsForQuota(facts, until) {
    const next = nextOf(facts, 'en')
    if (next !== '') return until === '' ? `They go to ${next}.` : `Until ${until} they go to ${next}.`
    const count = facts.number('deferred')
    const waiting = count === 1 ? '1 alert waits' : `${formatCount(count)} alerts wait`
    return until === '' ? `${waiting}.` : `${waiting}; sent at ${until}.`
  },
  removed: (facts) => `Closed: channel ${facts.text('channel')} is no longer in the configuration`,
  sendsAgain: (facts) => `channel ${facts.text('channel')} sends again`,
  quotaRenewed(limit, at, lasted) {
    if (limit === undefined) return `It has no limit any more since ${at}, after ${lasted}.`
    const { count, perMs } = limit
    return `Its limit of ${formatCount(count)} per ${perText(perMs, 'en')} has room again since ${at}, after ${lasted}.`
  },
  stateFails: (facts) => `alert state cannot be saved (${facts.text('code')})`,
  stateInMemory: (facts) =>
    `${facts.text('directory')}: ${facts.text('code')}. Alerting continues in memory; what is unsent would be lost with a crash.`,
  stateOdd: 'alert state could not be read as a whole',
  stateRecovered: 'alert state is saved again',
  savedAgain: (at, lasted) => `Saved again at ${at} after ${lasted}.`,
  fleetAlone: (facts) =>
    `processes notify separately, ${englishFleetCauses[facts.text('cause')] ?? 'Redis is unreachable'}`,
  fleetCountsAlone(facts, at) {
    const code = facts.text('code')
    return Object.hasOwn(englishFleetCauses, facts.text('cause'))
      ? `${facts.text('why')} Since ${at} you may get one alert from several processes; counts are of one process.`
      : `Redis has not answered since ${at}${code && ` (${code})`}. Until then you may get one alert from several processes; counts are of one process.`
  },
  fleetTogether: 'processes notify together again',
  fleetWorks: (at, lasted) => `Redis works again since ${at}, after ${lasted}. Counts are complete.`,
  fleetDiffers: 'processes run different alert configurations',
  differs: (names, at) =>
    `${names} ${names.includes(', ') ? 'differ' : 'differs'} from the others since ${at}. Normal during a deployment; check the configuration if it lasts longer than 30 min.`,
  tooManyKinds: 'too many kinds of errors, the rest is counted together',
  countedTogether: (max, count, since, message) =>
    `The limit of ${formatCount(max)} live alerts is reached: ${formatCount(count)} more ${count === 1 ? 'record' : 'records'} since ${since} ${count === 1 ? 'has no alert of its' : 'have no alert of their'} own. Usually a changing value in the message is the cause. Latest: ${message}`,
}

function answered(facts: Facts, at: string): string {
  const provider = capital(providerName(facts.text('provider') || facts.text('channel'), 'en'))
  const said = facts.text('said')
  switch (kindOf(facts)) {
    case 'answer':
      return `${provider} answered ${said} at ${at}`
    case 'late':
      return `${provider} did not answer in time at ${at}`
    case 'unreachable':
      return `${provider} could not be reached at ${at}: ${said}`
    default:
      return `${provider} failed at ${at}: ${said}`
  }
}

function capital(text: string): string {
  return text === 'ntfy' ? text : text.charAt(0).toUpperCase() + text.slice(1)
}

const units = { en: ['minute', 'hour', 'day'], 'zh-CN': ['分钟', '小时', '天'] } as const

/** 'hour', '小时' for one of a unit; '30 min', ' 30 分钟' for other durations. */
export function perText(perMs: number, locale: Locale): string {
  const index = [60_000, 3_600_000, 86_400_000].indexOf(perMs)
  if (index >= 0) return units[locale][index]!
  return locale === 'en' ? formatDuration(perMs, locale) : ` ${formatDuration(perMs, locale)}`
}

const chineseChecks: Readonly<Record<string, string>> = {
  key: '请检查该通道的 Webhook 地址或 Token',
  address: '请检查该通道的地址：地址不存在或已失效',
  length: "请调低该通道的 `max` 或设置 `format: 'short'`",
  rate: '请为该通道设置 `interval` 或 `limit`：对方限制了发送频率',
  network: '请检查本机到对方的网络、端口、防火墙和代理',
  server: '对方服务异常，请查看其状态页',
}

const chineseFleetCauses: Readonly<Record<string, string>> = {
  password: 'Redis 拒绝用户名或密码',
  rights: 'Redis 拒绝执行命令或访问键，权限不足',
  keys: 'Redis 中该组实例的键已被其他数据占用',
  memory: 'Redis 内存不足',
  'read-only': 'Redis 只读',
  other: 'Redis 无法使用',
}

const chinese: OwnWords = {
  test: '测试',
  testMessage: '测试消息，无需处理',
  channelWorks: (channel, at) =>
    `通道 ${spaced(channel)}配置正常，由 alert-transport send-test 于 ${at} 发送`,
  failing: (facts) => `通道 ${spaced(nameOf(facts, 'zh-CN'))}发送失败`,
  failed(facts, at) {
    const next = nextOf(facts, 'zh-CN')
    const where = next === '' ? '且未配置备用通道' : `已改由 ${spaced(next)}发送`
    return `${respondedAt(facts, at)}，${formatCount(facts.number('undelivered'))} 条通知未送达，${where}`
  },
  check: (facts) =>
    `${chineseChecks[facts.text('cause')] ?? '请检查该通道的配置'}，然后执行：${sendTest(facts)}`,
  deliversAgain: (facts) => `通道 ${spaced(nameOf(facts, 'zh-CN'))}恢复发送`,
  noFurtherFailure: (facts) => `通道 ${spaced(nameOf(facts, 'zh-CN'))}未再发送失败`,
  delivered(facts, at, lasted) {
    const moved = facts.number('moved')
    const lost = facts.number('lost')
    const parts = [
      moved > 0 ? `${formatCount(moved)} 条通知改由 ${spaced(nextOf(facts, 'zh-CN'))}发送` : '',
      lost > 0 ? `${formatCount(lost)} 条${moved > 0 ? '' : '通知'}丢失` : '',
    ].filter(Boolean)
    const meanwhile = parts.length === 0 ? '' : `；期间 ${parts.join('，')}`
    return `${at} 恢复送达，中断 ${lasted}${meanwhile}`
  },
  quotaReached: (facts) =>
    `通道 ${facts.text('channel')} 已达限额（每${perText(facts.number('perMs'), 'zh-CN')} ${formatCount(facts.number('count'))} 条）`,
  waitsForQuota(facts, until) {
    const next = nextOf(facts, 'zh-CN')
    if (next !== '') return `${until === '' ? '' : `${until} 前`}改由 ${spaced(next)}发送`
    const waiting = `${formatCount(facts.number('deferred'))} 个告警等待发送`
    return until === '' ? waiting : `${waiting}，${until} 恢复`
  },
  removed: (facts) => `通道 ${facts.text('channel')} 已从配置中移除，告警关闭`,
  sendsAgain: (facts) => `通道 ${facts.text('channel')} 恢复发送`,
  quotaRenewed(limit, at, lasted) {
    if (limit === undefined) return `自 ${at} 起不再限额，此前用尽 ${lasted}`
    const { count, perMs } = limit
    return `限额（每${perText(perMs, 'zh-CN')} ${formatCount(count)} 条）自 ${at} 起有余量，用尽 ${lasted}`
  },
  stateFails: (facts) => `告警状态无法保存（${facts.text('code')}）`,
  stateInMemory: (facts) =>
    `${facts.text('directory')}：${facts.text('code')}。告警在内存中继续运行，进程崩溃时未发送的通知会丢失。`,
  stateOdd: '告警状态未能完整读取',
  stateRecovered: '告警状态恢复保存',
  savedAgain: (at, lasted) => `${at} 恢复保存，中断 ${lasted}`,
  fleetAlone: (facts) => `${chineseFleetCauses[facts.text('cause')] ?? 'Redis 无法连接'}，各实例单独告警`,
  fleetCountsAlone(facts, at) {
    const code = facts.text('code')
    const why = Object.hasOwn(chineseFleetCauses, facts.text('cause'))
      ? `Redis 自 ${at} 起无法使用（${facts.text('why')}）`
      : `Redis 自 ${at} 起无法连接${code && `（${code}）`}`
    return `${why}。恢复前，同一告警可能由多个实例重复发送，次数仅为单个实例的统计。`
  },
  fleetTogether: '各实例恢复统一告警',
  fleetWorks: (at, lasted) => `Redis 于 ${at} 恢复可用，中断 ${lasted}，次数已补齐`,
  fleetDiffers: '各实例的告警配置不一致',
  differs: (names, at) =>
    `${names} 与其他实例不一致（${at} 起）。发布期间属正常现象，超过 30 分钟请检查配置。`,
  tooManyKinds: '错误种类过多，超出部分合并统计',
  countedTogether: (max, count, since, message) =>
    `活跃告警已达上限 ${formatCount(max)} 个，${since} 以来另有 ${formatCount(count)} 条日志未单独告警。通常是日志内容中含有不断变化的值所致。最近一条：${message}`,
}

/** A space before a Chinese character, unless full-width punctuation stands there. */
function spaced(name: string): string {
  return /[）\p{Script=Han}]$/u.test(name) ? name : `${name} `
}

function respondedAt(facts: Facts, at: string): string {
  const provider = providerName(facts.text('provider') || facts.text('channel'), 'zh-CN')
  const said = facts.text('said')
  const code = /\(([A-Z][A-Z_\d]+)\)/.exec(said)?.[1] ?? said
  switch (kindOf(facts)) {
    case 'answer':
      return `${at} ${spaced(provider)}返回 ${said}`
    case 'late':
      return `${at} ${spaced(provider)}未及时响应`
    case 'unreachable':
      return `${at} 无法连接 ${provider}：${code}`
    default:
      return `${at} ${spaced(provider)}发送失败：${said}`
  }
}

export const ownWords: Readonly<Record<Locale, OwnWords>> = { en: english, 'zh-CN': chinese }
