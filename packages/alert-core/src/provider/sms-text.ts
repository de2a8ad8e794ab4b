/**
 * Free text for a telephone: at most `segments` segments, in the alphabet with the longest ones. One
 * character outside GSM 03.38 turns a text into UCS-2, and 153 characters a segment into 67.
 */
import { cleanText } from '../text/text.ts'
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
export function fitSms(fit: SendContext['fit'], segments: number): string {
  const write = (part: Message) => cleanText(writeMessage(part, plainDialect))
  // Doubled if it takes two septets, so that the length is what a carrier counts.
  const septets = (part: Message) => toGsm(write(part)).replace(extended, (char) => char + filler)
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

function room({ single, part }: typeof gsm, segments: number): number {
  return segments === 1 ? single : part * segments
}

function toGsm(text: string): string {
  return text.replace(/[×…–—·‘’“”\u00a0]/g, (char) => plainForms[char]!)
}

function isGsm(text: string): boolean {
  return Array.from(text.replace(extended, '')).every((char) => basic.has(char))
}
