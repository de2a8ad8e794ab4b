/**
 * Everything the page says, in English and Chinese. The choice is kept; without one the browser's language
 * decides.
 */

import { chineseNote } from './notes.js'

const words = {
  en: {
    title: 'Inbox',
    skip: 'Skip to the messages',
    colon: ': ',
    connecting: 'connecting…',
    lost: 'connection lost, reconnecting…',
    count: (n) => (n === 1 ? '1 received' : `${n} received`),
    countShown: (n, { shown }) => `${shown} of ${n} shown`,
    search: 'Search',
    searchHint: 'Search messages ( / )',
    clear: 'Clear',
    language: '中文',
    theme: 'Colours',
    themeName: (_n, { name }) =>
      ({ auto: 'Colours: system', light: 'Colours: light', dark: 'Colours: dark' })[name],
    help: 'Keyboard',
    channels: 'Channels',
    all: 'All channels',
    messages: 'Messages, newest first',
    request: 'Request',
    close: 'Close',
    empty: 'Nothing has arrived yet.',
    emptyHint: 'Paste these channel options into your configuration, all or some, and log an error:',
    nothingFound: 'No message matches.',
    copy: 'Copy',
    copied: 'Copied',
    taken: 'taken',
    refused: 'refused',
    noAnswer: 'no answer',
    pings: 'Pings',
    to: 'To',
    from: 'From',
    cc: 'Cc',
    date: 'Date',
    priority: 'Priority',
    noSubject: '(no subject)',
    htmlPart: 'HTML',
    textPart: 'Text',
    htmlFrame: 'The HTML part of the mail',
    answer: 'Answer',
    limits: 'Limits',
    size: 'Size',
    rate: 'Rate',
    sizeOf: (n, { limit, unit }) => `${n} of ${limit} ${unit}`,
    sizeFree: (n, { unit }) => `${n} ${unit}`,
    bytes: 'bytes',
    characters: 'characters',
    rateUsed: (n, { limit }) => `${n} of ${limit} used`,
    noLimit: 'no limit stated',
    rateWindow: (n, { span }) => `${n} in ${span}`,
    rateBucket: (n, { span }) => `one in ${span}, ${n} at once`,
    seconds: (n) => `${n} s`,
    minutes: (n) => (n === 1 ? 'a minute' : `${n} min`),
    headers: 'Headers',
    body: 'Body',
    choose: 'Choose a message to see its request.',
    segments: '',
    units: (n) => `${n} characters`,
    outside: (_n, { signs }) => `not in the GSM alphabet: ${signs}`,
    template: (_n, { code }) => `Template ${code}; its variables:`,
    failures: 'Make it fail',
    channelOptions: 'Channel options',
    failing: 'Provider',
    times: 'How often',
    once: 'next message',
    always: 'until reset',
    behaves: 'answers as usual',
    will: (_n, { mode, left }) =>
      `will ${mode}${left === null ? ' until reset' : left === 1 ? ' once' : ` ${left} times`}`,
    reset: 'As usual',
    modes: {
      'rate-limited': '429',
      error: '500',
      hang: 'Hang',
      refuse: 'Refuse',
      'too-long': 'Too long',
      reset: 'Disconnect',
      greylist: 'Greylist',
      'bad-auth': 'Bad login',
      answer: 'answer',
    },
    failed: (_n, { why }) => `That did not work: ${why}`,
    keys: [
      ['j  ↓', 'next message'],
      ['k  ↑', 'previous message'],
      ['Enter', 'its request'],
      ['/', 'search'],
      ['Esc', 'close, or clear the search'],
      ['?', 'this list'],
    ],
  },
  zh: {
    title: '收件箱',
    skip: '跳到消息',
    colon: '：',
    connecting: '正在连接…',
    lost: '连接断开，正在重试…',
    count: (n) => `已收到 ${n} 条`,
    countShown: (n, { shown }) => `显示 ${shown} / ${n} 条`,
    search: '搜索',
    searchHint: '搜索消息（/）',
    clear: '清空',
    language: 'English',
    theme: '配色',
    themeName: (_n, { name }) => ({ auto: '配色：跟随系统', light: '配色：浅色', dark: '配色：深色' })[name],
    help: '快捷键',
    channels: '通道',
    all: '全部通道',
    messages: '消息，最新的在前',
    request: '请求',
    close: '关闭',
    empty: '还没有收到消息。',
    emptyHint: '把下面的通道配置（全部或部分）粘贴到你的配置中，然后记录一条错误日志：',
    nothingFound: '没有匹配的消息。',
    copy: '复制',
    copied: '已复制',
    taken: '已接收',
    refused: '已拒绝',
    noAnswer: '无应答',
    pings: '提醒',
    to: '收件人',
    from: '发件人',
    cc: '抄送',
    date: '日期',
    priority: '优先级',
    noSubject: '（无主题）',
    htmlPart: 'HTML',
    textPart: '纯文本',
    htmlFrame: '邮件的 HTML 部分',
    answer: '应答',
    limits: '限制',
    size: '大小',
    rate: '频率',
    sizeOf: (n, { limit, unit }) => `${n} / ${limit} ${unit}`,
    sizeFree: (n, { unit }) => `${n} ${unit}`,
    bytes: '字节',
    characters: '字符',
    rateUsed: (n, { limit }) => `已用 ${n} / ${limit}`,
    noLimit: '未说明上限',
    rateWindow: (n, { span }) => `每${span} ${n} 条`,
    rateBucket: (n, { span }) => `每${span} 1 条，最多连发 ${n} 条`,
    seconds: (n) => ` ${n} 秒`,
    minutes: (n) => (n === 1 ? '分钟' : ` ${n} 分钟`),
    headers: '请求头',
    body: '请求体',
    choose: '选择一条消息以查看请求。',
    segments: '',
    units: (n) => `${n} 个字符`,
    outside: (_n, { signs }) => `不在 GSM 字母表中：${signs}`,
    template: (_n, { code }) => `模板 ${code}，变量：`,
    failures: '模拟故障',
    channelOptions: '通道配置',
    failing: '通道',
    times: '次数',
    once: '下一条',
    always: '直到恢复',
    behaves: '正常应答',
    will: (_n, { mode, left }) => `将${mode}${left === null ? '，直到恢复' : `，${left} 次`}`,
    reset: '恢复正常',
    modes: {
      'rate-limited': '429',
      error: '500',
      hang: '挂起',
      refuse: '拒绝',
      'too-long': '超长',
      reset: '断开',
      greylist: '灰名单',
      'bad-auth': '登录失败',
      answer: '指定应答',
    },
    failed: (_n, { why }) => `操作失败：${why}`,
    keys: [
      ['j  ↓', '下一条'],
      ['k  ↑', '上一条'],
      ['Enter', '查看请求'],
      ['/', '搜索'],
      ['Esc', '关闭，或清除搜索'],
      ['?', '本列表'],
    ],
  },
}
words.en.segments = (n) => (n === 1 ? '1 segment' : `${n} segments`)
words.zh.segments = (n) => `${n} 条短信`

const storageKey = 'inbox-language'
let current = initial()

/** 'en' or 'zh'. */
export const language = () => current

/** Chooses the language and keeps it. */
export function setLanguage(name) {
  current = name === 'zh' ? 'zh' : 'en'
  keep(storageKey, current)
}

/** The text for a key; texts with a number take `count`. */
export function t(key, values = {}) {
  const found = words[current][key]
  return typeof found === 'function' ? found(values.count, values) : found
}

/** The names that Chinese readers know providers by. */
const chineseTitles = new Map([
  ['email', '邮件'],
  ['dingtalk', '钉钉'],
  ['wecom', '企业微信'],
  ['feishu', '飞书'],
  ['aliyun-sms', '阿里云短信'],
  ['tencent-sms', '腾讯云短信'],
  ['serverchan', 'Server酱'],
])

/** A provider's name for people; `title` is its own. */
export const providerName = (name, title) => (current === 'zh' && chineseTitles.get(name)) || title

/** A fake's note on a message, in the chosen language. */
export const noteWords = (note) => (current === 'zh' ? chineseNote(note) : note)

/** The name of a mode. */
export const modeName = (mode) => words[current].modes[mode] ?? mode

/**
 * Fills every element that says which words it holds: `data-t` its text, `data-t-label` its name,
 * `data-t-hint` its placeholder.
 */
export function translate(root) {
  document.documentElement.lang = current === 'zh' ? 'zh-CN' : 'en'
  document.title = t('title')
  for (const node of root.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t)
  for (const node of root.querySelectorAll('[data-t-label]'))
    node.setAttribute('aria-label', t(node.dataset.tLabel))
  for (const node of root.querySelectorAll('[data-t-hint]'))
    node.setAttribute('placeholder', t(node.dataset.tHint))
}

/** What was kept under a name; storage may be forbidden. */
export function kept(key) {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Keeps a choice for the next visit. */
export function keep(key, value) {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Then it holds for this visit.
  }
}

function initial() {
  const chosen = kept(storageKey) ?? navigator.language
  return /^zh\b/i.test(chosen) ? 'zh' : 'en'
}
