/**
 * The Markdown that every client knows: bold, links, headings, quotes. Data in it is inert.
 */

import { inert } from './inert.ts'
import type { Dialect } from './markup.ts'

/** The dialect with the given line break: some clients swallow a single one. */
export function plainMarkdown(newline: '\n' | '\n\n' | '  \n'): Dialect {
  return {
    escape: inert,
    bold: (markup) => `**${markup}**`,
    link: (markup, href) => `[${markup}](${href})`,
    heading: (markup) => `### ${markup}`,
    code: (lines) => lines.map((line) => `> ${inert(line)}`).join(newline),
    newline,
    gap: '\n\n',
  }
}
