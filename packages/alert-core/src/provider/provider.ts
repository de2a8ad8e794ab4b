/**
 * What a provider is: the code for one API. It holds no loop, no timer, no queue and no retry; it turns one
 * message into one request and the reply into a receipt. Everything else about it is data.
 */

import { once } from '../cache/lazy.ts'
import type { Answered, Notification, Receipt, Severity } from '../model.ts'
import type { Duration } from '../time/duration.ts'
import type { AlertData, CommonData, OtherAlert } from './alert-data.ts'
import type * as z from './light-zod.ts'
import { type Schema as AnySchema, infoOf, informed, type ObjectSchema } from './schema.ts'

/** A fact line of a message: 'requestId  4f1a…', with a link if the options configure one. */
export interface Fact {
  readonly label: string
  readonly value: string
  readonly url?: string
}

/** One alert as words, already redacted, in the channel's language and zone; raw text, not yet escaped. */
export interface AlertCard {
  /** The alert's fingerprint: thread and dedup key. */
  readonly id: string
  readonly severity: Severity
  readonly reason: Notification['reason']
  /** All that it says is how somebody answered. */
  readonly answered?: Answered['type'] | undefined
  /** `[CRITICAL] card gateway timeout ×37` without the service, for lists. */
  readonly title: string
  /**
   * One or two sentences: what kind of notification it is, how often, how long, by what it ended. '' if the
   * title says it all.
   */
  readonly lead: string
  /** What happened: the concise message, when it differs from the title; may have several lines. */
  readonly text: string
  /** Code, own frame, first and last time, requestId, traceId, labels, extra fields: in the order to show. */
  readonly facts: readonly Fact[]
  readonly runbook?: string
  /** The lines that led to it, oldest first. */
  readonly context: readonly string[]
  /** Machine-readable view for webhooks and incident systems; plain JSON, redacted. */
  readonly data: Partial<AlertData>
  /** How people answer this one of several; of one alert, the message says it. */
  readonly answer?: Answer
}

/** The parts of a subject that is not the user's own. */
export interface SubjectParts {
  /** 'ERROR', '已恢复'. */
  readonly tag: string
  /** 'payments prod'; '' if there are none, or several. */
  readonly names: string
  readonly headline: string
  /** ' ×37', or ''. */
  readonly times: string
  /** ' (was WARNING)', or ''. */
  readonly suffix: string
  /** The suffix says only that it still fires. */
  readonly isReminder: boolean
}

/** A remark on the delivery itself. */
export interface Note {
  readonly type: 'late' | 'deferred' | 'fallback'
  readonly text: string
}

/** A link of a message, by what it is for. */
export interface MessageLink {
  readonly rel: 'details' | 'ack' | 'silence' | 'trace' | 'logs' | 'runbook'
  readonly label: string
  readonly url: string
}

/** The last line of a message. */
export interface Answer {
  /**
   * 'ID 3fa0c1', without links followed by the command that silences it. Of several alerts it is the first
   * that fires; '' if none does.
   */
  readonly text: string
  /** The command beside links, for a channel that shows none. */
  readonly command?: string
  /** In the order to show. */
  readonly links: readonly MessageLink[]
}

/** A notification in words, ready for a provider to put into its own syntax. */
export interface Message {
  readonly id: string
  readonly channel: string
  readonly reason: Notification['reason']
  readonly severity: Severity
  /**
   * One line, at most 200 characters, no control characters: `[CRITICAL] payments prod: card gateway timeout
   * ×37`.
   */
  readonly subject: string
  /** What the subject is made of; absent for a user's own. */
  readonly parts?: SubjectParts
  /** When it happened, in the channel's zone, for messages without facts: '11-30', '21:05'. */
  readonly when?: { readonly day: string; readonly time: string }
  /** The lead of a message about several alerts; '' for one alert, whose card has its own. */
  readonly lead: string
  /** For `storm`: what its lead says, apart from the number of lines that follow. */
  readonly storm?: {
    readonly kinds: number
    readonly records: number
    readonly span: string
    /** The first line is there as it is the most severe: others happened more often. */
    readonly worstFirst?: true
    /** Alerts of the message that are not part of the storm, shown before its lines. Absent: none. */
    readonly others?: number
  }
  /** For `digest`: its numbers and alerts, for programs; plain JSON, redacted. */
  readonly digest?: Readonly<Record<string, unknown>>
  /** Shown in full. At the shortest level this is empty and all alerts are in `brief`. */
  readonly cards: readonly AlertCard[]
  /** One line each. */
  readonly brief: readonly string[]
  /** Of a storm, where and when it was met; absent: each card has its own facts. */
  readonly facts?: readonly Fact[]
  /** The alerts without a card as data: more than `brief` has lines, up to 500. */
  readonly others?: readonly OtherAlert[]
  /** What all alerts of the message have in common. */
  readonly common?: CommonData
  /** Alerts that are only counted; > 0 makes `closing` say "and N more". */
  readonly more: number
  /** Last lines: 'and N more', when the next reminder comes, 'late' notes. */
  readonly closing: readonly string[]
  /** Those lines of `closing` that are about the delivery. */
  readonly notes?: readonly Note[]
  /** How people answer; follows the closing lines. Absent: they cannot. */
  readonly answer?: Answer
  /** A user's own body template, filled: replaces cards and brief. */
  readonly body?: string
  /** Whom to @, in the provider's own ids, for this severity. */
  readonly mentions: readonly string[]
  /** Recipients: addresses, numbers; the groups of `to` already resolved. */
  readonly to: readonly string[]
  /** A link worth a button: the page of the alert, the trace, or the runbook. */
  readonly link?: { readonly label: string; readonly url: string }
  /** All links of a message about one alert, of several those to answer them, in the order to show. */
  readonly links?: readonly MessageLink[]
  readonly locale: 'en' | 'zh-CN'
  /** Epoch ms of the decision. */
  readonly at: number
  /** IANA name of the channel's zone; absent: the machine's. */
  readonly timeZone?: string
  /** True on the second try after "too long": use the plainest syntax. */
  readonly plain: boolean
  /** With `plain`: the id of its first alert, which has no card any more. */
  readonly firstAlert?: string
  /** A person tries the channel: nothing is wrong. */
  readonly test?: true
  /** It is a notice of how somebody answered. */
  readonly answered?: Answered['type']
}

/** What a provider gets with the message. */
export interface SendContext {
  readonly fetch: typeof fetch
  /** The proxy for an address, if one applies: for what is not sent by `fetch`. */
  readonly proxyOf?: ((address: string | URL) => string | undefined) | undefined
  /** Aborted at the channel's timeout and at shutdown. Must be passed on. */
  readonly signal: AbortSignal
  /** Epoch ms, for signatures. */
  readonly now: () => number
  /** Attempt number, from 1. */
  readonly attempt: number
  /**
   * Which of the {@link ProviderDefinition.addresses} gets this attempt, from 0: each has its own rate limit.
   */
  readonly address: number
  /**
   * Renders the message as large as the provider takes it: calls `render` on ever shorter versions (context
   * first, then facts, then text, then cards become lines, then "and N more") until it is within `limits`.
   * Size is measured on the string that `render` returns, in UTF-8 bytes for `maxBytes` and in UTF-16 units
   * for `maxChars`.
   */
  readonly fit: (render: (message: Message) => string, limits?: SizeLimits) => string
}

/** The provider's own limits; the source of each number is named in the provider's file. */
export interface SizeLimits {
  readonly maxBytes?: number
  readonly maxChars?: number
}

export interface ProviderLimits extends SizeLimits {
  /** Messages a minute for one address (robot, webhook): the channel's rate limiter. */
  readonly perMinute?: number
  readonly perSecond?: number
}

/** A provider once opened with its options. */
export interface Sender {
  /** One attempt. Resolves with a receipt; a rejection counts as `retry`, and its message is masked. */
  send(message: Message, context: SendContext): Promise<Receipt>
  close?(): void | Promise<void>
}

/** The timing and filter defaults by which kinds of providers differ. */
export type ProviderKind = 'console' | 'chat' | 'email' | 'sms' | 'incident' | 'webhook'

/** A provider's defaults for options that are not set; they beat those of its kind. */
export interface ProviderDefaults {
  readonly minSeverity?: Severity
  readonly repeat?: Duration
  readonly repeatMax?: Duration
  readonly max?: number
}

/** What a provider can do and how it answers: a few words each for the docs table. */
export interface ProviderFacts {
  /** What its limit of size measures: 'the whole body'. */
  readonly size?: string
  /** What a reply must say to count as delivered. */
  readonly success?: string
  /** How it asks to wait, beside a Retry-After header. */
  readonly hint?: string
  /** What becomes of several addresses that do not share the messages. */
  readonly several?: string
  /** Whom `mentions` can name, and how. */
  readonly mention?: string | boolean
  /** How the end of an alert is shown. */
  readonly resolve?: string | boolean
  /** What keeps the messages about one alert together. */
  readonly thread?: string | boolean
  /** Where the message's link is offered for one click. */
  readonly button?: string | boolean
  /** What identifies a second attempt, or a second event of one alert. */
  readonly dedup?: string
}

export interface ProviderDefinition<Schema extends ObjectSchema = ObjectSchema> {
  /** Name for people: 'DingTalk'. */
  readonly title: string
  readonly kind: ProviderKind
  /** For a chat: `robot` if its messages are one Markdown text in a narrow window, which show less of it. */
  readonly family?: 'robot'
  /** The provider's own options. Mark secrets with {@link secret}; give every field a `.describe()`. */
  readonly options: Schema
  readonly limits: ProviderLimits
  readonly defaults?: ProviderDefaults
  /** False if these options need no `to`, although its kind writes to people. */
  readonly reachesPeople?: (options: z.output<Schema>) => boolean
  /** How many addresses of these options share the messages, each with the rate of `limits`; default 1. */
  readonly addresses?: (options: z.output<Schema>) => number
  /**
   * An alert that still fires is sent at each `repeat`, even if it did not occur again: otherwise it would
   * count as over.
   */
  readonly renews?: true
  /**
   * The answers of people of which these options send a notice, where it joins the messages about the alert:
   * in its thread, or as the state of its incident. Default: none.
   */
  readonly notices?: (options: z.output<Schema>) => readonly Answered['type'][]
  readonly supports?: ProviderFacts
  open(options: z.output<Schema>): Sender | Promise<Sender>
}

/**
 * A provider's definition as it is written: its options as a schema, or as a function that makes it when it
 * is first needed.
 */
export interface ProviderInput<Schema extends ObjectSchema = ObjectSchema>
  extends Omit<ProviderDefinition<Schema>, 'options'> {
  readonly options: Schema | (() => Schema)
}

/** Types a provider's definition; the only thing a provider file exports, by default. */
export function defineProvider<Schema extends ObjectSchema>(
  input: ProviderInput<Schema>,
): ProviderDefinition<Schema> {
  const { options } = input
  const schema = once(() => (typeof options === 'function' ? options() : options))
  return {
    ...input,
    get options() {
      return schema()
    },
  }
}

/** Marks an option as secret: masked in errors, events, logs and `check` output. */
export function secret<Schema extends AnySchema>(schema: Schema): Schema {
  return informed(schema, { ...infoOf(schema), secret: true })
}
