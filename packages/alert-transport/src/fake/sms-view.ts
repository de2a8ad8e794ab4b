/**
 * A text message as a telephone shows it, with the segments that it takes and costs.
 */
import type { FakeRequest, View } from './exchange.ts'

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extended = new Set('^{}\\[~]|€')

/** How many segments a text takes, and in which alphabet. */
function segmentsOf(text: string): { readonly count: number; readonly alphabet: 'GSM-7' | 'UCS-2' } {
  const chars = Array.from(text)
  if (chars.every((char) => basic.has(char) || extended.has(char))) {
    const septets = chars.reduce((sum, char) => sum + (extended.has(char) ? 2 : 1), 0)
    return { count: septets <= 160 ? 1 : Math.ceil(septets / 153), alphabet: 'GSM-7' }
  }
  return { count: text.length <= 70 ? 1 : Math.ceil(text.length / 67), alphabet: 'UCS-2' }
}

export function smsView(request: FakeRequest, text: string, to: readonly string[], limit?: number): View {
  const { count, alphabet } = segmentsOf(text)
  return {
    text,
    mentions: [],
    to,
    bytes: request.raw.length,
    size: text.length,
    ...(limit !== undefined && { limit }),
    unit: 'characters',
    notes: [`${count} ${count === 1 ? 'segment' : 'segments'} of ${alphabet}`],
  }
}
