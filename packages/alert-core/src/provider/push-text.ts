/**
 * A message for a lock screen, which shows a title and two lines: the subject, then what kind of notification
 * it is or what happened, then where and when.
 */
import { cutWords } from '../text/text.ts'
import { briefProcesses } from './alert-data.ts'
import { subjectWithin } from './markup.ts'
import type { Message, SendContext } from './provider.ts'

const most = { title: 80, text: 120, body: 240 }

export function pushTitle(message: Message): string {
  return subjectWithin(message, most.title)
}

/** The text below the title; '' if that says it all. A user's own body is as long as the provider takes. */
export function pushBody(message: Message, fit: SendContext['fit']): string {
  if (message.body !== undefined)
    return fit(({ body = '', closing, more }) =>
      [body, ...(more > 0 ? closing.slice(0, 1) : [])].filter(Boolean).join('\n'),
    )
  return fit((part) => writeBody(part), { maxChars: most.body })
}

function writeBody(message: Message): string {
  const { cards, brief, lead, closing, more, notes = [], when, digest } = message
  const remarks = [...(more > 0 ? closing.slice(0, 1) : []), ...notes.map(({ text }) => text)]
  const [card] = cards
  if (card === undefined || cards.length + brief.length + more > 1) {
    const lines = [lead, ...cards.map(({ title }) => title), ...brief, ...remarks].filter(Boolean).join('\n')
    // The lines of a digest are long; a screen that shows the start of them says more than none.
    return digest === undefined ? lines : cutWords(lines, most.body)
  }
  const text = card.lead || cutWords(card.text.split('\n')[0] ?? '', most.text)
  const place = [briefProcesses(card.data, message.locale), when?.time].filter(Boolean).join(' · ')
  return [text, place, ...remarks].filter(Boolean).join('\n')
}
