/**
 * The wording of messages, one table for each language. Times and durations are passed in as text.
 */
import { mostStarts } from '../alerts/flapping.ts'
import type { Severity, SuppressedReason } from '../model.ts'
import type { Message } from '../provider/provider.ts'
import { formatCount } from '../time/time-text.ts'

type Storm = NonNullable<Message['storm']>

export type Locale = 'en' | 'zh-CN'

/** All words of a message except the data. */
export interface Words {
  readonly severity: Readonly<Record<Severity, string>>
  /** Replaces the severity of a resolved alert. */
  readonly resolved: string
  readonly fact: Readonly<Record<FactName, string>>
  readonly lead: LeadWords
  readonly absence: AbsenceWords
  /** What the subject ends with; one at most. */
  readonly suffix: {
    readonly repeat: string
    readonly flapping: string
    readonly recurred: string
    readonly spike: string
    escalated(former: string): string
    unacknowledged(duration: string): string
    readonly silenceEnded: string
    readonly silenced: string
    readonly acknowledged: string
  }
  /** 'once', '6 times'. */
  times(count: number): string
  /** Sentences without their full stops as one text. */
  sentences(parts: readonly string[]): string
  readonly answer: AnswerWords
  readonly trace: string
  readonly runbook: string
  /** What ended the process, or would have. */
  readonly crash: { readonly exception: string; readonly rejection: string }
  readonly several: SeveralWords
  storm(kinds: number, span: string): string
  /** Its first line: `shown` lines of the storm follow, after `others` alerts that are not part of it. */
  stormLead(storm: Storm, shown: number, others: number): string
  /** '812× connect ECONNREFUSED' */
  stormLine(count: number, headline: string): string
  /** Before the message of the latest record, where the records differ. */
  readonly latest: string
  more(alerts: number): string
  /** 'email: Invalid email (and 2 more)': the first of several reasons. */
  reasons(first: string, more: number): string
  moreKinds(kinds: number): string
  /** '{time}' stands for its time. */
  readonly nextReminder: string
  /** The record was too large to be kept whole; `chars` is the length of its line, 0 if unknown. */
  cut(chars: number): string
  /** Names of channels, and how many others. */
  channelNames(names: readonly string[], more: number): string
  delayed(dueAt: string, delay: string, cause: DelayCause): string
  /** It waited for the limit of `count` messages `per` hour or so. */
  deferred(dueAt: string, count: string, per: string): string
  dryRun(channel: string, provider: string): string
  /** `repeat: false`. */
  readonly noReminders: string
  /**
   * Sent on behalf of another channel; `alerts` is the number of such alerts if the message has others too.
   */
  fellBack(from: FellBackFrom, alerts?: number): string
}

/** The last line of a message. */
export interface AnswerWords {
  /** Before the short id. */
  readonly id: string
  readonly acknowledge: string
  readonly silence: string
  readonly details: string
  /** Who took it on, if that is not known. */
  readonly somebody: string
}

/** What a lead says, each sentence without its full stop. `impact` is '' or begins with its comma. */
export interface LeadWords {
  burst(count: number, span: string, impact: string): string
  repeat(added: number, since: string, count: number, impact: string): string
  /** `lasted` is '' if it became worse at once. */
  escalated(former: string, now: string, lasted: string, count: number): readonly string[]
  recurred(gap: string, endedAt: string, count: number, impact: string): string
  /** The same in two sentences, where the second says what is to be said of the release. */
  recurredInRelease(
    gap: string,
    endedAt: string,
    release: string,
    count: number,
    impact: string,
  ): readonly string[]
  /** `next` is '' if no reminder is due. */
  flapping(starts: number, next: string): readonly string[]
  /** The same of one that ended before it was sent; `late` is how long after its end, '' if that is short. */
  flappedUnsent(starts: number, from: string, to: string, late: string): readonly string[]
  /** `message` is that of the record, '' if it has none. */
  endedByRecord(at: string, message: string): string
  endedByQuiet(quiet: string, last: string): string
  lasted(duration: string, count: number): string
  unsent(from: string, to: string, count: number): string
  /** `factor` is '' if there usually are none. */
  spike(count: number, within: string, usual: string, factor: string): string
  unacknowledged(duration: string): string
  /** `until` is '' if it has no end that is known. */
  silenced(who: string, until: string): string
  acknowledged(who: string, at: string): readonly string[]
  /** `who` is '' if that is not known. */
  silenceEnded(who: string, at: string, count: number): string
  readonly ruleRemoved: string
  readonly channelRemoved: string
  readonly merged: string
}

/** An alert about records that do not come; `last` and `message` are '' if there was none. */
export interface AbsenceWords {
  missed(what: string, duration: string): string
  never(what: string): string
  back(what: string): string
  expected(every: string, last: string, message: string): string
  watching(since: string, every: string): string
  stillMissing(duration: string, last: string): string
  firstAgain(at: string, duration: string, message: string): string
  readonly stillSuffix: string
}

/** The subject of a message about several alerts; `worst` is the headline of the first. */
export interface SeveralWords {
  fresh(alerts: number, worst: string): string
  firing(alerts: number, worst: string): string
  /** Some are new, the others still fire. */
  both(alerts: number, fresh: number, worst: string): string
  mixed(firing: number, resolved: number, worst: string): string
  resolved(alerts: number, first: string): string
  /** The lead of a message whose alerts all fire still. */
  added(records: number, since: string): string
}

/** The channel that did not send, and why; '' for what is unknown. */
export interface FellBackFrom {
  /** 'sms (Twilio)' */
  readonly channel: string
  readonly reason: SuppressedReason
  /** '403 invalid_token' */
  readonly answer: string
  readonly waited: string
}

/** Why a message is sent late: the process was not running, or the channel could not send. */
export type DelayCause = 'process' | 'channel'

/** The facts whose names are translated; requestId and traceId are not. */
export type FactName =
  | 'code'
  | 'type'
  | 'frame'
  | 'since'
  | 'last'
  | 'firstEver'
  | 'alsoNotified'
  | 'time'
  | 'variants'
  | 'service'
  | 'env'
  | 'record'
  | 'request'
  | 'process'
  | 'release'
  | 'logs'
  | 'acknowledged'

function englishCause({ reason, answer, waited }: FellBackFrom): string {
  if (reason === 'quota') return 'reached its limit'
  if (reason === 'queue-limit') return 'has too much waiting'
  if (answer !== '') return `failed: ${answer}`
  return waited === '' ? 'failed' : `did not answer for ${waited}`
}

const englishTimes = (count: number) => (count === 1 ? '1 time' : `${formatCount(count)} times`)

const english: Words = {
  severity: { info: 'INFO', warning: 'WARNING', error: 'ERROR', critical: 'CRITICAL' },
  resolved: 'RESOLVED',
  fact: {
    code: 'Code',
    type: 'Type',
    frame: 'Location',
    since: 'First seen',
    last: 'Last seen',
    firstEver: 'First ever',
    alsoNotified: 'Also notified',
    time: 'Time',
    variants: 'Values',
    service: 'Service',
    env: 'Environment',
    record: 'Record',
    request: 'Request',
    process: 'Process',
    release: 'Release',
    logs: 'Search logs',
    acknowledged: 'Acknowledged by',
  },
  lead: {
    burst: (count, span, impact) => `${englishTimes(count)} in ${span}${impact}`,
    repeat: (added, since, count, impact) =>
      `Still firing: ${formatCount(added)} more since ${since}, ${formatCount(count)} in total${impact}`,
    escalated: (former, now, lasted, count) => [
      `Escalated from ${former} to ${now}${lasted && ` after ${lasted}`}, ${englishTimes(count)}`,
    ],
    recurred: (gap, endedAt, count, impact) =>
      `Recurred ${gap} after it resolved at ${endedAt}${count > 1 ? `; ${englishTimes(count)}${impact}` : ''}`,
    recurredInRelease: (gap, endedAt, release, count, impact) => [
      `Recurred ${gap} after it resolved at ${endedAt}`,
      `${release}${count > 1 ? `; ${englishTimes(count)}${impact}` : ''}`,
    ],
    flapping: (starts, next) => [
      `Flapping: fired ${startsInEnglish(starts)} in 24 h`,
      `Notified less often${next && `, next at ${next} at the earliest`}`,
    ],
    flappedUnsent: (starts, from, to, late) => [
      `Flapping: fired ${startsInEnglish(starts)} in 24 h, last from ${from} to ${to}`,
      `Notified less often${late && `, so this message comes ${late} after it resolved`}`,
    ],
    endedByRecord: (at, message) => `Resolved at ${at} by a record${message && `: “${message}”`}`,
    endedByQuiet: (quiet, last) => `Resolved: not seen for ${quiet}, last at ${last}`,
    lasted: (duration, count) => `Lasted ${duration}, ${englishTimes(count)}`,
    unsent: (from, to, count) =>
      `Fired and resolved before it could be notified: ${from} to ${to}, ${englishTimes(count)}`,
    spike: (count, within, usual, factor) =>
      `Spike: ${formatCount(count)} in ${within}, usually ${usual}${factor && ` (${factor} times as many)`}`,
    unacknowledged: (duration) => `Nobody acknowledged it for ${duration}, so this channel is notified`,
    silenced: (who, until) => `Silenced by ${who}${until && ` until ${until}`}`,
    acknowledged: (who, at) => [
      `Acknowledged by ${who} at ${at}`,
      'No reminders until it resolves or gets worse',
    ],
    silenceEnded: (who, at, count) =>
      `The silence${who && ` by ${who}`} ended at ${at}; still firing, ${englishTimes(count)} while silenced`,
    ruleRemoved: 'Closed: its rule is no longer in the configuration',
    channelRemoved: 'Closed: this channel is no longer in the configuration',
    merged: 'Closed: counted together with similar alerts',
  },
  absence: {
    missed: (what, duration) => `${what}: no record for ${duration}`,
    never: (what) => `${what}: no record since start`,
    back: (what) => `${what}: records again`,
    expected: (every, last, message) =>
      `Expected at least every ${every}; last record ${last}${message && `: “${message}”`}`,
    watching: (since, every) => `Watching since ${since}; expected at least every ${every}`,
    stillMissing: (duration, last) =>
      `Still missing: nothing for ${duration}${last && `, last record ${last}`}`,
    firstAgain: (at, duration, message) =>
      `First record again at ${at} after ${duration}${message && `: “${message}”`}`,
    stillSuffix: ' (still missing)',
  },
  suffix: {
    repeat: ' (still firing)',
    flapping: ' (flapping)',
    recurred: ' (recurred)',
    spike: ' (spike)',
    escalated: (former) => ` (was ${former})`,
    unacknowledged: (duration) => ` (unacknowledged ${duration})`,
    silenceEnded: ' (silence ended)',
    silenced: ' (silenced)',
    acknowledged: ' (acknowledged)',
  },
  times: (count) => (count === 1 ? 'once' : englishTimes(count)),
  sentences: (parts) => parts.map((part) => `${part}.`).join(' '),
  answer: {
    id: 'ID',
    acknowledge: 'Acknowledge',
    silence: 'Silence 1 h',
    details: 'Details',
    somebody: 'somebody',
  },
  trace: 'Open trace',
  runbook: 'Runbook',
  crash: { exception: 'Uncaught exception', rejection: 'Unhandled promise rejection' },
  several: {
    fresh: (alerts, worst) => `${formatCount(alerts)} new alerts, worst: ${worst}`,
    firing: (alerts, worst) => `${formatCount(alerts)} alerts still firing, worst: ${worst}`,
    both: (alerts, fresh, worst) =>
      `${formatCount(alerts)} alerts, ${formatCount(fresh)} new, worst: ${worst}`,
    mixed: (firing, resolved, worst) =>
      `${formatCount(firing)} firing, ${formatCount(resolved)} resolved, worst: ${worst}`,
    resolved: (alerts, first) =>
      `${formatCount(alerts)} alerts resolved: ${first} and ${formatCount(alerts - 1)} more`,
    added: (records, since) =>
      `${formatCount(records)} more ${records === 1 ? 'record' : 'records'} since ${since}`,
  },
  storm: (kinds, span) => `${formatCount(kinds)} kinds of errors in ${span}`,
  stormLead({ kinds, records, span, worstFirst }, shown, others) {
    const frequent = worstFirst
      ? `the worst and the ${shown - 1} most frequent`
      : `the ${shown} most frequent`
    const lines = shown === 1 && worstFirst ? 'the worst' : frequent
    const before = others === 0 ? [] : [`${formatCount(others)} other ${others === 1 ? 'alert' : 'alerts'}`]
    const follows = [...before, ...(shown === 0 ? [] : [lines])].join(', then ')
    const alerts = `${formatCount(kinds)} new alerts, ${formatCount(records)} records in ${span}`
    return `Alert storm: ${alerts}.${follows === '' ? '' : ` ${follows[0]!.toUpperCase()}${follows.slice(1)}:`}`
  },
  stormLine: (count, headline) => `${formatCount(count)}× ${headline}`,
  moreKinds: (kinds) => `and ${formatCount(kinds)} more kinds`,
  latest: 'Latest: ',
  more: (alerts) => `and ${formatCount(alerts)} more`,
  reasons: (first, more) => `${first} (and ${formatCount(more)} more)`,
  channelNames: (names, more) => names.join(', ') + (more > 0 ? ` and ${more} more` : ''),
  cut: (chars) =>
    chars === 0 ? 'cut, as it is too large' : `cut, as it has ${formatCount(chars)} characters`,
  nextReminder: 'If it continues, next reminder at {time}.',
  delayed(dueAt, delay, cause) {
    const why = cause === 'process' ? 'the process had stopped' : 'the channel was not reachable'
    return `Delayed: due at ${dueAt}, sent ${delay} later because ${why}.`
  },
  deferred: (dueAt, count, per) => `Deferred from ${dueAt} by the limit of ${count} per ${per}.`,
  noReminders: 'No reminders on this channel.',
  fellBack(from, alerts) {
    const sent = alerts === undefined ? 'Sent' : `${alerts} of these sent`
    return `${sent} here because channel ${from.channel} ${englishCause(from)}.`
  },
  dryRun: (channel, provider) => `DRY RUN, not sent: ${channel} (${provider})`,
}

function chineseCause({ reason, answer, waited }: FellBackFrom): string {
  if (reason === 'quota') return '已达限额'
  if (reason === 'queue-limit') return '积压过多'
  if (answer !== '') return `发送失败：${answer}`
  return waited === '' ? '发送失败' : `${waited}未响应`
}

const chineseRecurred = (gap: string, endedAt: string, count: number, impact: string) =>
  `${endedAt} 恢复，${gap}后再次发生${count > 1 ? `，共 ${formatCount(count)} 次${impact}` : ''}`

const chinese: Words = {
  severity: { info: '提示', warning: '警告', error: '错误', critical: '严重' },
  resolved: '已恢复',
  fact: {
    code: '错误码',
    type: '错误类型',
    frame: '代码位置',
    since: '首次发生',
    last: '最近发生',
    firstEver: '首次出现',
    alsoNotified: '已通知',
    time: '发生时间',
    variants: '取值',
    service: '服务',
    env: '环境',
    record: '记录',
    request: '请求',
    process: '实例',
    release: '版本',
    logs: '查看日志',
    acknowledged: '认领人',
  },
  lead: {
    burst: (count, span, impact) => `${span}内发生 ${formatCount(count)} 次${impact}`,
    repeat: (added, since, count, impact) =>
      `仍在发生：${since} 以来新增 ${formatCount(added)} 次，累计 ${formatCount(count)} 次${impact}`,
    escalated: (former, now, lasted, count) => [
      `级别升高：${former} → ${now}`,
      `${lasted && `已持续 ${lasted}，`}共 ${formatCount(count)} 次`,
    ],
    recurred: chineseRecurred,
    recurredInRelease: (gap, endedAt, release, count, impact) => [
      chineseRecurred(gap, endedAt, count, impact),
      release,
    ],
    flapping: (starts, next) => [
      `反复发生：24 小时内${startsInChinese(starts)}`,
      `已降低通知频率${next && `，下次最早 ${next}`}`,
    ],
    flappedUnsent: (starts, from, to, late) => [
      `反复发生：24 小时内${startsInChinese(starts)}，最近一次 ${from} 至 ${to}`,
      `已降低通知频率${late && `，本条在恢复 ${late}后发出`}`,
    ],
    endedByRecord: (at, message) => `${at} 收到恢复日志${message && `：${message}`}`,
    endedByQuiet: (quiet, last) => `已 ${quiet}未再发生，自动恢复（最近一次 ${last}）`,
    lasted: (duration, count) => `持续 ${duration}，共 ${formatCount(count)} 次`,
    unsent: (from, to, count) => `通知发出前已恢复：${from} 至 ${to}，共 ${formatCount(count)} 次`,
    spike: (count, within, usual, factor) =>
      `突增：${within}内 ${formatCount(count)} 次，平时约 ${usual} 次${factor && `（${factor} 倍）`}`,
    unacknowledged: (duration) => `已 ${duration}无人认领，升级通知到本通道`,
    silenced: (who, until) => `${who} ${until ? `已静默至 ${until}` : '已静默'}`,
    acknowledged: (who, at) => [`${who} 于 ${at} 认领，恢复或级别升高前不再提醒`],
    silenceEnded: (who, at, count) =>
      `${who && `${who} 的`}静默已于 ${at} 结束，问题仍在发生，静默期间 ${formatCount(count)} 次`,
    ruleRemoved: '规则已从配置中移除，告警关闭',
    channelRemoved: '通道已从配置中移除，告警关闭',
    merged: '已与相似告警合并统计，告警关闭',
  },
  absence: {
    missed: (what, duration) => `${what} 已 ${duration}无日志`,
    never: (what) => `${what} 启动后一直无日志`,
    back: (what) => `${what} 恢复日志`,
    expected: (every, last, message) =>
      `应至少每 ${every}一次；最近一条日志 ${last}${message && `：${message}`}`,
    watching: (since, every) => `${since} 起开始监测，应至少每 ${every}一次`,
    stillMissing: (duration, last) => `仍未收到：已 ${duration}无日志${last && `，最近一条 ${last}`}`,
    firstAgain: (at, duration, message) => `${at} 重新收到日志，中断 ${duration}${message && `：${message}`}`,
    stillSuffix: '（仍未收到）',
  },
  suffix: {
    repeat: '（仍在发生）',
    flapping: '（反复发生）',
    recurred: '（再次发生）',
    spike: '（突增）',
    escalated: (former) => `（由${former}升级）`,
    unacknowledged: (duration) => `（${duration}无人认领）`,
    silenceEnded: '（静默已结束）',
    silenced: '（已静默）',
    acknowledged: '（已认领）',
  },
  times: (count) => `${formatCount(count)} 次`,
  sentences: (parts) => (parts.length > 1 ? parts.map((part) => `${part}。`).join('') : parts.join('')),
  answer: {
    id: '编号',
    acknowledge: '认领',
    silence: '静默 1 小时',
    details: '查看详情',
    somebody: '有人',
  },
  trace: '查看链路',
  runbook: '处理手册',
  crash: { exception: '未捕获异常', rejection: '未处理的 Promise 拒绝' },
  several: {
    fresh: (alerts, worst) => `${formatCount(alerts)} 个新告警，最严重：${worst}`,
    firing: (alerts, worst) => `${formatCount(alerts)} 个告警仍未恢复，最严重：${worst}`,
    both: (alerts, fresh, worst) =>
      `${formatCount(alerts)} 个告警，其中新增 ${formatCount(fresh)} 个，最严重：${worst}`,
    mixed: (firing, resolved, worst) =>
      `${formatCount(firing)} 个未恢复、${formatCount(resolved)} 个已恢复，最严重：${worst}`,
    resolved: (alerts, first) => `${formatCount(alerts)} 个告警已恢复：${first} 等`,
    added: (records, since) => `${since} 以来新增 ${formatCount(records)} 条日志`,
  },
  storm: (kinds, span) => `${span}内出现 ${formatCount(kinds)} 种错误`,
  stormLead({ kinds, records, span, worstFirst }, shown, others) {
    const frequent = `次数最多的 ${worstFirst ? shown - 1 : shown} 个`
    const lines = worstFirst ? `最严重的 1 个${shown === 1 ? '' : `和${frequent}`}` : frequent
    const before = others === 0 ? [] : [`其他告警 ${formatCount(others)} 个`]
    const follows = [...before, ...(shown === 0 ? [] : [lines])].join('，其后为')
    const alerts = `${span}内新增 ${formatCount(kinds)} 个告警，共 ${formatCount(records)} 条日志`
    return `告警风暴：${alerts}${follows === '' ? '' : `，${follows}：`}`
  },
  stormLine: (count, headline) => `${formatCount(count)} 次 ${headline}`,
  moreKinds: (kinds) => `其余 ${formatCount(kinds)} 种未列出`,
  latest: '最近一条：',
  more: (alerts) => `其余 ${formatCount(alerts)} 个未列出`,
  reasons: (first, more) => `${first}（另有 ${formatCount(more)} 项）`,
  channelNames: (names, more) => names.join('、') + (more > 0 ? ` 等 ${names.length + more} 个` : ''),
  cut: (chars) => (chars === 0 ? '过长，已截断' : `共 ${formatCount(chars)} 个字符，已截断`),
  nextReminder: '若持续发生，{time} 再次提醒',
  delayed(dueAt, delay, cause) {
    const why = cause === 'process' ? '进程重启' : '通道不可用'
    return `延迟送达：应于 ${dueAt} 发送，因${why}延迟 ${delay}`
  },
  deferred: (dueAt, count, per) => `因限额（每${per} ${count} 条）推迟，原定 ${dueAt} 发送`,
  noReminders: '本通道不重复提醒',
  fellBack(from, alerts) {
    const sent = alerts === undefined ? '改由本通道发送' : `其中 ${alerts} 个改由本通道发送`
    const space = /[）\p{Script=Han}]$/u.test(from.channel) ? '' : ' '
    return `通道 ${from.channel}${space}${chineseCause(from)}，${sent}`
  },
  dryRun: (channel, provider) => `试运行，未发送：${channel}（${provider}）`,
}

export const words: Readonly<Record<Locale, Words>> = { en: english, 'zh-CN': chinese }

function startsInEnglish(starts: number): string {
  return starts < mostStarts ? englishTimes(starts) : `at least ${mostStarts} times`
}

function startsInChinese(starts: number): string {
  return starts < mostStarts ? `第 ${starts} 次触发` : `至少触发 ${mostStarts} 次`
}
