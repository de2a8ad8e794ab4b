/**
 * Data for syntaxes that document no escape: a zero-width space behind what would start markup, so that a
 * reader sees the data as it is.
 */
import { breakMentions } from '../text/text.ts'

const zeroWidth = '\u200b'

/** One line of data without mentions, links or formatting, if the syntax respects word boundaries. */
export function inert(data: string): string {
  return breakMentions(data)
    .replace(/<(?=[/a-z#])|[*~`](?=\S)|(?<![\p{L}\p{N}])_(?=\S)|\](?=\()/giu, `$&${zeroWidth}`)
    .replace(/^(?=\s{0,200}(?:>|[#+-]{1,6}\s|\d{1,9}[.)]\s))/, zeroWidth)
}
