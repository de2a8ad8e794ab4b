/**
 * Text with marks in it (`*bold*`, `[label](address)`, `<@U1>`) as nodes. A dialect is a list of rules; each
 * is tried at its first character. Bounded: rules look at most 2 000 characters ahead, six levels
 * deep.
 */
import { add, h, link } from '../dom.js'

const maxAhead = 2_000
const maxDepth = 6

/**
 * What stands between two equal marks: `mark('**', 'strong')`. `words` forbids it inside a word, as for `_`.
 */
export function mark(sign, tag, { words = false } = {}) {
  return {
    first: sign[0],
    read(text, at, nest) {
      if (!text.startsWith(sign, at) || (words && isWord(text[at - 1]))) return undefined
      const from = at + sign.length
      if (isSpace(text[from])) return undefined
      for (
        let to = text.indexOf(sign, from + 1);
        to > 0 && to - from < maxAhead;
        to = text.indexOf(sign, to + 1)
      ) {
        const end = to + sign.length
        if (isSpace(text[to - 1]) || text[to - 1] === '\\' || (words && isWord(text[end]))) continue
        // `**a**` is no `*…*`: a doubled sign belongs to the longer mark.
        if (sign.length === 1 && (text[end] === sign || text[from] === sign)) return undefined
        return { end, node: h(tag, null, nest(text.slice(from, to))) }
      }
      return undefined
    },
  }
}

/** `code`: nothing inside it means anything. */
export const code = {
  first: '`',
  read(text, at) {
    const ticks = /`+/y
    ticks.lastIndex = at
    const fence = ticks.exec(text)[0]
    const from = at + fence.length
    const to = text.indexOf(fence, from)
    if (to <= from || to - from > maxAhead) return undefined
    return { end: to + fence.length, node: h('code', null, text.slice(from, to)) }
  },
}

/** `[label](address)`, and `![alt](address)` as the words that stand for the picture. */
export const bracketLink = {
  first: '[',
  read(text, at, nest) {
    const shape = /\[((?:[^[\]\\\n]|\\.){0,1000})\]\(\s*<?([^\s()<>]{1,2000})>?(?:\s+"[^"\n]{0,200}")?\s*\)/y
    shape.lastIndex = at
    const match = shape.exec(text)
    return match && { end: shape.lastIndex, node: link(match[2], nest(match[1])) }
  },
}
export const picture = {
  first: '!',
  read(text, at) {
    const shape = /!\[([^[\]\n]{0,1000})\]\(([^\s()]{1,2000})\)/y
    shape.lastIndex = at
    const match = shape.exec(text)
    return (
      match && {
        end: shape.lastIndex,
        node: link(match[2], h('span', { class: 'picture' }, match[1] || match[2])),
      }
    )
  },
}

/** A backslash makes the sign behind it a plain one. */
export const backslash = {
  first: '\\',
  read(text, at) {
    const next = text[at + 1]
    return next !== undefined && /[!-/:-@[-`{-~]/.test(next) ? { end: at + 2, node: next } : undefined
  },
}

/** A bare web address. */
export const bareLink = {
  first: 'h',
  read(text, at) {
    const shape = /https?:\/\/[^\s<>"'`\\^{|}]{1,1500}/y
    shape.lastIndex = at
    const found = shape.exec(text)?.[0].replace(/[.,;:!?)\]*_~]+$/, '')
    return found && !isWord(text[at - 1]) && { end: at + found.length, node: link(found, found) }
  },
}

/** A rule from an anchored-by-`y` pattern and what to make of its match. */
export function pattern(first, shape, make) {
  const sticky = new RegExp(shape.source, `${shape.flags}y`)
  return {
    first,
    read(text, at, nest) {
      sticky.lastIndex = at
      const match = sticky.exec(text)
      if (match === null) return undefined
      const node = make(match, nest)
      return node === undefined ? undefined : { end: at + match[0].length, node }
    },
  }
}

/** Somebody who is mentioned. */
export const mention = (name) => h('span', { class: 'mention' }, name)

/** The nodes of one run of text; `decode` is applied to what is plain text (entities). */
export function inline(text, rules, decode = (plain) => plain, depth = 0) {
  const byFirst = Map.groupBy(rules, ({ first }) => first)
  const nodes = []
  let plain = ''
  const nest = (inner) => (depth < maxDepth ? inline(inner, rules, decode, depth + 1) : [decode(inner)])
  const flush = () => {
    if (plain !== '') nodes.push(decode(plain))
    plain = ''
  }
  for (let at = 0; at < text.length; ) {
    let found
    for (const rule of byFirst.get(text[at]) ?? []) {
      found = rule.read(text, at, nest) || undefined
      if (found !== undefined) break
    }
    if (found === undefined) {
      plain += text[at]
      at += 1
      continue
    }
    flush()
    nodes.push(found.node)
    at = found.end
  }
  flush()
  return nodes
}

/** Lines of one paragraph: each line end is a break. */
export function withBreaks(text, rules, decode) {
  return inline(
    text,
    [...rules, { first: '\n', read: (_text, at) => ({ end: at + 1, node: h('br') }) }],
    decode,
  )
}

/** A block of text whose line ends are kept by the style sheet. */
export const plainText = (text) => h('div', { class: 'plain' }, text)

/** Nodes as a fragment. */
export const fragment = (nodes) => add(document.createDocumentFragment(), nodes)

const isSpace = (char) => char === undefined || /\s/.test(char)
const isWord = (char) => char !== undefined && /[\p{L}\p{N}_]/u.test(char)
