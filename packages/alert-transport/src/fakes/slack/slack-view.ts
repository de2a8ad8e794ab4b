/**
 * What Slack's app would show of a message, and whom it would ping. `<…>` in mrkdwn is a link or a mention;
 * plain_text objects are shown as they are. Mentions are read generously: a test that finds none can rely on
 * it.
 */
import type { FakeRequest, View } from '../../fake/exchange.ts'
import { asList, asObject, asText, isFilled, isObject, type JsonObject } from '../../fake/json.ts'
import { slackBody } from './slack-form.ts'

const maxText = 40_000
const maxDepth = 20

/** Their elements follow one another on a line, and bring their own line breaks. */
const inLine = new Set<unknown>(['rich_text_section', 'rich_text_preformatted', 'rich_text_quote'])

interface Shown {
  readonly lines: string[]
  readonly mentions: Set<string>
}

/** The view of a webhook or chat.postMessage body. */
export function slackView(request: FakeRequest): View {
  const body = slackBody(request)
  const sent = asText(body['text'])
  const mentions = new Set<string>()
  // Slack cuts this field without a word.
  const text = readMrkdwn(sent.slice(0, maxText), mentions)
  if (body['link_names'] === true || body['link_names'] === 1 || body['parse'] === 'full')
    for (const [name] of sent.matchAll(/@[\w.-]{1,80}/g)) mentions.add(name)
  const shown: Shown = { lines: [], mentions }
  for (const block of asList(body['blocks'])) showPart(block, shown, 0)
  for (const attachment of asList(body['attachments'])) showAttachment(asObject(attachment), shown)
  const hasBlocks = shown.lines.length > 0
  return {
    // Beside blocks the text is what the notification says.
    ...(hasBlocks && text !== '' && { subject: text }),
    text: hasBlocks ? shown.lines.join('\n') : text,
    mentions: [...mentions],
    bytes: request.raw.length,
    size: sent.length,
    limit: maxText,
    unit: 'characters',
    notes: sent.length > maxText ? [`text was cut at ${maxText} characters`] : [],
  }
}

function showAttachment(attachment: JsonObject, shown: Shown): void {
  for (const key of ['pretext', 'title', 'text']) showMrkdwn(attachment[key], shown)
  for (const field of asList(attachment['fields']).map(asObject)) {
    showMrkdwn(field['title'], shown)
    showMrkdwn(field['value'], shown)
  }
  for (const block of asList(attachment['blocks'])) showPart(block, shown, 0)
  showMrkdwn(attachment['footer'], shown)
}

function showMrkdwn(value: unknown, { lines, mentions }: Shown): void {
  if (isFilled(value)) lines.push(readMrkdwn(value, mentions))
}

function showPart(part: unknown, shown: Shown, depth: number): void {
  if (!isObject(part) || depth > maxDepth) return
  const { type, text } = part
  if (type === 'mrkdwn' || type === 'markdown') {
    showMrkdwn(text, shown)
    return
  }
  if (inLine.has(type)) {
    const inside: Shown = { lines: [], mentions: shown.mentions }
    for (const inner of asList(part['elements']).map(asObject)) {
      // A line break is a text of its own.
      if (inner['type'] === 'text') inside.lines.push(asText(inner['text']))
      else showPart(inner, inside, depth + 1)
    }
    if (inside.lines.length > 0) shown.lines.push(inside.lines.join(''))
    return
  }
  if (type === 'user') shown.mentions.add(`@${asText(part['user_id'])}`)
  if (type === 'usergroup') shown.mentions.add(`!subteam^${asText(part['usergroup_id'])}`)
  if (type === 'broadcast') shown.mentions.add(`!${asText(part['range'])}`)
  if (isFilled(text)) shown.lines.push(text)
  else if (type === 'image') shown.lines.push(asText(part['alt_text']))
  else if (type === 'link') shown.lines.push(asText(part['url']))
  for (const inner of [text, part['title'], part['accessory'], ...listsOf(part)])
    showPart(inner, shown, depth + 1)
}

function listsOf(part: JsonObject): readonly unknown[] {
  return [...asList(part['fields']), ...asList(part['elements']), ...asList(part['rows']).flatMap(asList)]
}

/**
 * Adds the mentions found in mrkdwn and returns it as shown: links as 'label (url)', entities as characters.
 */
function readMrkdwn(source: string, mentions: Set<string>): string {
  const shown = source.replace(/<([^<>]*)>/g, (_whole, inner: string) => {
    const bar = inner.indexOf('|')
    const target = bar < 0 ? inner : inner.slice(0, bar)
    const label = bar < 0 ? '' : inner.slice(bar + 1)
    if (/^[@!]/.test(target)) {
      // <!date^…> is a way to write a time, not a mention.
      if (!target.startsWith('!date^')) mentions.add(target)
      return label || (target.startsWith('@') ? target : `@${target.slice(1)}`)
    }
    return label === '' ? target : `${label} (${target})`
  })
  return shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
