/**
 * The last line of a message: the short id of its alert, and how to answer: by links where there is a page,
 * else by the command line.
 */
import type { NotificationItem } from '../model.ts'
import type { Answer } from '../provider/provider.ts'
import type { Locale, Words } from './phrases.ts'

/** What a renderer knows of the ways to answer. */
export interface Answering {
  shortIdOf(id: string): string
  /** The command line reaches this hub. */
  readonly hasCommand: boolean
  /** The address of an alert's page, or of the list without an id; absent if there is no page. */
  readonly addressOf?: (id: string | undefined, locale: Locale) => string
}

export function answerOf(
  items: readonly NotificationItem[],
  { shortIdOf, hasCommand, addressOf }: Answering,
  { answer }: Words,
  locale: Locale,
): Answer | undefined {
  const [item] = items
  if (item === undefined || items.length > 1) {
    if (addressOf === undefined) return undefined
    return { text: '', links: [{ rel: 'details', label: answer.details, url: addressOf(undefined, locale) }] }
  }
  const { alert, reason } = item
  const shortId = shortIdOf(alert.id)
  const named = `${answer.id} ${shortId}`
  const isOver = reason === 'resolved' || alert.state === 'resolved'
  if (addressOf === undefined) {
    const command = ` · npx alert-transport silence ${shortId} 1h`
    return { text: hasCommand && !isOver ? named + command : named, links: [] }
  }
  const url = addressOf(alert.id, locale)
  const details = { rel: 'details', label: answer.details, url } as const
  if (isOver) return { text: named, links: [details] }
  return {
    text: named,
    links: [
      { rel: 'ack', label: answer.acknowledge, url: `${url}&do=ack` },
      { rel: 'silence', label: answer.silence, url: `${url}&do=silence&for=1h` },
      details,
    ],
  }
}
