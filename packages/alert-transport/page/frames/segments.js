/**
 * How many messages a text costs: 160 signs of the GSM alphabet or 70 of UCS-2 in one, 153 or 67 in each of
 * several. One sign outside the alphabet turns the whole text to UCS-2. 3GPP TS 23.038
 */

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extended = new Set('^{}\\[~]|€\f')

/** `{ encoding, units, segments, outside }`; `outside` are the first signs that the GSM alphabet lacks. */
export function countSegments(text) {
  const outside = new Set()
  let units = 0
  for (const char of text) {
    if (basic.has(char)) units += 1
    else if (extended.has(char)) units += 2
    else outside.add(char)
  }
  if (outside.size === 0)
    return { encoding: 'GSM-7', units, segments: units <= 160 ? 1 : Math.ceil(units / 153), outside: [] }
  units = text.length
  return {
    encoding: 'UCS-2',
    units,
    segments: units <= 70 ? 1 : Math.ceil(units / 67),
    outside: [...outside].slice(0, 8),
  }
}
