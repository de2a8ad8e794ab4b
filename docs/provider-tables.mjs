/**
 * What each provider takes, how it answers and what it can do, as its definition says: the page of all channels, the table
 * at the end of each provider's page, and the short one in the READMEs.
 */
import { code, fill, page, tableOf } from './markdown.mjs'

const facts = [
  ['mention', 'mentions'],
  ['thread', 'thread'],
  ['resolve', 'end of an alert'],
  ['button', 'link to click'],
  ['dedup', 'known again by'],
]

/** One page over all providers. */
export function channelsPage(providers) {
  const all = listed(providers)
  const own = (row) => all.map(([type, provider]) => [linked(type, provider, 'providers/'), ...row(provider)])
  return page('Channels', [
    `What each provider takes, how it answers and what it can do. Its options stand on its own page; what every channel takes
beside them, in [options](options.md#every-channel).`,
    '## What they take, and how they answer',
    `**Size**: what is longer is cut in whole parts, and "and N more" is told. **Pace**: messages to one address; above it they wait and
become one. Several addresses of one channel share the messages, each at its own pace. Where yours differs from what is
written here (another plan, a server set up otherwise), \`providerLimits\` of the channel says so. Every \`Retry-After\` is obeyed, at most for an hour.`,
    tableOf(
      [
        'channel',
        'size',
        'pace of one address',
        'several addresses',
        'delivered means',
        'asks to wait, beside Retry-After',
      ],
      own((provider) => [
        sizeOf(provider),
        paceOf(provider),
        severalOf(provider),
        said(provider.supports.success),
        said(provider.supports.hint),
      ]),
    ),
    '## What they can do',
    `**Mentions** name people in the provider's own ids; log data never mentions anybody. **Known again by**: what keeps a second
attempt, or a further event of one alert, from being a second message or incident.`,
    tableOf(
      ['channel', ...facts.map(([, head]) => head)],
      own(({ supports }) => facts.map(([name]) => said(supports[name]))),
    ),
  ])
}

/** The pages of the providers, each with its table of facts and its options. */
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
    Object.entries(languages).flatMap(([path, heads]) => {
      const text = read(path)
      return text === undefined ? [] : [[path, fill(text, 'channels', shortTable(providers, heads))]]
    }),
  )
}

const kinds = ['email', 'chat', 'incident', 'sms', 'webhook']

/** Those that answer over a network, kind by kind and then by title. */
function listed(providers) {
  const rank = ([, { kind }]) => kinds.indexOf(kind)
  return Object.entries(providers)
    .filter(([, { supports }]) => supports?.success)
    .sort((a, b) => rank(a) - rank(b) || a[1].title.localeCompare(b[1].title, 'en'))
}

const english = ['channel', 'mentions', 'thread', 'end of an alert', 'button', 'no duplicates']
const chinese = ['通道', '@ 提醒', '会话串', '恢复通知', '按钮', '去重']

function shortTable(providers, heads) {
  const all = listed(providers)
  const rows = all.map(([type, provider]) => [
    linked(type, provider, 'docs/providers/'),
    ...facts.map(([name]) => (provider.supports[name] ? '✓' : '')),
  ])
  const [channel, mention, thread, resolve, button, dedup] = heads
  return tableOf([channel, mention, thread, resolve, button, dedup], rows)
}

function aboutOne(type, provider, optionsOf) {
  const { supports = {} } = provider
  const rows = [
    ['size', sizeOf(provider)],
    ['pace of one address', paceOf(provider)],
    ['several addresses', severalOf(provider)],
    ['delivered means', said(supports.success)],
    ['asks to wait, beside Retry-After', said(supports.hint)],
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

function paceOf({ limits: { perSecond, perMinute } }) {
  const parts = [perSecond && `${perSecond} a second`, perMinute && `${perMinute} a minute`]
  return parts.filter(Boolean).join(', ')
}

function grouped(number) {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, '\u202f')
}
