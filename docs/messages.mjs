/**
 * Writes docs/messages.md: each kind of message in both languages, for each family of channels, as the
 * product really sends it. `npx -y pnpm@10 run docs` runs it; a test fails while the page is stale.
 */
import { hostname } from 'node:os'
import { page } from './markdown.mjs'

const minute = 60_000
const start = Date.UTC(2026, 10, 30, 13, 5, 12)
const languages = { en: 'English', 'zh-CN': 'Chinese' }

const line = (fields) => JSON.stringify({ level: 50, pid: 41, hostname: 'web-1', ...fields })
const failed = (n) => ({
  msg: `charge ${n} failed`,
  reqId: `req-${n}`,
  userId: `u${n}`,
  err: { type: 'GatewayError', message: 'gateway timeout', code: 'GW_TIMEOUT' },
})

const words = 'lima kilo oscar papa quebec romeo sierra tango uniform victor whisky yankee'.split(' ')

/** Each kind: what the service logs, minute by minute; `options` are added to those of all kinds. */
const kinds = [
  {
    name: 'First',
    about: 'An alert that happened once.',
    async run({ log }) {
      await log({
        level: 60,
        msg: "Cannot read properties of undefined (reading 'balance')",
        reqId: 'req-77a0',
      })
    },
  },
  {
    name: 'Burst',
    about: 'The first message of an alert that happened several times, its records different.',
    async run({ log }) {
      for (let n = 1; n <= 37; n++) await log(failed(n), 100)
    },
  },
  {
    name: 'Repeat',
    about: 'A reminder: it happened again since the last message.',
    last: true,
    async run({ log, wait }) {
      await log(failed(1))
      await wait(minute)
      for (let n = 2; n <= 9; n++) await log(failed(n), 1000)
      await wait(10 * minute)
    },
  },
  {
    name: 'Escalated',
    about: 'Its severity rose.',
    last: true,
    async run({ log, wait }) {
      await log({ level: 40, msg: 'disk full', alert: { key: 'disk', severity: 'warning' } })
      await wait(10 * minute)
      await log({ level: 60, msg: 'disk full', alert: { key: 'disk', severity: 'critical' } })
      await wait(minute)
    },
  },
  {
    name: 'Recurred',
    about: 'It fires again after it was resolved.',
    last: true,
    async run({ log, wait }) {
      await log({ msg: 'coupon cannot be redeemed', alert: { key: 'coupon' } })
      await wait(10 * minute)
      await log({ level: 30, msg: 'coupon redeemed', alert: { key: 'coupon', resolve: true } })
      await wait(40 * minute)
      await log({ msg: 'coupon cannot be redeemed', alert: { key: 'coupon' } })
      await wait(minute)
    },
  },
  {
    name: 'Resolved by a record',
    about: 'A record says that it is over.',
    last: true,
    async run({ log, wait }) {
      await log({ msg: 'sync erp failed', alert: { key: 'erp' } })
      await wait(12 * minute)
      await log({ level: 30, msg: 'sync erp ok', alert: { key: 'erp', resolve: true } })
      await wait(minute)
    },
  },
  {
    name: 'Resolved by quiet',
    about: 'It did not happen again for `resolveAfter`.',
    last: true,
    async run({ log, wait }) {
      await log({ msg: '421 too many connections' })
      await wait(22 * minute)
      await log({ msg: '421 too many connections' })
      await wait(40 * minute)
    },
  },
  {
    name: 'Absence',
    about: 'Records of a rule with `when: { absent }` do not come.',
    options: {
      rules: [
        { name: 'nightly-backup', match: { job: 'backup' }, when: { absent: '25h' }, severity: 'critical' },
      ],
    },
    async run({ log, wait }) {
      await log({ level: 30, msg: 'backup done', job: 'backup' })
      await wait(25 * 60 * minute + minute)
    },
  },
  {
    name: 'Spike',
    about: 'Many more records than usual, by a rule with `when: { spike }`.',
    options: {
      rules: [
        {
          name: 'logins',
          match: { event: 'login' },
          when: { spike: 4, within: '5m' },
          severity: 'warning',
          summary: 'failed logins',
        },
      ],
    },
    async run({ log, wait }) {
      for (let n = 0; n < 72; n++) await log({ level: 30, event: 'login', msg: 'login failed' }, minute / 2)
      for (let n = 0; n < 45; n++) await log({ level: 30, event: 'login', msg: 'login failed' }, 500)
      await wait(minute)
    },
  },
  {
    name: 'A row of failures',
    about: 'So many failures in a row, by a rule with `when: { consecutive }`.',
    options: {
      rules: [
        {
          name: 'probe',
          match: { probe: 'db', ok: false },
          when: { consecutive: 3, reset: { probe: 'db', ok: true } },
        },
      ],
    },
    async run({ log, wait }) {
      await log({ level: 30, probe: 'db', ok: true, msg: 'probe ok' }, minute)
      for (let n = 0; n < 3; n++)
        await log({ level: 30, probe: 'db', ok: false, msg: 'probe failed' }, 10_000)
      await wait(minute)
    },
  },
  {
    name: 'Uncaught exception',
    about: 'An error that was not caught ended the process.',
    async run({ log }) {
      await log({
        level: 60,
        msg: 'uncaughtException',
        crash: 'uncaughtException',
        err: { type: 'TypeError', message: "Cannot read properties of undefined (reading 'balance')" },
      })
    },
  },
  {
    name: 'Several processes',
    about: 'Several processes of a fleet met the same problem; one message says how many and which.',
    async run({ log, wait }) {
      for (const [hostname, times] of Object.entries({ 'web-1': 12, 'web-2': 9, 'web-3': 4, 'web-4': 1 }))
        for (let n = 1; n <= times; n++) await log({ ...failed(n), hostname }, 100)
      await wait(minute)
    },
  },
  {
    name: 'Acknowledged',
    about: `Somebody acknowledged it: a line in the thread of Slack by token, Zulip or Google Chat, and the state of the
incident in PagerDuty, Opsgenie and Jira Service Management. Other channels are sent nothing.`,
    families: ['thread', 'incident'],
    last: true,
    async run({ log, wait, hub }) {
      await log({ msg: 'card gateway timeout', alert: { key: 'gateway' } })
      await wait(minute)
      hub.acknowledge(hub.status().alerts[0].id, { by: 'alice' })
      await wait(minute)
    },
  },
  {
    name: 'Silenced',
    about: 'Somebody silenced it: a line in the thread. Other channels are sent nothing.',
    families: ['thread'],
    last: true,
    async run({ log, wait, hub }) {
      await log({ msg: 'card gateway timeout', alert: { key: 'gateway' } })
      await wait(minute)
      hub.silence({
        alert: hub.status().alerts[0].id,
        for: '1h',
        by: 'alice',
        comment: 'The bank is informed',
      })
      await wait(minute)
    },
  },
  {
    name: 'Silence ended',
    about: 'A silence ended, and it occurred again while it was silenced.',
    last: true,
    async run({ log, wait, hub }) {
      const alert = { key: 'gateway', severity: 'error' }
      await log({ msg: 'card gateway timeout', alert })
      await wait(minute)
      hub.silence({ alert: hub.status().alerts[0].id, for: '20m', by: 'alice' })
      for (let n = 0; n < 4; n++) await log({ msg: 'card gateway timeout', alert }, 5 * minute)
      await wait(minute)
      await log({ msg: 'card gateway timeout', alert })
      await wait(10 * minute)
    },
  },
  {
    name: 'Digest',
    about: 'One summary at a time of day, for channels with `digest`.',
    families: ['mail', 'chat', 'robot', 'push', 'console'],
    last: true,
    channel: { digest: { at: '09:00' } },
    options: {
      impact: ['userId'],
      rules: [{ name: 'ledger', match: { job: 'ledger' }, resolveAfter: false }],
    },
    async run({ log, wait, hub }) {
      await log({ msg: 'ledger is behind', job: 'ledger' })
      await wait(13 * 60 * minute)
      await log({ msg: 'ledger is behind', job: 'ledger' })
      for (let n = 0; n < 30; n++) await log(failed(n % 4))
      await log({ level: 60, msg: 'disk full', alert: { key: 'disk' } })
      await wait(5 * 60 * minute)
      await log({ msg: 'coupon cannot be redeemed', alert: { key: 'coupon' } })
      hub.silence({ match: { code: 'NOISE' }, for: '12h', by: 'alice' })
      for (let n = 0; n < 9; n++) await log({ msg: 'cache miss', alert: { code: 'NOISE' } })
      await wait(24 * 60 * minute)
    },
  },
  {
    name: 'Test',
    about: '`alert-transport send-test` tries a channel.',
    async run({ log }) {
      await log({ level: 30, msg: 'test', alert: { code: 'ALERT_TEST', severity: 'info' } })
    },
  },
  {
    name: 'Too many kinds',
    about: 'More alerts than `limits.alerts` fire: the rest is counted together.',
    last: true,
    options: { limits: { alerts: 5 } },
    only: { rule: '@too-many-kinds' },
    async run({ log, wait }) {
      for (const [index, word] of words.entries())
        await log({ msg: `${word} broke`, alert: { key: `kind ${index}` } }, 0)
      await wait(minute)
    },
  },
  {
    name: 'Several new alerts',
    about: 'Several alerts in one message.',
    async run({ log }) {
      await log({ msg: 'card gateway timeout', alert: { key: 'a' } }, 0)
      await log({ msg: 'disk is almost full', alert: { key: 'b' } }, 0)
      await log({ msg: 'mail queue grows', alert: { key: 'c' } }, 0)
    },
  },
  {
    name: 'Storm',
    about: 'Many kinds of errors at once.',
    async run({ log }) {
      for (let n = 0; n < 36; n++) {
        const msg = `${words[n % 12]} ${words[(n * 5 + 1) % 12]} broke at ${words[Math.floor(n / 3)]}`
        for (let k = 0; k <= 36 - n; k += 9) await log({ msg, alert: { key: `kind ${n}` } }, 0)
      }
    },
  },
  {
    name: 'Delivery failing',
    about: 'Another channel of the service does not deliver.',
    failing: true,
    async run({ log, wait }) {
      await log({ level: 60, msg: 'ledger corrupted', toFailing: true })
      await wait(minute)
    },
  },
  {
    name: 'Delivery working again',
    about: 'It delivers again.',
    failing: true,
    last: true,
    async run({ log, wait, repair }) {
      await log({ level: 60, msg: 'ledger corrupted', toFailing: true })
      await wait(6 * minute)
      repair()
      await log({ level: 60, msg: 'ledger corrupted again', toFailing: true, alert: { key: 'again' } })
      await wait(6 * minute)
    },
  },
  {
    name: 'Quota reached',
    about: 'A channel has sent as many messages as its `limit` allows.',
    limited: true,
    async run({ log, wait }) {
      for (let n = 0; n < 3; n++)
        await log({ level: 60, msg: `disk ${n} failed`, toFailing: true, alert: { key: `disk ${n}` } })
      await wait(minute)
    },
  },
]

const slackToken = { type: 'slack', options: { token: 'xoxb-1', channel: 'C012ABCDEF' } }

/** One channel of each family, and how what it sent is shown. */
const families = [
  {
    name: 'mail',
    title: 'Mail',
    type: 'email',
    options: { host: '127.0.0.1', from: 'alerts@example.com', to: ['ops@example.com'] },
  },
  {
    name: 'chat',
    title: 'Rich chat (Slack)',
    type: 'slack',
    options: { url: 'https://hooks.slack.com/services/T/B/x' },
  },
  { name: 'robot', title: 'Robot (DingTalk)', type: 'dingtalk', options: { token: 'x' } },
  { name: 'push', title: 'Push (ntfy)', type: 'ntfy', options: { topic: 'ops' } },
  {
    name: 'sms',
    title: 'SMS (Twilio)',
    type: 'twilio',
    options: {
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: '0'.repeat(32),
      from: '+15005550006',
      to: ['+15005550001'],
    },
  },
  {
    name: 'incident',
    title: 'Incident (PagerDuty)',
    type: 'pagerduty',
    options: { routingKey: '0'.repeat(32) },
  },
  { name: 'console', title: 'Console', type: 'console', options: {} },
]

/** A family of which only some kinds of messages are of interest. */
const threads = { name: 'thread', title: 'Thread (Slack by token)', ...slackToken }
const cards = [
  {
    name: 'feishu',
    title: 'Feishu',
    type: 'feishu',
    options: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/x' },
  },
  { name: 'teams', title: 'Teams', type: 'teams', options: { url: 'https://teams.example.com/hook' } },
  {
    name: 'wecom',
    title: 'WeCom',
    type: 'wecom',
    options: { key: '693a91f6-7a0c-4bc4-97a0-0ec2051fa5aa' },
  },
]

/** The families to which a kind of message is sent. */
function familiesOf({ families: names }) {
  return names === undefined ? families : [...families, threads].filter(({ name }) => names.includes(name))
}

/**
 * The page.
 * @param {object} core the functions of alert-core that it needs
 */
export async function messagesPage(core) {
  const sections = []
  for (const kind of kinds) {
    sections.push(`## ${kind.name}`, kind.about)
    for (const [locale, language] of Object.entries(languages)) {
      sections.push(`### ${kind.name}, ${language}`)
      for (const [title, text, syntax] of await messagesOf(kind, locale, core, familiesOf(kind)))
        sections.push(`**${title}**`, `\`\`\`${syntax}\n${text}\n\`\`\``)
    }
  }
  const json = await messagesOf(kinds[1], 'en', core, [
    { name: 'hook', title: 'Webhook', type: 'webhook', options: { url: 'https://im.example.com/hook' } },
  ])
  const apps = await Promise.all(
    Object.entries(languages).map(async ([locale, language]) => [
      `### Burst in these apps, ${language}`,
      ...(await messagesOf(kinds[1], locale, core, cards)).map(
        ([title, text]) => `**${title}**\n\n\`\`\`text\n${text}\n\`\`\``,
      ),
    ]),
  )
  return page('Messages', [
    `What people are sent, by kind of message, language and family of channels. All of it is made by the product
from log lines: \`docs/messages.mjs\`.`,
    ...sections,
    '## Feishu, Teams and WeCom',
    'A burst as these apps show it; what they show as buttons stands in brackets.',
    ...apps.flat(),
    '## Webhook JSON',
    `The data of a burst. Names are English in every language, times are ISO 8601 in UTC; what is unknown is absent.
The header \`x-alert-version\` has the version of the names.`,
    ...json.map(([, text]) => `\`\`\`json\n${text}\n\`\`\``),
  ])
}

/** The message of each family, as [title, text, syntax]. */
async function messagesOf(kind, locale, core, shown) {
  const { createHub, createVirtualClock, checkOptions } = core
  const clock = createVirtualClock(start)
  const sent = {}
  let isBroken = true
  const always = { minSeverity: 'info', wait: '5s', interval: 0, sendResolved: true, limit: [] }
  const match = kind.failing || kind.limited ? { rule: ['@delivery', '@quota'] } : kind.only
  const channels = Object.fromEntries(
    shown.map(({ name, type, options }) => [
      name,
      { ...always, type, ...options, ...kind.channel, ...(match && { match }) },
    ]),
  )
  const ops = { type: 'slack', url: 'https://hooks.slack.com/services/T/B/ops', wait: 0, interval: 0 }
  if (kind.failing) channels.ops = { ...ops, match: { toFailing: true }, fallback: 'robot' }
  if (kind.limited) channels.ops = { ...ops, match: { toFailing: true }, limit: [{ count: 1, per: '1h' }] }
  const options = {
    service: 'payments',
    env: 'prod',
    locale,
    timeZone: 'Asia/Shanghai',
    context: {},
    trace: { url: 'https://trace.example.com/{traceId}' },
    control: { url: 'https://alerts.example.com', secret: 'no more than an example of a secret' },
    channels,
    ...kind.options,
  }
  const { plan, problems } = checkOptions(options, {})
  if (problems.length > 0)
    throw new Error(problems.map(({ path, message }) => `${path} ${message}`).join('\n'))
  const send = (name, text) => {
    sent[name] = kind.last || sent[name] === undefined ? text : sent[name]
  }
  const hub = createHub(options, { clock, sender: (name) => senderOf(name), warn: () => {}, env: {} })

  function senderOf(name) {
    const { definition, providerOptions, type } = plan.channels.find((channel) => channel.name === name)
    if (name === 'ops') {
      return {
        send: async () =>
          isBroken && kind.failing
            ? { status: 'failed', why: 'Slack answered 403: invalid_token', httpStatus: 403 }
            : { status: 'delivered' },
      }
    }
    if (type === 'email' || type === 'console') {
      return {
        async send(message, { fit }) {
          send(
            name,
            type === 'email' ? mailOf(message, fit, core) : fit((part) => core.writeFrame(part, core.plain)),
          )
          return { status: 'delivered' }
        },
      }
    }
    let opened
    return {
      async send(message, context) {
        opened ??= await definition.open(providerOptions)
        const fetch = async (url, { body }) => {
          // The first message of a thread changes its headline.
          if (!String(url).endsWith('/chat.update')) send(name, readable[type](String(body)))
          return new Response('{"ok":true,"ts":"1.2","channel":"C012ABCDEF"}')
        }
        await opened.send(message, { ...context, fetch })
        return { status: 'delivered' }
      },
    }
  }

  await kind.run({
    async log(fields, ms = 1000) {
      hub.write(line({ time: clock.now(), ...fields }))
      if (ms > 0) await clock.advance(ms)
    },
    hub,
    wait: (ms) => clock.advance(ms),
    repair: () => {
      isBroken = false
    },
  })
  await clock.advance(10_000)
  const closed = hub.close()
  await clock.advance(10_000)
  await closed
  return shown.map(({ name, title, type }) => [
    title,
    withoutMachine(sent[name] ?? '(none)').trimEnd(),
    type === 'pagerduty' || type === 'webhook' ? 'json' : 'text',
  ])
}

function mailOf(message, fit, { mailSubject, writeMailText }) {
  return `Subject: ${mailSubject(message, 120)}\n\n${fit(writeMailText)}`
}

/** What a request says, as its readers see it. */
const readable = {
  slack: (body) => slackText(JSON.parse(body)),
  dingtalk: (body) => JSON.parse(body).markdown.text.replaceAll('\n\n', '\n'),
  ntfy(body) {
    const { title, message } = JSON.parse(body)
    return `${title}\n${message}`
  },
  twilio: (body) => new URLSearchParams(body).get('Body'),
  pagerduty: (body) => JSON.stringify(withoutKey(JSON.parse(body)), null, 2),
  webhook: (body) => JSON.stringify(stable(JSON.parse(body)), null, 2),
  wecom: (body) => JSON.parse(body).markdown.content,
  feishu(body) {
    const { header, elements } = JSON.parse(body).card
    const shown = elements.map((one) =>
      one.tag === 'action' ? one.actions.map(({ text }) => `[${text.content}]`).join(' ') : feishuText(one),
    )
    return [`${header.title.content} (${header.template})`, ...shown].join('\n')
  },
  teams(body) {
    const [{ content }] = JSON.parse(body).attachments
    const lines = content.body.map(
      ({ text, inlines = [] }) => text ?? inlines.map((run) => run.text).join(''),
    )
    return [...lines, content.actions.map(({ title }) => `[${title}]`).join(' ')].join('\n')
  },
}

function feishuText({ text, elements = [], tag }) {
  if (tag === 'hr') return '---'
  return [text, ...elements].flatMap((one) => one?.content ?? []).join('\n')
}

function slackText({ blocks = [], attachments = [] }) {
  const all = [...blocks, ...attachments.flatMap((one) => one.blocks)]
  const text = all.map(textOf).filter(Boolean).join('\n')
  return text.replace(/<[^|>]+\|([^>]+)>/g, '‹$1›')
}

/** The texts of a block, in their order. */
function textOf(node) {
  if (typeof node !== 'object' || node === null) return ''
  if (typeof node.text === 'string') return node.text
  if (node.text) return textOf(node.text)
  const parts = (node.elements ?? []).map(textOf)
  return parts.join(node.type === 'rich_text' || node.type === 'context' ? '\n' : '')
}

function withoutKey({ routing_key: _, ...event }) {
  return event
}

/** Alerts of our own are of this process, whose name differs from machine to machine. */
function withoutMachine(text) {
  return text
    .replace(/([?&])t=[\w.-]+(?:&l=[\w-]+)?/g, '$1t=…')
    .replaceAll(`"source": "${hostname()}"`, '"source": "web-1"')
    .replaceAll(`${hostname()} (pid ${process.pid})`, 'web-1 (pid 41)')
    .replaceAll(`${hostname()}（pid ${process.pid}）`, 'web-1（pid 41）')
}

/** Ids of messages are random. */
function stable(body) {
  return { ...body, id: '3f0c4b52-6f1e-4b1a-9a57-4f6d4f0d9a11' }
}
