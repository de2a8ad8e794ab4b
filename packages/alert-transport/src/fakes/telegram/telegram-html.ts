/**
 * Telegram's HTML: few tags, four named entities, everything closed; anything else is refused as a whole.
 * https://core.telegram.org/bots/api#html-style
 */

/** What the server makes of a text. */
export interface ParsedHtml {
  readonly text: string
  /** The text without what stands in code, where no mention is found. */
  readonly outside: string
  /** Ids of users that are mentioned by a link. */
  readonly users: readonly string[]
  /** Why it is refused. */
  readonly problem: string | undefined
}

const tags = [
  'b',
  'strong',
  'i',
  'em',
  'u',
  'ins',
  's',
  'strike',
  'del',
  'code',
  'pre',
  'a',
  'blockquote',
  'tg-spoiler',
]
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }
const token =
  /<(\/?)([a-z][a-z\d-]*)((?:\s[^<>]*)?)>|&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([\da-f]{1,6}));|[^<&]+|[<&]/gi

/** Parses the text; of an invalid one, the part before the error is shown. */
export function parseHtml(source: string): ParsedHtml {
  const open: string[] = []
  const users: string[] = []
  let text = ''
  let outside = ''
  const stop = (problem: string): ParsedHtml => ({ text, outside, users, problem })
  const add = (part: string) => {
    text += part
    if (!open.includes('code') && !open.includes('pre')) outside += part
  }
  for (const match of source.matchAll(token)) {
    const [whole, slash, name, attributes = '', entity, decimal, hex] = match
    const tag = name?.toLowerCase()
    if (tag !== undefined) {
      if (!tags.includes(tag)) return stop(`Unsupported start tag "${tag}" at byte offset ${match.index}`)
      if (slash) {
        if (open.pop() !== tag) return stop(`Unmatched end tag at byte offset ${match.index}`)
      } else {
        open.push(tag)
        const user = /href="tg:\/\/user\?id=(\d+)"/.exec(attributes)?.[1]
        if (tag === 'a' && user !== undefined) users.push(user)
      }
    } else if (entity) add(entities[entity.toLowerCase()] ?? '')
    else if (decimal ?? hex)
      add(String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(decimal ?? hex ?? '', decimal ? 10 : 16))))
    else if (whole === '<') return stop(`Unsupported start tag "" at byte offset ${match.index}`)
    else add(whole)
  }
  const unclosed = open.at(-1)
  return unclosed === undefined
    ? { text, outside, users, problem: undefined }
    : stop(`Can't find end tag corresponding to start tag "${unclosed}"`)
}
