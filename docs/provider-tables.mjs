/**
 * Limits, replies and features of each provider, from its definition: the page of all channels, the table at
 * the end of each provider's page, and the short one in the READMEs.
 */
import { code, fill, page, tableOf } from './markdown.mjs'

const facts = [
  ['mention', 'mentions'],
  ['thread', 'thread'],
  ['resolve', 'resolution'],
  ['button', 'link to click'],
  ['dedup', 'deduplicated by'],
]

/** One page over all providers. */
export function channelsPage(providers) {
  const all = listed(providers)
  const own = (row) => all.map(([type, provider]) => [linked(type, provider, 'providers/'), ...row(provider)])
  return page('Channels', [
    `Limits, replies and features of each provider. Each provider's page has its own options; [options](options.md#every-channel) has
those of every channel.`,
    '## Limits and replies',
    `**Size**: longer messages are cut in whole parts, with "and N more". **Rate**: messages to one address; beyond it they wait and
are merged. Several addresses of one channel share the messages, each at its own rate. If your plan or server has other limits,
set \`providerLimits\` on the channel. Every \`Retry-After\` is obeyed, at most for an hour.`,
    tableOf(
      [
        'channel',
        'size',
        'rate of one address',
        'several addresses',
        'delivered means',
        'hints to wait, besides Retry-After',
      ],
      own((provider) => [
        sizeOf(provider),
        rateOf(provider),
        severalOf(provider),
        said(provider.supports.success),
        said(provider.supports.hint),
      ]),
    ),
    '## Features',
    `**Mentions** use the provider's own ids; log data never mentions anybody. **Deduplicated by**: the key that prevents a second
message or incident for a second attempt or a further event of one alert.`,
    tableOf(
      ['channel', ...facts.map(([, head]) => head)],
      own(({ supports }) => facts.map(([name]) => said(supports[name]))),
    ),
  ])
}

/** The pages of the providers, with facts and options. */
export function fillProviderPages(providers, read, optionsOf) {
  return Object.fromEntries(
    Object.entries(providers).flatMap(([type, provider]) => {
      const path = `docs/providers/${type}.md`
      const text = read(path)
      return text === undefined ? [] : [[path, fill(text, 'generated', aboutOne(type, provider, optionsOf))]]
    }),
  )
}

/** The READMEs, each with the short table in its own language. */
export function fillReadmes(providers, read) {
  const languages = { 'README.md': english, 'README.zh-CN.md': chinese }
  return Object.fromEntries(
    Object.entries(languages).flatMap(([path, language]) => {
      const text = read(path)
      return text === undefined ? [] : [[path, fill(text, 'channels', shortTable(providers, language))]]
    }),
  )
}

const kinds = ['email', 'chat', 'incident', 'sms', 'webhook']

/** Providers that answer over a network, by kind and title. */
function listed(providers) {
  const rank = ([, { kind }]) => kinds.indexOf(kind)
  return Object.entries(providers)
    .filter(([, { supports }]) => supports?.success)
    .sort((a, b) => rank(a) - rank(b) || a[1].title.localeCompare(b[1].title, 'en'))
}

const english = {
  heads: ['channel', 'mentions', 'thread', 'resolution', 'button', 'deduplication'],
  titles: {},
}
const chinese = {
  heads: ['通道', '@ 提醒', '话题回复', '恢复通知', '按钮', '去重'],
  /** Where the readers of Chinese know a provider by another name. */
  titles: {
    'aliyun-sms': '阿里云短信',
    dingtalk: '钉钉',
    email: '邮件',
    feishu: '飞书',
    serverchan: 'Server酱',
    'tencent-sms': '腾讯云短信',
    wecom: '企业微信',
  },
}

function shortTable(providers, { heads, titles }) {
  const all = listed(providers)
  const rows = all.map(([type, { title, supports }]) => [
    linked(type, { title: titles[type] ?? title }, 'docs/providers/'),
    ...facts.map(([name]) => (supports[name] ? '✓' : '')),
  ])
  const [channel, mention, thread, resolve, button, dedup] = heads
  return tableOf([channel, mention, thread, resolve, button, dedup], rows)
}

function aboutOne(type, provider, optionsOf) {
  const { supports = {} } = provider
  const rows = [
    ['size', sizeOf(provider)],
    ['rate of one address', rateOf(provider)],
    ['several addresses', severalOf(provider)],
    ['delivered means', said(supports.success)],
    ['hints to wait, besides Retry-After', said(supports.hint)],
    ...facts.map(([name, head]) => [head, said(supports[name])]),
  ].filter(([, value]) => value !== '')
  const head = supports.success ? ['## In short', tableOf(['', ''], rows)] : []
  return [...head, '## Options', ...optionsOf(type)].join('\n\n')
}

function linked(type, { title }, folder) {
  return `[${title}](${folder}${type}.md) ${code(type)}`
}

function said(fact) {
  if (fact === undefined || fact === false) return ''
  return fact === true ? 'yes' : fact
}

function sizeOf({ limits: { maxBytes, maxChars }, supports }) {
  const amount =
    maxBytes === undefined ? maxChars && `${grouped(maxChars)} characters` : `${grouped(maxBytes)} bytes`
  return amount ? [amount, supports?.size].filter(Boolean).join(', ') : (supports?.size ?? '')
}

function severalOf({ addresses, supports }) {
  return addresses ? 'share the messages' : said(supports?.several)
}

function rateOf({ limits: { perSecond, perMinute } }) {
  const parts = [perSecond && `${perSecond} a second`, perMinute && `${perMinute} a minute`]
  return parts.filter(Boolean).join(', ')
}

function grouped(number) {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, '\u202f')
}
