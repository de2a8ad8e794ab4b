/**
 * What the tests know of one provider beside its definition and its fake: one file of this shape for each,
 * `rows/<name>.ts`. Every part has a default but those that the vendor's pages decide; `complete.test.ts`
 * asks for these.
 */

import type { Behaviour } from '#cli/fake/mode.ts'
import type { FakeName } from '#cli/inbox/fake-table.ts'
import type { Inbox } from '#cli/inbox/inbox.ts'
import type { Received } from '#cli/inbox/received.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import type { Change } from './wire.ts'

export type Options = Record<string, unknown>

/** What the contract suite is run with. */
export interface Case {
  /** Default: the one of the table. */
  readonly provider?: ProviderDefinition
  /** Default: the channel options that the inbox shows. */
  readonly options?: (inbox: Inbox) => Options
  /** Default: the fake of the same name; without one nothing is sent, and only what it prints is examined. */
  readonly remote?: Partial<Remote>
  /** What it printed last, if there is no fake to ask. */
  readonly printed?: () => string
  /** Whom it is sent to; default a mail address. */
  readonly to?: readonly string[]
  /**
   * The parts of the usual message that are seen, if there is no room for all: the template of a text
   * message.
   */
  readonly sees?: readonly string[]
}

/** How the fake answers, in the suite's terms. */
export interface Remote {
  /** Default: the one of the same name. */
  readonly fake: FakeName
  /** "Too many requests", and how long it asks to wait at least. Default: a `Retry-After` of 30 seconds. */
  readonly throttled: { readonly behaviour: Behaviour; readonly leastDelayMs: number }
  /** Each means: later. */
  readonly passing: readonly Behaviour[]
  readonly silent: readonly Behaviour[]
  /** Its own "no", each for good. */
  readonly no: readonly Behaviour[]
  /** `null` if each part is cut far below any limit, and a shorter form would lose what it is known by. */
  readonly tooLong: Behaviour | null
  /** Answers of somebody else that stands between. */
  readonly odd: readonly Behaviour[]
  /** Default: every secret option reversed. */
  readonly badCredentials: (options: Options, inbox: Inbox) => Options
  /** What the status 202 alone means: the event was taken. */
  readonly acceptsByStatus?: true
  readonly mentions?: { readonly given: readonly string[]; readonly pinged: readonly string[] }
  /** The provider's text as a reader sees it. */
  readonly shown?: (text: string) => string
}

/**
 * What is said of its options: right ones, what is said if there are none, and changes that make the right
 * ones wrong.
 */
export interface OptionCheck {
  readonly right: object
  readonly missing: readonly RegExp[]
  readonly wrong: readonly (readonly [change: object, said: RegExp | string])[]
}

/** `retry` may say for how long at least, in seconds; `lasting`: the next message would fare the same. */
export type Fate = 'delivered' | 'retry' | `retry ${number}` | 'failed' | 'lasting' | 'too long'

/** Status and body of a reply; a body alone comes with 200. */
export type Reply =
  | string
  | readonly [status: number, body?: string, headers?: Readonly<Record<string, string>>]

/** Replies that the vendor's page lists, and what becomes of the message. */
export interface Replies {
  readonly options: Options
  readonly to?: readonly string[]
  readonly replies: readonly (readonly [reply: Reply, fate: Fate])[]
}

/** Requests with one thing wrong, and the words in which the fake refuses each. */
export interface Refusals {
  readonly to?: readonly string[]
  /** In place of the options that the inbox shows. */
  readonly options?: Readonly<Options>
  readonly requests: readonly (readonly [what: string, change: Change, status: number, words: string])[]
}

/** A body, and the words by the place of the inbox's page where they are shown. */
export type Picture = readonly [
  body: unknown,
  shown: Readonly<Record<string, string>>,
  path?: string,
  headers?: Readonly<Record<string, string>>,
]

export interface ProviderRow extends Case {
  /**
   * The parts of `settings` that must never show in a receipt. Default: the secret options that the inbox
   * shows.
   */
  readonly secrets?: Readonly<Record<string, string>>
  /** What the fake is set up with, beside its own settings. */
  readonly settings?: object
  /** Further runs of the suite, each with other options. */
  readonly others?: Readonly<Record<string, Case>>
  readonly check?: OptionCheck
  readonly replies?: readonly Replies[]
  readonly refuses?: Refusals
  readonly pictures?: readonly Picture[]
  /** Where a request carries the key by which the provider knows a message again. */
  readonly keyOf?: (received: Received) => unknown
}
