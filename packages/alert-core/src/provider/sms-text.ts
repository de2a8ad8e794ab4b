/**
 * A message as a text for a telephone. One segment says who, what, how often and when; a channel that pays
 * for more segments is sent more. One character outside GSM 03.38 turns a text into UCS-2, and 160 characters
 * into 70.
 */
import { cleanLine, cleanText, cutWords } from '../text/text.ts'
import { formatCount, formatDuration } from '../time/time-text.ts'
import { briefProcesses } from './alert-data.ts'
import { plainDialect, writeMessage } from './markup.ts'
import { briefNumber, toE164 } from './phone.ts'
import type { Piece } from './pieces.ts'
import type { Message, SendContext } from './provider.ts'

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Two septets each. */
const extended = /[\^{}\\[~\]|€]/g
/** Typography of our own texts, and its replacement on a telephone. */
const plainForms: Readonly<Record<string, string>> = {
  '×': 'x',
  '…': '...',
  '–': '-',
  '—': '-',
  '→': '->',
  '·': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '\u00a0': ' ',
}
const filler = '\u0000'
const gsm = { single: 160, part: 153 }
const ucs2 = { single: 70, part: 67 }

/** The message as a text of at most `segments` segments. */
export function fitSms(message: Message, fit: SendContext['fit'], segments: number): string {
  if (segments === 1 && message.body === undefined) return oneSegment(message)
  const write = (part: Message) => cleanText(writeMessage(part, plainDialect))
  // Doubled if it takes two septets, so that the length is what a carrier counts.
  const septets = (part: Message) => widen(toGsm(write(part)))
  const text = fit(septets, { maxChars: room(gsm, segments) }).replaceAll(filler, '')
  return isGsm(text) ? text : fit(write, { maxChars: room(ucs2, segments) })
}

/** One piece for each number among the recipients. */
export function splitNumbers(message: Message): readonly Piece[] {
  const numbers = new Set(message.to.flatMap((text) => toE164(text) ?? []))
  return [...numbers].map((number) => ({
    key: number,
    name: briefNumber(number),
    message: { ...message, to: [number] },
  }))
}

function oneSegment(message: Message): string {
  const sentence = sentenceOf(message)
  const ascii = squeeze(sentence, (text) => widen(toGsm(text)).length, gsm.single)
  const text = toGsm(ascii)
  return isGsm(text) ? text : squeeze(sentence, ({ length }) => length, ucs2.single)
}

/** The parts of the sentence; the later ones of `names` and the tail may go. */
interface Sentence {
  readonly start: (names: string) => string
  readonly names: readonly string[]
  readonly headline: string
  readonly times: string
  readonly suffix: string
  /** The longest first. */
  readonly tails: readonly string[]
  readonly end: string
}

/** A headline of fewer characters says nothing. */
const leastHeadline = 20

/** What does not fit gives way: the tail, the environment, the end of the headline, the suffix. */
function squeeze(sentence: Sentence, measure: (text: string) => number, max: number): string {
  const { start, names, times, suffix, tails, end } = sentence
  const write = (shown: readonly string[], headline: string, suffixed: string, last: string) =>
    cleanLine(`${start(shown.join(' '))}${ended(`${headline}${times}${suffixed}${last}`, end)}`)
  const ways = [
    ...tails.map((tail) => [names, suffix, tail] as const),
    [names, suffix, ''],
    [names.slice(0, 1), suffix, ''],
  ] as const
  for (const [shown, suffixed, last] of ways) {
    const text = write(shown, sentence.headline, suffixed, last)
    if (measure(text) <= max) return text
  }
  const cut = (suffixed: string) => {
    let length = sentence.headline.length
    let text = ''
    let headline = ''
    do {
      length -= 1
      headline = cutWords(sentence.headline, length)
      text = write(names.slice(0, 1), headline, suffixed, '')
    } while (length > 1 && measure(text) > max)
    // Cut at a word, it may leave room for the environment again.
    const named = write(names, headline, suffixed, '')
    return { text: measure(named) <= max ? named : text, length }
  }
  const whole = cut(suffix)
  if (suffix === '' || whole.length >= Math.min(leastHeadline, sentence.headline.length)) return whole.text
  return cut('').text
}

/** A sentence that ends has one stop. */
function ended(text: string, end: string): string {
  return /[.…!?]$/.test(text) && end.startsWith('. ') ? text + end.slice(1) : text + end
}

function sentenceOf(message: Message): Sentence {
  const { parts, subject, locale, when, cards, common = {} } = message
  const isEnglish = locale === 'en'
  const { service, env } = { ...common, ...(cards.length === 1 ? cards[0]!.data : {}) }
  const id = idOf(message)
  const time = when?.time ?? ''
  const last = isEnglish ? [time, id && `id ${id}`].filter(Boolean).join(' ') : time
  const end = last === '' ? '' : isEnglish ? `. ${last}` : `，${last}`
  const tails = tailsOf(message).map((tail) => (isEnglish ? `, ${tail}` : `，${tail}`))
  if (parts === undefined) {
    const own = { names: [], times: '', suffix: '', end: '' }
    return { ...own, tails, start: () => '', headline: subject }
  }
  const names = [service, env].filter((name) => name !== undefined)
  const known = names.join(' ') === parts.names ? names : [parts.names].filter(Boolean)
  return {
    start(shown) {
      if (isEnglish) return shown === '' ? `${parts.tag}: ` : `${parts.tag} ${shown}: `
      return shown === '' ? `[${parts.tag}] ` : `[${parts.tag}] ${shown}：`
    },
    names: known,
    headline: parts.headline,
    times: parts.times,
    suffix: parts.suffix,
    tails,
    end,
  }
}

/** Of several alerts that of the first that fires, which the subject is about. */
function idOf({ cards, storm, others = [] }: Message): string | undefined {
  if (storm !== undefined) return others[0]?.shortId
  const top = cards.find(({ reason }) => reason !== 'resolved') ?? (cards.length === 1 ? cards[0] : undefined)
  return top?.data.shortId
}

/** Characters of what leads a storm, if there is no room for all of it. */
const shortTop = 24

/** What matters most beside the headline: how many are affected, how long it lasted, what leads the storm. */
function tailsOf(message: Message): readonly string[] {
  const { storm, others = [], locale } = message
  if (storm === undefined) return [tailOf(message)].filter(Boolean)
  const { headline = '', count = 0 } = others[0] ?? {}
  if (headline === '') return []
  return [headline, cutWords(headline, shortTop)].map((top) =>
    locale === 'en' ? `top: ${top} x${formatCount(count)}` : `最多：${top}`,
  )
}

function tailOf({ cards, brief, more, reason, locale }: Message): string {
  const isEnglish = locale === 'en'
  const total = cards.length + brief.length + more
  if (total > 1) {
    // Of ends the subject says how many there are.
    if (reason === 'resolved') return ''
    return isEnglish ? `and ${formatCount(total - 1)} more` : `另有 ${formatCount(total - 1)} 个`
  }
  const data = cards[0]?.data ?? {}
  if (reason === 'resolved') {
    const lastedMs = Date.parse(endOf(data) ?? '') - Date.parse(data.firstSeen ?? '')
    if (!(lastedMs >= 1000)) return ''
    const lasted = formatDuration(lastedMs, locale)
    return isEnglish ? `lasted ${lasted}` : `持续 ${lasted}`
  }
  const { processes = [] } = data
  return processes.length < 2 ? '' : briefProcesses(data, locale)
}

/** Where quiet ended it, it lasted until its last record. */
function endOf({ resolvedBy, resolvedAt, lastSeen }: Message['cards'][number]['data']): string | undefined {
  return resolvedBy?.type === 'record' ? resolvedAt : lastSeen
}

function room({ single, part }: typeof gsm, segments: number): number {
  return segments === 1 ? single : part * segments
}

function widen(text: string): string {
  return text.replace(extended, (char) => char + filler)
}

function toGsm(text: string): string {
  return text.replace(/[×…–—→·‘’“”\u00a0]/g, (char) => plainForms[char]!)
}

function isGsm(text: string): boolean {
  return Array.from(text.replace(extended, '')).every((char) => basic.has(char))
}
