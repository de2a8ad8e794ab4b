/**
 * A message as a card for a terminal: the subject, then facts in two columns, then the lines that led to it,
 * behind a bar in the colour of its severity. Data from a log cannot move the cursor or set the title.
 *
 *   ┌ [ERROR] billing: payment failed ×37
 *   │ card gateway timeout
 *   │
 *   │ Location    charge (app/src/pay.ts:42)
 *   │ First seen  2026-11-26 13:12:36 UTC
 *   └ If it continues, next reminder at 13:17.
 */

import { isSaid, listAndClosing, runbookWord, subjectWithin } from '../../provider/markup.ts'
import type { AlertCard, Fact, Message } from '../../provider/provider.ts'
import { cleanLine } from '../../text/text.ts'

/** How the parts of a card are set off from each other. */
export interface Paint {
  readonly bar: (text: string) => string
  readonly subject: (text: string) => string
  readonly title: (text: string) => string
  readonly label: (text: string) => string
  readonly context: (text: string) => string
}

/** A narrower terminal wraps. */
const leastWidth = 60

const asItIs = (text: string) => text

/** No colours at all. */
export const plain: Paint = {
  bar: asItIs,
  subject: asItIs,
  title: asItIs,
  label: asItIs,
  context: asItIs,
}

const colours = { critical: 31, error: 31, warning: 33, info: 36 }

/** Colours by ANSI escapes: red for what is broken, green for what is over. */
export function coloured({ reason, severity }: Message): Paint {
  const colour = reason === 'resolved' ? 32 : colours[severity]
  const bold = (text: string) => `\x1b[1m${text}\x1b[22m`
  const dim = (text: string) => `\x1b[2m${text}\x1b[22m`
  const tinted = (text: string) => `\x1b[${colour}m${text}\x1b[39m`
  return {
    bar: tinted,
    subject: (text) => tinted(bold(text)),
    title: bold,
    label: dim,
    context: dim,
  }
}

/** The whole card, with a line end behind it. */
export function writeFrame(message: Message, paint: Paint, width = 200): string {
  const { lead, cards, facts = [], answer, body } = message
  const { list, closing: notes } = listAndClosing(message)
  // A link would give every reader of the log the right to answer.
  const answering = [answer?.text, answer?.command].filter(Boolean).join(' · ')
  const last = [notes.at(-1), answering].filter(Boolean).join(' ')
  const closing = [...notes.slice(0, -1), last]
  // The frame itself takes two columns.
  const subject = subjectWithin(message, Math.max(leastWidth, width - 2))
  const notified =
    body === undefined
      ? [
          [cleanLine(lead)].filter(Boolean),
          ...cards.map((card) => writeCard(card, message, paint)),
          list.map(cleanLine),
          writeFacts(facts, paint),
        ]
      : [body.split('\n').map(cleanLine)]
  const blocks = notified.filter((lines) => lines.length > 0)
  const middle = blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
  const lines = [
    `${paint.bar('┌')} ${paint.subject(cleanLine(subject))}`,
    ...middle.map((line) => barred(line, paint)),
    ...(closing.length > 1 ? closing.slice(0, -1).map((line) => barred(cleanLine(line), paint)) : []),
    `${paint.bar('└')} ${paint.label(cleanLine(closing.at(-1) ?? ''))}`.trimEnd(),
  ]
  return `${lines.join('\n')}\n`
}

function writeCard(card: AlertCard, message: Message, paint: Paint): string[] {
  const head = isSaid(card, message) ? [] : [paint.title(cleanLine(card.title))]
  if (card.lead !== '') head.push(cleanLine(card.lead))
  if (card.text !== '') head.push(...card.text.split('\n').map(cleanLine))
  const facts = [...card.facts]
  if (card.runbook !== undefined) facts.push({ label: runbookWord(message.locale), value: card.runbook })
  const context = card.context.map((line) => paint.context(cleanLine(line)))
  return [head, writeFacts(facts, paint), context]
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

/** In two columns. */
function writeFacts(facts: readonly Fact[], paint: Paint): string[] {
  const width = Math.max(0, ...facts.map(({ label }) => columns(cleanLine(label))))
  return facts.map(({ label, value, url }) => {
    const name = cleanLine(label)
    const link = url === undefined || url === value ? '' : `  ${paint.label(cleanLine(url))}`
    return `${paint.label(name)}${' '.repeat(width - columns(name))}  ${cleanLine(value)}${link}`
  })
}

const barred = (line: string, paint: Paint) => (line === '' ? paint.bar('│') : `${paint.bar('│')} ${line}`)

/** Chinese characters take two columns of a terminal. */
function columns(text: string): number {
  return text.length + (text.match(/[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g)?.length ?? 0)
}
