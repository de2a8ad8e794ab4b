/**
 * Writes docs/messages.md: each kind of message in both languages, for each family of channels, as the
 * product really sends it. `npx -y pnpm@10 run docs` runs it; a test fails while the page is stale.
 */
import { hostname } from 'node:os'
import { page } from './markdown.mjs'
import { kinds, runKind } from './message-kinds.mjs'

const languages = { en: 'English', 'zh-CN': 'Chinese' }

const slackToken = { type: 'slack', options: { token: 'xoxb-1', channel: 'C012ABCDEF' } }

/** One channel of each family, and how what it sent is shown. */
export const families = [
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

/** The pictures of docs/message-pictures.mjs. */
const pictured = [
  ['slack', 'Slack'],
  ['email', 'Mail'],
  ['telegram', 'Telegram'],
  ['dingtalk', 'DingTalk'],
  ['feishu', 'Feishu'],
  ['wecom', 'WeCom'],
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
    '## In six apps',
    `Ten of the kinds as the inbox draws them, in light or dark as this page is shown.`,
    ...pictured.map(
      ([name, title]) => `### ${title}

<picture><source media="(prefers-color-scheme: dark)" srcset="images/messages-${name}-dark.png"><img src="images/messages-${name}-light.png" alt="Ten kinds of messages in ${title}"></picture>`,
    ),
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
  const sent = {}
  const read = createReader(core)

  async function receive(name, message, context, planned) {
    for (const text of await read(name, message, context, planned))
      sent[name] = kind.last || sent[name] === undefined ? text : sent[name]
  }

  const channels = Object.fromEntries(shown.map(({ name, type, options }) => [name, { type, ...options }]))
  await runKind(kind, { locale, core, channels, receive })
  return shown.map(({ name, title, type }) => [
    title,
    withoutMachine(sent[name] ?? '(none)').trimEnd(),
    type === 'pagerduty' || type === 'webhook' ? 'json' : 'text',
  ])
}

/**
 * Makes what sends a message by the provider of its channel, and returns it as its readers see it: a text for
 * each request, without those that only change an earlier message.
 */
export function createReader(core) {
  const opened = new Map()
  return async (name, message, context, { definition, providerOptions, type }) => {
    if (type === 'email') return [mailOf(message, context.fit, core)]
    if (type === 'console') return [context.fit((part) => core.writeFrame(part, core.plain))]
    if (!opened.has(name)) opened.set(name, await definition.open(providerOptions))
    const texts = []
    const fetch = async (url, { body }) => {
      // The first message of a thread changes its headline.
      if (!String(url).endsWith('/chat.update')) texts.push(readable[type](String(body)))
      return new Response('{"ok":true,"ts":"1.2","channel":"C012ABCDEF"}')
    }
    await opened.get(name).send(message, { ...context, fetch })
    return texts
  }
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
