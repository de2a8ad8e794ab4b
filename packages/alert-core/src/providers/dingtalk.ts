/**
 * DingTalk custom robot: https://open.dingtalk.com/document/robots/custom-robot-access. Every reply is HTTP
 * 200, so success and failure are read from `errcode`; each attempt has a new signature.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { hmacWith } from '../provider/crypto.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { type Dialect, plainDialect, safeHref, subjectWithin, writeMessage } from '../provider/markup.ts'
import {
  asList,
  countGiven,
  endpoint,
  inTurn,
  oneOrMore,
  postAddress,
  secretForEach,
  sharedAmong,
  together,
} from '../provider/option-fields.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { option, preset } from '../provider/schema.ts'
import { breakMentions, cleanLine } from '../text/text.ts'

/** The robot rejects 20 000 bytes; whether it counts the whole body or the text only is not documented. */
const maxBytes = 18_000
const maxSubject = 100

const options = () =>
  z
    .object({
      url: postAddress(
        'Webhook address of the robot; several share the messages',
        (url) =>
          url.hostname === 'oapi.dingtalk.com' && !url.searchParams.get('access_token')
            ? 'lacks access_token=…: copy the whole webhook address of the robot'
            : undefined,
        ['oapi.dingtalk.com'],
      ),
      token: secret(
        option(
          oneOrMore((token) =>
            /^[\w-]+$/.test(token) ? undefined : 'must be the bare access_token; use `url` for an address',
          ),
          'access_token of the robot, in place of `url`; several share the messages',
        ),
      ),
      endpoint: endpoint('https://oapi.dingtalk.com/robot/send', 'Where `token` is sent to'),
      secret: secret(
        option(
          oneOrMore((value) =>
            value === '' ? 'must not be empty: leave it out for a robot without signature' : undefined,
          ),
          'The SEC… of a robot that requires signatures; with several robots a list in the same order',
        ),
      ),
      keyword: option(
        z.string().check(z.minLength(1)),
        'A keyword that the robot requires; appended if it is missing',
      ),
      style: preset(
        z.enum(['markdown', 'actionCard', 'text']),
        'markdown',
        'actionCard adds a button to the trace or runbook; a message that mentions somebody goes as markdown',
      ),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'url', 'token') === 1,
        together('needs either `url` (the webhook address of the robot) or `token` (its access_token)', [
          'url',
        ]),
      ),
      z.refine(...secretForEach('robot', 'url', 'token')),
    )

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'DingTalk',
  kind: 'chat',
  family: 'robot',
  options,
  limits: { maxBytes, perMinute: 20 },
  addresses: sharedAmong('url', 'token'),
  supports: {
    size: 'the body',
    success: '`errcode: 0`',
    hint: '`errcode` 130101, 410100 or its words: 1 to 5 min; 90030: 1 h',
    mention: 'a mobile number, a user id, `all`',
    resolve: 'a message',
    button: '`style: actionCard`',
  },
  open(settings) {
    const urls = [
      ...asList(settings.url),
      ...asList(settings.token).map((token) => withToken(settings.endpoint, token)),
    ]
    const secrets = asList(settings.secret)
    return createHttpSender({
      urls,
      secrets: [...secrets, ...asList(settings.token)],
      write: (_message, context, url) => {
        const key = inTurn(secrets, context.address)
        const body = context.fit((part) => JSON.stringify(writeBody(part, settings)), { maxBytes })
        return { url: key === undefined ? url : signUrl(url, key, context.now()), body }
      },
      toReceipt: (reply, context): Receipt => toDingtalkReceipt(reply, context.attempt),
    })
  },
})

/**
 * The signature that the robot checks: base64 of HMAC-SHA256 over "timestamp\nsecret", keyed with the secret.
 */
export function signDingtalk(key: string, timestampMs: number): string {
  return hmacWith('sha256', key).update(`${timestampMs}\n${key}`).digest('base64')
}

function signUrl(url: string, key: string, timestampMs: number): string {
  const sign = encodeURIComponent(signDingtalk(key, timestampMs))
  return `${url}${url.includes('?') ? '&' : '?'}timestamp=${timestampMs}&sign=${sign}`
}

function withToken(address: string, token: string): string {
  return `${address}${address.includes('?') ? '&' : '?'}access_token=${encodeURIComponent(token)}`
}

function writeBody(message: Message, { style, keyword }: Options): unknown {
  const { at, literal } = readMentions(message.mentions)
  const write = (dialect: Dialect) =>
    withKeyword(writeMessage(message, dialect, { mentions: literal }), keyword)
  if (message.plain || style === 'text') return { msgtype: 'text', text: { content: write(textDialect) }, at }

  const title = cleanLine(subjectWithin(message, maxSubject))
  const text = write(markdownDialect)
  const href = message.link && safeHref(message.link.url)
  // Cards are not known to mention anybody, and reaching a person matters more than a button.
  if (style === 'actionCard' && message.link && href !== undefined && !literal) {
    return {
      msgtype: 'actionCard',
      actionCard: { title, text, singleTitle: message.link.label, singleURL: href },
    }
  }
  return { msgtype: 'markdown', markdown: { title, text }, at }
}

function withKeyword(text: string, keyword: string | undefined): string {
  return keyword === undefined || text.includes(keyword) ? text : `${text}\n\n${keyword}`
}

/** A mention pings only when it stands in `at` and literally in the text. */
function readMentions(mentions: Message['mentions']) {
  const atMobiles: string[] = []
  const atUserIds: string[] = []
  let isAtAll = false
  for (const mention of mentions) {
    const id = mention.replace(/^@/, '').trim()
    if (id === 'all' || id === '所有人') isAtAll = true
    else if (id.startsWith('mobile:')) atMobiles.push(id.slice('mobile:'.length))
    else if (id.startsWith('user:')) atUserIds.push(id.slice('user:'.length))
    else if (/^(?:1\d{10}|\+\d[\d-]{5,17})$/.test(id)) atMobiles.push(id)
    else if (id) atUserIds.push(id)
  }
  const literal = [...atMobiles, ...atUserIds, ...(isAtAll ? ['所有人'] : [])].map((id) => `@${id}`).join(' ')
  return { at: { atMobiles, atUserIds, isAtAll }, literal }
}

const textDialect: Dialect = {
  ...plainDialect,
  escape: breakMentions,
  code: (lines) => plainDialect.code(lines.map(breakMentions)),
}

/**
 * No escape is documented: only what would really start markup gets a backslash, so little is lost if it
 * shows.
 */
function escapeData(data: string): string {
  return breakMentions(data)
    .replace(/[\\`*<]|~(?=~)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/\](?=\()/g, ']\u200b')
    .replace(/^(\s{0,200})(#|>|[-+=]|\d{1,9}[.)](?=\s))/, startOfLine)
}

function startOfLine(_match: string, indent: string, sign: string): string {
  return /^\d/.test(sign) ? `${indent}${sign.slice(0, -1)}\\${sign.slice(-1)}` : `${indent}\\${sign}`
}

const markdownDialect: Dialect = {
  escape: escapeData,
  bold: (markup) => `**${markup}**`,
  link: (markup, href) => `[${markup}](${href})`,
  heading: (markup) => `### ${markup}`,
  code: (lines) => lines.map((line) => `> ${escapeData(line)}`).join('\n\n'),
  // A single line break is swallowed by some clients.
  newline: '\n\n',
  gap: '\n\n',
  item: (markup) => `- ${markup}`,
}

const busy = -1
const throttled = [130101, 410100]
/** The robot's quota of the day or month. */
const quota = 90030
const tooLong = [460101, 101002]
/** The token or the robot is gone: no message passes until a person fixes it. */
const lasting = [300001, 300005, 400013, 400101, 400102, 400106]

/** Words of `errmsg`, and what to do about each. */
const cures: readonly (readonly [RegExp, string])[] = [
  [/keywords? not in content/i, 'set `keyword` to one of the keywords of the robot'],
  [/sign not match/i, 'set `secret` to the SEC… of this robot'],
  [/invalid timestamp/i, 'the clock of this machine is wrong by more than an hour'],
  [/not in whitelist/i, "add this machine's address to the list of the robot"],
  [/token is not exist/i, 'the access_token is wrong or the robot was removed'],
]

/**
 * The receipt for a reply at the given attempt (from 1), by its `errcode`. Codes have changed over the years,
 * so throttling is also recognized by its words. Any other code means failed.
 */
function toDingtalkReceipt(reply: HttpReply, attempt: number): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered') return byStatus
  const { errcode, errmsg } = readObject(reply)
  if (errcode === 0) return byStatus
  if (typeof errcode !== 'number') return failUnknown(reply, 'DingTalk')

  const said = quote(errmsg)
  const why = `DingTalk answered errcode ${errcode}: ${said}`
  if (throttled.includes(errcode) || /too fast|frequen|rate limit|限流|频繁/i.test(said)) {
    // It blocks the robot for about ten minutes; the `wait` in its reply is unreliable.
    return { status: 'retry', why, delayMs: 60_000 * Math.min(attempt, 5) }
  }
  // Longer than a message may wait: the fallback takes over at once.
  if (errcode === quota) return { status: 'retry', why, delayMs: 3_600_000 }
  if (errcode === busy) return { status: 'retry', why }
  if (tooLong.includes(errcode) || /too long|exceed \d+ bytes/i.test(said))
    return { status: 'failed', why, tooLong: true }
  const cure = cures.find(([words]) => words.test(said))?.[1]
  return {
    status: 'failed',
    why: cure ? `${why} (${cure})` : why,
    ...(lasting.includes(errcode) && { lasting: true }),
  }
}
