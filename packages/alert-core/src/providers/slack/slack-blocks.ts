/**
 * The cards of a message as Block Kit: https://docs.slack.dev/reference/block-kit/blocks. Data stands in rich
 * text, which has no markup, so that nothing has to be escaped; the caller limits the size of the whole.
 */

import {
  answerLines,
  listAndClosing,
  plainDialect,
  runbookOf,
  runbookWord,
  safeHref,
} from '../../provider/markup.ts'
import type { AlertCard, Fact, Message } from '../../provider/provider.ts'
import { cutChars, escapeSlack } from '../../text/text.ts'

/** Of one text object, and of what one block says here. */
const maxText = 3000
const maxHeader = 150
const maxLine = 400
const maxHref = 500
/** 50 blocks a message: two for the subject, at most two a card, the rest for the closing lines. */
const maxCards = 20

/** A block, or a part of one, as JSON. */
export type Block = Readonly<Record<string, unknown>>

/** Blocks for all cards (or the user's own body), the brief lines and the closing lines. */
export function writeCards(message: Message): Block[] {
  const { body, cards, lead, facts = [], locale } = message
  const { list, closing } = listAndClosing(message)
  const last = [...writeClosing(closing), ...answerBlock(message)]
  if (body !== undefined) return [...textBlocks(body), ...last]
  const listed = [...cards.slice(maxCards).map(({ title }) => title), ...list].join('\n')
  return [
    ...textBlocks(lead),
    ...cards.slice(0, maxCards).flatMap((card) => writeCardBlocks(card, message)),
    ...textBlocks(listed),
    ...richText(joined(facts.map((fact) => factParts(fact, locale)))),
    ...last,
  ]
}

/**
 * Text links: a button with an address in the message of a webhook shows a warning, since Slack reports
 * the click to an app that is not there.
 */
function answerBlock(message: Message): Block[] {
  const link = (markup: string, href: string) => `<${escapeSlack(href)}|${markup}>`
  const lines = answerLines(message, { ...plainDialect, escape: escapeSlack, link })
  return lines.map((text) => ({ type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] }))
}

function writeCardBlocks(card: AlertCard, message: Message): Block[] {
  const { cards, locale } = message
  const guide = runbookOf(card, message)
  const runbook = guide === undefined ? [] : [runbookParts(guide, locale)]
  const said = [card.lead, card.text].filter((text) => text.trim() !== '').join('\n')
  const facts = [...card.facts.map((fact) => factParts(fact, locale)), ...runbook]
  const parts = joined([...(said === '' ? [] : [[textPart(said)]]), ...facts])
  const lines = latestLines(card.context)
  const elements = [
    ...(parts.length > 0 ? [{ type: 'rich_text_section', elements: parts }] : []),
    ...(lines === '' ? [] : [{ type: 'rich_text_preformatted', elements: [textPart(lines)] }]),
  ]
  return [
    // With several cards each has its title as a header.
    ...(cards.length > 1 && card.title.trim() !== '' ? [writeHeader(card.title)] : []),
    ...(elements.length > 0 ? [{ type: 'rich_text', elements }] : []),
  ]
}

/** Data as a header, cut to what Slack takes. */
export function writeHeader(data: string): Block {
  return {
    type: 'header',
    text: { type: 'plain_text', text: cutChars(defused(data), maxHeader), emoji: false },
  }
}

/** '*Code* GW_TIMEOUT' as parts; an address is a link. */
function factParts({ label, value, url }: Fact, locale: Message['locale']): Block[] {
  const href = url === undefined ? undefined : safeHref(url)
  const name = label.trim() === '' ? [] : [{ ...textPart(label), style: { bold: true } }]
  const shown = value.trim() === '' ? '-' : value
  const isLink = href !== undefined && href.length <= maxHref
  return [
    ...name,
    textPart(locale === 'en' ? ': ' : '：'),
    isLink ? { type: 'link', url: href, text: defused(shown) } : textPart(shown),
  ]
}

/** Its name is the link; an address that cannot be opened is shown. */
function runbookParts(runbook: string, locale: Message['locale']): Block[] {
  const href = safeHref(runbook)
  const label = runbookWord(locale)
  if (href === undefined || href.length > maxHref) return factParts({ label, value: runbook }, locale)
  return [{ type: 'link', url: href, text: label }]
}

/** Lines of parts as one list of parts. */
function joined(lines: readonly (readonly Block[])[]): Block[] {
  return lines.flatMap((parts, index) => (index === 0 ? [...parts] : [textPart('\n'), ...parts]))
}

function textPart(text: string): Block {
  return { type: 'text', text: defused(text) }
}

function textBlocks(text: string): Block[] {
  return richText(text.trim() === '' ? [] : [textPart(text)])
}

function richText(parts: readonly Block[]): Block[] {
  if (parts.length === 0) return []
  return [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: parts }] }]
}

function writeClosing(closing: readonly string[]): Block[] {
  const text = closing.join('\n')
  if (text.trim() === '') return []
  return [
    {
      type: 'context',
      elements: [{ type: 'plain_text', text: cutChars(defused(text), maxText), emoji: false }],
    },
  ]
}

/** As many of the latest lines as fit, each on one line. */
function latestLines(context: readonly string[]): string {
  const lines: string[] = []
  let left = maxText
  for (const line of [...context].reverse()) {
    const shown = cutChars(line, maxLine)
    left -= shown.length + 1
    if (left < 0) break
    lines.unshift(shown)
  }
  return lines.join('\n').trim() === '' ? '' : lines.join('\n')
}

/**
 * Rich text is documented not to be parsed; a bridge that reads it as mrkdwn must not ping anybody either.
 */
function defused(text: string): string {
  return text.replace(/<(?=[@!#])/g, '<\u200b')
}
