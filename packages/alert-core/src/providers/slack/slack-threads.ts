/**
 * Slack by token: later messages about an alert go into the thread of its first one, and that message changes
 * its colour and headline when the alert gets worse or ends.
 * https://docs.slack.dev/reference/methods/chat.postMessage
 *
 *   first ─ post           again ─ reply           worse, over ─ update the first message, then reply
 *
 * Updating comes first: it can be repeated without harm when the reply then fails.
 */
import { createLru } from '../../cache/lru.ts'
import { classify } from '../../http/classify.ts'
import type { HttpReply } from '../../http/request.ts'
import type { Receipt } from '../../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../../provider/http-sender.ts'
import { colourOf } from '../../provider/palette.ts'
import type { AlertCard, Message, Sender } from '../../provider/provider.ts'
import { escapeSlack } from '../../text/text.ts'
import { writeHeader } from './slack-blocks.ts'
import { writeSlack } from './slack-body.ts'
import { shrinkable } from './slack-reply.ts'

/** Where and as whom to write. */
export interface SlackThreadsPlan {
  readonly token: string
  /** An id, or '#name'. */
  readonly channel: string
  /** Address of the Web API, without a slash at the end. */
  readonly api: string
}

/** The first message about one or several alerts. */
interface Root {
  /** The id that Slack answered with, which updates want; the option may be a name. */
  readonly channel: string
  readonly ts: string
  readonly isAlone: boolean
  /** Alerts of it that are not over. */
  readonly open: Set<string>
  /** It shows that somebody acknowledged or silenced its alert. */
  isAnswered?: boolean
  /** As it stands in the channel, JSON; absent if it cannot be changed. */
  body?: string
}

/** Alerts whose first message is remembered, 12 kB each at most. */
const maxAlerts = 300
const maxUpdates = 10
/** It was deleted, or cannot have replies. */
const lost = ['message_not_found', 'thread_not_found', 'invalid_thread_ts', 'cannot_reply_to_message']

/** A sender that remembers, until it is closed, the first message about each alert. */
export function createSlackThreads({ token, channel, api }: SlackThreadsPlan): Sender {
  const roots = createLru<string, Root>(maxAlerts)
  const headers = { authorization: `Bearer ${token}` }

  const forget = (id: string) => {
    roots.get(id)?.open.delete(id)
    roots.delete(id)
  }

  /** The thread that all alerts of the message share, if it has no new alert. */
  const threadOf = ({ cards, brief, more }: Message): Root | undefined => {
    const [first, ...others] = cards.map((card) => (isNews(card) ? undefined : roots.get(card.id)))
    return brief.length === 0 && more === 0 && others.every((one) => one === first) ? first : undefined
  }

  const remember = (
    { cards, brief, more }: Message,
    thread: Root | undefined,
    posted: Pick<Root, 'channel' | 'ts' | 'body'>,
  ) => {
    const firing = cards.filter((card) => card.reason !== 'resolved')
    if (thread === undefined) {
      const own = firing.filter((card) => isNews(card) || !roots.has(card.id)).map((card) => card.id)
      const root: Root = { ...posted, isAlone: cards.length + brief.length + more === 1, open: new Set(own) }
      for (const id of own) {
        forget(id)
        roots.set(id, root)
      }
    }
    for (const card of cards) if (card.reason === 'resolved') forget(card.id)
  }

  const post = createHttpSender({
    urls: [`${api}/chat.postMessage`],
    secrets: [token],
    write(message, { fit }) {
      const thread = threadOf(message)
      const place =
        thread === undefined
          ? { channel }
          : {
              channel: thread.channel,
              thread_ts: thread.ts,
              // An escalation concerns more people than those who follow the thread.
              ...(message.reason === 'escalated' && { reply_broadcast: true }),
            }
      return {
        headers,
        body: writeSlack(message, fit, { ...place, unfurl_links: false, unfurl_media: false }),
      }
    },
    toReceipt(reply, _context, { message, body }) {
      const receipt = toApiReceipt(reply)
      const { channel: id, ts, error } = readObject(reply)
      const thread = threadOf(message)
      if (receipt.status === 'delivered')
        remember(message, thread, { channel: String(id), ts: String(ts), body })
      if (thread === undefined || receipt.status !== 'failed' || !lost.includes(String(error))) return receipt
      for (const card of message.cards) forget(card.id)
      return { status: 'retry', why: `${receipt.why}: it will be sent again as a new message` }
    },
  })

  return {
    async send(message, context) {
      for (const { root, body, isAnswered } of changesOf(message, roots.get).slice(0, maxUpdates)) {
        let error: unknown
        const update = createHttpSender({
          urls: [`${api}/chat.update`],
          secrets: [token],
          write: () => ({ headers, body }),
          toReceipt: (reply) => {
            error = readObject(reply)['error']
            return toApiReceipt(reply)
          },
        })
        const receipt = await update.send(message, context)
        if (receipt.status === 'retry') return receipt
        root.isAnswered = isAnswered
        if (receipt.status === 'delivered') root.body = body
        // It may be too old to be changed; the state of the alert is sent all the same.
        else delete root.body
        if (lost.includes(String(error))) for (const id of root.open) forget(id)
      }
      return post.send(message, context)
    },
    close: () => roots.clear(),
  }
}

/** An earlier alert with the same fingerprint has ended: a new one is not hidden in its thread. */
function isNews({ reason }: AlertCard): boolean {
  return reason !== 'repeat' && reason !== 'escalated' && reason !== 'resolved'
}

interface Change {
  readonly root: Root
  readonly body: string
  readonly isAnswered: boolean
}

/** The first messages that look different from now on, each with its new body. */
function changesOf(message: Message, rootOf: (id: string) => Root | undefined): Change[] {
  const isOver = new Set(message.cards.filter(({ reason }) => reason === 'resolved').map(({ id }) => id))
  const changed = new Map<Root, AlertCard>()
  for (const card of message.cards) {
    const root = rootOf(card.id)
    if (root === undefined) continue
    const isEnd = card.reason === 'resolved' && [...root.open].every((id) => isOver.has(id))
    // The answer to one alert of several says nothing of the others.
    const isAnswer = card.answered !== undefined && root.isAlone
    const isReopened = root.isAnswered === true && card.reason !== 'resolved' && card.answered === undefined
    if (card.reason === 'escalated' || isEnd || isAnswer || isReopened) changed.set(root, card)
  }
  return [...changed].flatMap(([root, card]) => {
    const subject = message.cards.length === 1 ? message.subject : card.title
    const body = root.body && repaint(root, root.body, subject, card)
    return body ? [{ root, body, isAnswered: card.answered !== undefined }] : []
  })
}

/**
 * Only colour and headline change: what led to it stays to be read. Plain text has neither, and stays as it
 * is.
 */
function repaint(root: Root, sent: string, subject: string, card: AlertCard): string | undefined {
  const { text, blocks, attachments } = JSON.parse(sent) as {
    text: string
    blocks?: readonly { readonly text: { readonly text: string } }[]
    attachments?: readonly object[]
  }
  const [header, ...others] = blocks ?? []
  if (header === undefined) return undefined
  const check = card.reason === 'resolved' ? '✔ ' : ''
  const said = root.isAlone ? subject : check + header.text.text.replace(/^✔ /, '')
  return JSON.stringify({
    channel: root.channel,
    ts: root.ts,
    text: root.isAlone ? escapeSlack(subject) : check + text,
    blocks: [writeHeader(said), ...others],
    ...(attachments && { attachments: attachments.map((one) => ({ ...one, color: colourOf(card) })) }),
  })
}

const passing = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'rollup_error']
const throttled = ['ratelimited', 'rate_limited']

/** Errors that concern every message, with what to do. */
const cures: Readonly<Record<string, string>> = {
  invalid_auth: 'the token is wrong',
  not_authed: 'the token is missing',
  account_inactive: 'the app was removed from the workspace: install it again',
  token_revoked: 'the token was revoked: install the app again',
  token_expired: 'the token expired: use one without token rotation',
  missing_scope: 'give the app the scope chat:write, and install it again',
  channel_not_found: 'check `channel`; into a private one the app must be invited',
  not_in_channel: 'invite the app: /invite in that channel',
  is_archived: 'the channel is archived',
  restricted_action: 'the workspace does not let the app write there',
}

/** The receipt: HTTP 200 says nothing, only `ok` with the timestamp of a message is delivered. */
function toApiReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered') return byStatus
  const { ok, ts, error } = readObject(reply)
  if (ok === true && typeof ts === 'string') return byStatus
  if (ok !== false || typeof error !== 'string') return failUnknown(reply, 'Slack')

  const why = `Slack answered ${quote(error)}`
  if (throttled.includes(error)) return { status: 'retry', why, delayMs: reply.retryAfterMs ?? 30_000 }
  if (passing.includes(error)) return { status: 'retry', why }
  if (shrinkable.includes(error)) return { status: 'failed', why, tooLong: true }
  const cure = Object.hasOwn(cures, error) ? cures[error] : undefined
  return cure === undefined
    ? { status: 'failed', why }
    : { status: 'failed', why: `${why} (${cure})`, lasting: true }
}
