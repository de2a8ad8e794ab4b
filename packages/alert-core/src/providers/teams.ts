/**
 * Microsoft Teams through a workflow (Power Automate) that posts what its webhook receives: an adaptive card.
 * Data stands in text runs, which know no markup. The answer says that the workflow has begun, not that the
 * card was shown.
 */

import { classify } from '../http/classify.ts'
import { isLoopback } from '../http/proxy.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown } from '../provider/http-sender.ts'
import { inert } from '../provider/inert.ts'
import * as z from '../provider/light-zod.ts'
import {
  buttonsOf,
  listAndClosing,
  plainDialect,
  runbookOf,
  runbookWord,
  safeHref,
  writeMessage,
} from '../provider/markup.ts'
import { asList, needsUrl, postAddress, sharedAmong } from '../provider/option-fields.ts'
import { type AlertCard, defineProvider, type Fact, type Message } from '../provider/provider.ts'
import { preset } from '../provider/schema.ts'

/** Teams takes about 28 KB. */
const maxBytes = 27_000
/** More buttons than these are hidden behind dots on a phone. */
const maxActions = 4

export default defineProvider({
  title: 'Microsoft Teams',
  kind: 'chat',
  options: () =>
    z
      .object({
        url: postAddress('Address of the workflow; several share the messages', addressProblem),
        style: preset(
          z.enum(['card', 'text']),
          'card',
          'text is a card of plain text blocks, for clients that show the usual one badly',
        ),
        version: preset(
          z.string().check(z.regex(/^1\.\d$/, "must be a version of adaptive cards such as '1.4'")),
          '1.4',
          'Version of adaptive cards that the card names',
        ),
      })
      .check(
        z.refine(
          ...needsUrl('the address of a workflow: channel → Workflows → "Send webhook alerts to a channel"'),
        ),
      ),
  // Of the connectors that workflows have replaced; a workflow's own limits depend on the plan of its owner.
  limits: { maxBytes, perSecond: 4, perMinute: 60 },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the body',
    success: '2xx, unless a page: the workflow has started',
    mention: 'a mail address or object id, `Name <…>`',
    resolve: 'a message, green',
    button: 'in the card',
  },
  open: ({ url, style, version }) =>
    createHttpSender({
      urls: asList(url),
      write: (_message, { fit }) => ({
        body: fit(
          (part) => JSON.stringify(writeBody(style === 'text' ? { ...part, plain: true } : part, version)),
          { maxBytes },
        ),
      }),
      toReceipt,
    }),
})

function addressProblem({ hostname, protocol, searchParams }: URL): string | undefined {
  if (/(?:^|\.)webhook\.office\.com$|^outlook\.office(?:365)?\.com$/.test(hostname))
    return 'is a connector, which Microsoft has switched off: make a workflow instead (channel → Workflows)'
  if (/(?:^|\.)(?:logic\.azure\.com|api\.powerplatform\.com)$/.test(hostname) && !searchParams.get('sig'))
    return 'lacks sig=…: copy the whole address of the workflow, and let "Anyone" trigger it'
  return protocol === 'https:' || isLoopback(hostname)
    ? undefined
    : 'must start with https://: the address itself is the secret'
}

type Element = Readonly<Record<string, unknown>>

function writeBody(message: Message, version: string): unknown {
  const { text, entities } = writeMentions(message.mentions)
  const buttons = buttonsOf(message)
  const actions = buttons
    .slice(0, maxActions)
    .map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url }))
  const notified = message.plain ? writeTextBlocks(message) : writeRuns(message)
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version,
    msteams: { width: 'Full', ...(entities.length > 0 && { entities }) },
    body: text
      ? [...notified.slice(0, 1), { type: 'TextBlock', text, wrap: true }, ...notified.slice(1)]
      : notified,
    ...(actions.length > 0 && { actions }),
  }
  const contentType = 'application/vnd.microsoft.card.adaptive'
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] }
}

const colours = { critical: 'Attention', error: 'Attention', warning: 'Warning', info: 'Accent' } as const

function writeRuns(message: Message): Element[] {
  const { subject, cards, body, facts = [], locale } = message
  const { list, closing } = listAndClosing(message)
  const notified = body === undefined ? cards.flatMap((card) => writeCardLines(card, message)) : lines(body)
  const rest =
    body === undefined ? [...list.flatMap((line) => lines(line)), ...writeFacts(facts, locale)] : []
  return [
    line([{ text: subject, weight: 'Bolder', size: 'Medium', ...lookOf(message) }]),
    ...lines(body === undefined ? message.lead : '', { weight: 'Bolder' }),
    ...notified,
    ...rest,
    ...closing.flatMap((text) => lines(text, { isSubtle: true })),
    ...lastLine(message),
  ]
}

/** Grey is for a test. */
function lookOf({ reason, severity, test }: Message): Element {
  if (test) return { isSubtle: true }
  return { color: reason === 'resolved' ? 'Good' : colours[severity] }
}

/** The id, and the links that have no room among the buttons. */
function lastLine(message: Message): Element[] {
  const id = message.answer?.text ?? ''
  const runs = buttonsOf(message)
    .slice(maxActions)
    .map(({ label, url }) => ({ text: label, selectAction: { type: 'Action.OpenUrl', url } }))
  const parts = [...(id === '' ? [] : [{ text: id }]), ...runs]
  const between = { text: ' · ', isSubtle: true }
  const all = parts.flatMap((run, index) => [...(index === 0 ? [] : [between]), { ...run, isSubtle: true }])
  return all.length === 0 ? [] : [line(all)]
}

function writeCardLines(card: AlertCard, message: Message): Element[] {
  const { cards, locale } = message
  const title = { ...line([{ text: card.title, weight: 'Bolder' }]), separator: true, spacing: 'Medium' }
  const guide = runbookOf(card, message)
  const runbook = guide ? [{ label: runbookWord(locale), value: guide, url: guide }] : []
  return [
    ...(cards.length > 1 && card.title.trim() ? [title] : []),
    ...lines(card.lead, { weight: 'Bolder' }),
    ...lines(card.text),
    ...writeFacts([...card.facts, ...runbook], locale),
    ...card.context.flatMap((text) => lines(text, { fontType: 'Monospace', size: 'Small', isSubtle: true })),
  ]
}

function writeFacts(facts: readonly Fact[], locale: Message['locale']): Element[] {
  const colon = locale === 'en' ? ': ' : '：'
  return facts.map(({ label, value, url }) => {
    const href = url === undefined ? undefined : safeHref(url)
    const open = href === undefined ? {} : { selectAction: { type: 'Action.OpenUrl', url: href } }
    return line([
      { text: `${label}${colon}`, weight: 'Bolder' },
      { text: value || '-', ...open },
    ])
  })
}

/** Line breaks inside a run are lost in some clients: each line is a block of its own. */
function lines(data: string, look: Element = {}): Element[] {
  return data.split('\n').flatMap((text) => (text.trim() ? [line([{ text, ...look }])] : []))
}

function line(runs: readonly Element[]): Element {
  return {
    type: 'RichTextBlock',
    spacing: 'Small',
    inlines: runs.map((run) => ({ type: 'TextRun', ...run })),
  }
}

/** Text blocks are Markdown, and what a backslash does there differs between clients. */
function writeTextBlocks(message: Message): Element[] {
  const dialect = {
    ...plainDialect,
    escape: inert,
    code: (context: readonly string[]) => context.map(inert).join('\n'),
  }
  const text = writeMessage(message, dialect)
    .split('\n')
    .filter((one) => one.trim())
  return text.map((one, index) => ({
    type: 'TextBlock',
    text: one,
    wrap: true,
    ...(index === 0 ? { weight: 'Bolder' } : { spacing: 'Small' }),
  }))
}

/**
 * `jane@example.com`, an Entra object id, or `Jane Doe <jane@example.com>`: the name must be equal in text
 * and entity.
 */
function writeMentions(mentions: Message['mentions']) {
  const entities: Element[] = []
  const shown = mentions.map((mention) => {
    const named = /^([^<>]*)<([^<>]+)>$/.exec(mention.trim())
    const [given, id] = named ? [named[1]?.trim(), named[2] ?? ''] : [undefined, mention.trim()]
    const isPerson =
      /^[\w.+-]+@[\w.-]+\.\w+$/.test(id) || /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)
    if (!isPerson) return inert(mention)
    const name = (given || (id.split('@')[0] ?? id)).replace(/[^\p{L}\p{N} .'-]/gu, ' ').trim()
    const text = `<at>${name}</at>`
    entities.push({ type: 'mention', text, mentioned: { id, name } })
    return text
  })
  return { text: shown.join(' '), entities }
}

/** Usually 202 without a body; a workflow may answer as its author likes, but not with a page. */
function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status === 'delivered') {
    const { text } = reply
    const isAnswer = text === '' || reply.json() !== undefined || /^[^<\s][^<]{0,500}$/.test(text)
    return isAnswer ? byStatus : failUnknown(reply, 'The workflow')
  }
  const isTooLong =
    byStatus.status === 'failed' && /too large|RequestEntityTooLarge/i.test(reply.text.slice(0, 2000))
  return isTooLong ? { ...byStatus, tooLong: true } : byStatus
}
