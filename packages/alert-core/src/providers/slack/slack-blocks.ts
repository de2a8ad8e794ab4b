/**
 * The cards of a message as Block Kit: https://docs.slack.dev/reference/block-kit/blocks. Each block stays
 * within Slack's own limits for any data; the caller limits the size of the whole.
 */

import { plainDialect, runbookWord, safeHref, writeCard } from '../../provider/markup.ts'
import type { AlertCard, Message } from '../../provider/provider.ts'
import { cutChars, escapeSlack } from '../../text/text.ts'

/** Of one text object. */
const maxText = 3000
const maxLinks = 5
const maxHeader = 150
/** 50 blocks a message: two for the subject, at most four a card, the rest for the closing lines. */
const maxCards = 11

/** A block as JSON. */
export type Block = Readonly<Record<string, unknown>>

/** Blocks for all cards (or the user's own body), the brief lines and the closing lines. */
export function writeCards(message: Message): Block[] {
  const shown = message.body === undefined ? message.cards.slice(0, maxCards) : []
  const listed = message.body === undefined ? message.cards.slice(maxCards).map((card) => card.title) : []
  const lines = message.body === undefined ? [...listed, ...message.brief] : message.body.split('\n')
  const tail = [...lines, ...message.closing].join('\n')
  const lead = message.body === undefined ? plainSections(message.lead, 1) : []
  return [...lead, ...shown.flatMap((card) => writeCardBlocks(card, message)), ...plainSections(tail, 4)]
}

function writeCardBlocks(card: AlertCard, message: Message): Block[] {
  // With several cards each has its title as a header, and need not say it again.
  const titled = message.cards.length > 1 && card.title !== ''
  const { links, hasRunbook } = writeLinks(card, message.locale)
  const rest = { ...card, context: [], ...(titled && { title: '' }), ...(hasRunbook && { runbook: '' }) }
  const blocks = plainSections(writeCard(rest, message, dataDialect).join('\n'), 1)
  if (links) blocks.push(mrkdwn(links))
  if (card.context.length > 0) blocks.push(mrkdwn(writeCode(card.context)))
  return titled ? [writeHeader(card.title), ...blocks] : blocks
}

/** Data as a header, cut to what Slack takes. */
export function writeHeader(data: string): Block {
  return {
    type: 'header',
    text: { type: 'plain_text', text: cutChars(defused(data), maxHeader), emoji: false },
  }
}

/** Links stand in a section of their own: plain_text has none. */
const dataDialect = { ...plainDialect, link: (markup: string) => markup }

/** The links of a card; the link to the runbook replaces its address. */
function writeLinks(card: AlertCard, locale: Message['locale']) {
  const runbook = { label: runbookWord(locale), url: card.runbook }
  const links = [...card.facts, runbook].flatMap((fact) => {
    const href = fact.url === undefined ? undefined : safeHref(fact.url)
    if (href === undefined || href.length > 500) return []
    return [{ fact, markup: `<${escapeSlack(href)}|${escapeSlack(cutChars(fact.label, 40))}>` }]
  })
  const shown = links.slice(0, maxLinks)
  return {
    links: shown.map(({ markup }) => markup).join('  ·  '),
    hasRunbook: shown.some(({ fact }) => fact === runbook),
  }
}

/** As many of the latest lines as one text object holds. */
function writeCode(context: readonly string[]): string {
  const fence = '```'
  const lines: string[] = []
  let left = maxText - 2 * (fence.length + 1)
  for (const line of [...context].reverse()) {
    const markup = escapeSlack(cutChars(line, 400).replaceAll(fence, '`\u200b`\u200b`'))
    left -= markup.length + 1
    if (left < 0) break
    lines.unshift(markup)
  }
  return [fence, ...lines, fence].join('\n')
}

function plainSections(text: string, max: number): Block[] {
  const sections: Block[] = []
  for (let rest = text; rest.trim() && sections.length < max; ) {
    const part = sections.length + 1 === max ? cutChars(rest, maxText) : firstPart(rest)
    sections.push({ type: 'section', text: { type: 'plain_text', text: defused(part), emoji: false } })
    rest = rest.slice(part.length)
  }
  return sections
}

/** As many whole lines as fit, or as much of the first one. */
function firstPart(text: string): string {
  if (text.length <= maxText) return text
  const end = text.lastIndexOf('\n', maxText)
  return end > 0 ? text.slice(0, end + 1) : cutChars(text, maxText, '')
}

/**
 * plain_text is documented not to be parsed; a bridge that reads it as mrkdwn must not ping anybody either.
 */
function defused(text: string): string {
  return cutChars(text.replace(/<(?=[@!#])/g, '<\u200b'), maxText)
}

function mrkdwn(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }
}
