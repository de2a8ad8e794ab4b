/**
 * Where a document comes from: a source that is polled.
 */

/** The result of one poll: a new text, nothing new, or why it failed. */
export type PollResult =
  | { readonly text: string }
  | { readonly unchanged: true }
  /** `delayMs`: the pause until the next poll, if not the usual one. */
  | { readonly failed: string; readonly delayMs?: number }

/** One source. A poll may take long (a blocking query); the signal ends it. Never rejects. */
export interface DocumentSource {
  /** For warnings; contains no secret. */
  readonly name: string
  /** Between two polls, ms. */
  readonly everyMs: number
  poll(signal: AbortSignal): Promise<PollResult>
}
