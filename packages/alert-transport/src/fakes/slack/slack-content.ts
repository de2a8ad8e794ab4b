/**
 * What Slack takes as content: the Block Kit limits. Lengths are counted in UTF-16 units of the text as sent.
 * https://docs.slack.dev/reference/block-kit/blocks
 */
import { asList, asObject, asText, isFilled, isObject, type JsonObject } from '../../fake/json.ts'

// Not documented; measured by several users (bolt-js#2509).
const maxBlocksLength = 13_200

/** Slack's word for what is wrong with a message's text, blocks or attachments; undefined if nothing is. */
export function contentProblem(body: JsonObject): string | undefined {
  const { text, blocks, attachments } = body
  if (text !== undefined && typeof text !== 'string') return 'invalid_payload'
  if (attachments !== undefined && !Array.isArray(attachments)) return 'invalid_payload'
  if (blocks !== undefined && !Array.isArray(blocks)) return 'invalid_blocks'
  if (asList(attachments).length > 100) return 'too_many_attachments'
  if (!isFilled(text) && asList(blocks).length === 0 && asList(attachments).length === 0) return 'no_text'
  const all = [...asList(blocks), ...asList(attachments).flatMap((one) => asList(asObject(one)['blocks']))]
  if (all.length > 50 || !all.every(isBlock) || !haveOwnIds(all) || markdownLength(all) > 12_000)
    return 'invalid_blocks'
  return JSON.stringify(all).length > maxBlocksLength ? 'msg_blocks_too_long' : undefined
}

const isBlockByType = new Map<unknown, (block: JsonObject) => boolean>([
  ['section', isSection],
  ['header', ({ text }) => isPlainText(text, 150)],
  ['divider', () => true],
  ['context', ({ elements }) => isListOf(elements, 10, (item) => isText(item, 3000) || isImage(item))],
  ['actions', ({ elements }) => isListOf(elements, 25, isElement)],
  ['image', isImage],
  ['markdown', ({ text }) => isFilled(text)],
  ['rich_text', ({ elements }) => isListOf(elements, 1000, isObject)],
  ['table', ({ rows }) => isListOf(rows, 100, (row) => isListOf(row, 20, isObject))],
  ['input', ({ element }) => isObject(element)],
  ['video', ({ video_url }) => isFilled(video_url)],
  ['file', ({ external_id }) => isFilled(external_id)],
])

function isBlock(block: unknown): boolean {
  if (!isObject(block)) return false
  const id = block['block_id']
  if (id !== undefined && !(isFilled(id) && id.length <= 255)) return false
  return isBlockByType.get(block['type'])?.(block) ?? false
}

function haveOwnIds(blocks: readonly unknown[]): boolean {
  const ids = blocks.map((block) => asObject(block)['block_id']).filter((id) => id !== undefined)
  return new Set(ids).size === ids.length
}

function markdownLength(blocks: readonly unknown[]): number {
  return blocks
    .map(asObject)
    .filter((block) => block['type'] === 'markdown')
    .reduce((sum, block) => sum + asText(block['text']).length, 0)
}

function isSection({ text, fields, accessory }: JsonObject): boolean {
  if (text === undefined && fields === undefined) return false
  if (text !== undefined && !isText(text, 3000)) return false
  if (fields !== undefined && !isListOf(fields, 10, (field) => isText(field, 2000))) return false
  return accessory === undefined || isElement(accessory)
}

function isElement(element: unknown): boolean {
  if (!isObject(element) || !isFilled(element['type'])) return false
  if (element['type'] === 'image') return isImage(element)
  if (element['type'] !== 'button') return true
  const { text, url, value } = element
  if (!isPlainText(text, 75)) return false
  if (url !== undefined && !(isFilled(url) && url.length <= 3000)) return false
  return value === undefined || (isFilled(value) && value.length <= 2000)
}

function isImage(image: unknown): boolean {
  const { type, image_url, slack_file, alt_text } = asObject(image)
  if (type !== 'image' || !isFilled(alt_text) || alt_text.length > 2000) return false
  return isObject(slack_file) || (isFilled(image_url) && image_url.length <= 3000)
}

function isText(value: unknown, maxLength: number): boolean {
  const { type, text } = asObject(value)
  if (type !== 'mrkdwn' && type !== 'plain_text') return false
  return typeof text === 'string' && text.length >= 1 && text.length <= maxLength
}

function isPlainText(value: unknown, maxLength: number): boolean {
  return asObject(value)['type'] === 'plain_text' && isText(value, maxLength)
}

function isListOf(value: unknown, maxItems: number, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length >= 1 && value.length <= maxItems && value.every(isItem)
}
