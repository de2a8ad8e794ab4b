/** What arrived as a few lines for a terminal, cleaned of everything a terminal would obey. */
import { cleanLine, cleanText } from './clean.ts'
import type { Received } from './received.ts'

const maxLines = 20
const maxLineLength = 160

/** A short block: who, what became of it, the subject, the first lines, who would be pinged. */
export function card({ at, provider, ok, answer, view }: Received): string {
  const time = new Date(at).toTimeString().slice(0, 8)
  const verdict = ok ? 'taken' : `refused: ${answer.status || 'no answer'} ${cleanLine(answer.body)}`
  const limit = view.limit === undefined ? '' : ` of ${view.limit}`
  const lines = cleanText(view.text)
    .split('\n')
    .filter((line) => line.trim() !== '')
  const rest = lines.length - maxLines
  return [
    cut(`── ${time}  ${provider}  ${verdict}  (${view.size}${limit} ${view.unit})`),
    ...(view.to ? [indent(`to ${view.to.join(', ')}`)] : []),
    ...(view.subject && !isFirst(view.subject, lines[0]) ? [indent(view.subject)] : []),
    ...lines.slice(0, maxLines).map(indent),
    ...(rest > 0 ? [indent(`… and ${rest} more ${rest === 1 ? 'line' : 'lines'}`)] : []),
    ...(view.mentions.length > 0 ? [indent(`pings ${view.mentions.join(', ')}`)] : []),
    ...view.notes.map((note) => indent(`note: ${note}`)),
    '',
    '',
  ].join('\n')
}

/** Many apps show the subject again as the first line, in their own markup. */
function isFirst(subject: string, line = ''): boolean {
  return line.replace(/^[#*\s]+|[*\s]+$/g, '') === cleanLine(subject)
}

function indent(line: string): string {
  return cut(`   ${cleanText(line).replace(/[\n\t]/g, ' ')}`)
}

function cut(line: string): string {
  // By code points, so that no character is torn.
  const chars = Array.from(line.slice(0, maxLineLength * 2))
  return chars.length > maxLineLength ? `${chars.slice(0, maxLineLength - 1).join('')}…` : line
}
