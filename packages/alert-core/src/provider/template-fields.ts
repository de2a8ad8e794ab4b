/**
 * The variables of an approved template, filled from an alert: text messages in China carry nothing else.
 * What carriers reject inside a variable (addresses, line breaks, too much text) is removed.
 */

import { getPath } from '../text/get-path.ts'
import { fillTemplate } from '../text/template.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import * as z from './light-zod.ts'
import type { Message } from './provider.ts'

const names = [
  'subject',
  'severity',
  'service',
  'env',
  'headline',
  'tag',
  'stateText',
  'lead',
  'time',
  'text',
  'latestMessage',
  'code',
  'count',
  'others',
  'rule',
  'key',
  'state',
  'reason',
  'location',
  'id',
  'firstSeen',
  'lastSeen',
  'requestId',
  'traceId',
  'channel',
] as const
const ofAlert = /^(?:labels|fields|error)\.\S+$/
const placeholders = /\{([^{}]+)\}/g

/** A field's name ('service', 'labels.team'), or a text with `{field}` placeholders. */
export const templateField = () =>
  z
    .string()
    .check(
      z.refine(
        (text) => fieldsOf(text).length > 0 && fieldsOf(text).every(isField),
        `must be a field of the alert or a text with {field}; fields are ${names.join(', ')}, labels.…, error.…, fields.…`,
      ),
    )

export interface VariableLimits {
  readonly maxChars: number
}

/** The value of one variable; never empty, since an empty one is rejected as missing. */
export function fillVariable(template: string, message: Message, { maxChars }: VariableLimits): string {
  const text = template.includes('{') ? template : `{${template}}`
  const filled = fillTemplate(text, (path) => fieldOf(message, path))
  return cutChars(withoutAddresses(cleanLine(filled)), maxChars).trim() || '-'
}

function fieldsOf(text: string): string[] {
  return text.includes('{') ? [...text.matchAll(placeholders)].map(([, name]) => name ?? '') : [text]
}

function isField(name: string): boolean {
  return names.some((one) => one === name) || ofAlert.test(name)
}

function fieldOf(message: Message, path: string): unknown {
  const { cards, brief, more, subject, severity, channel } = message
  const [card] = cards
  switch (path) {
    case 'subject':
      return subject
    case 'severity':
      return severity
    case 'channel':
      return channel
    case 'others':
      return Math.max(0, cards.length + brief.length + more - 1)
    case 'text':
      return message.body ?? (card?.text || subject)
    case 'headline':
      return card?.data.headline ?? (card?.title ?? subject).replace(/^\[[^\]]*\] /, '')
    case 'tag':
      return message.parts?.tag ?? severity
    case 'stateText':
      return stateWords[message.locale][message.reason === 'resolved' ? 'resolved' : 'firing']
    case 'lead':
      return message.lead || card?.lead
    case 'time':
      return message.when && `${message.when.day} ${message.when.time}`
    default:
      return getPath(card?.data, path)
  }
}

const stateWords = {
  en: { firing: 'Firing', resolved: 'Resolved' },
  'zh-CN': { firing: '告警中', resolved: '已恢复' },
} as const

/** Removes links and replaces the dots of hosts and addresses by dashes, so that they can still be read. */
function withoutAddresses(text: string): string {
  return text
    .replace(/\p{Extended_Pictographic}(?:\u200d\p{Extended_Pictographic}|\ufe0f)*/gu, '')
    .replace(/\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'<>()]+/gi, '')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}\b/gi, (host) =>
      host.replaceAll('.', '-'),
    )
    .replace(/\s+/g, ' ')
}
