/**
 * Data for syntaxes that document no escape: a zero-width space behind what would start markup, so that a
 * reader sees the data as it is.
 */
import { breakMentions } from '../text/text.ts'
import { type Dialect, plainDialect } from './markup.ts'

const zeroWidth = '\u200b'

/** One line of data without mentions, links or formatting, if the syntax respects word boundaries. */
export function inert(data: string): string {
  return breakMentions(data)
    .replace(/<(?=[/a-z#])|[*~`](?=\S)|(?<![\p{L}\p{N}])_(?=\S)|\](?=\()/giu, `$&${zeroWidth}`)
    .replace(/^(?=\s{0,200}(?:>|[#+-]{1,6}\s|\d{1,9}[.)]\s))/, zeroWidth)
}

/** Plain text in which data stays data, where a client would read markup even there. */
export const inertDialect: Dialect = {
  ...plainDialect,
  escape: inert,
  code: (lines) => plainDialect.code(lines.map(inert)),
}
