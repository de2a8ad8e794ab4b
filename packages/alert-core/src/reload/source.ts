/**
 * Where a document comes from, as the watch sees it: something to ask again and again.
 */

/** The outcome of one look: a new text, nothing new, or why it could not be looked at. */
export type PollResult =
  | { readonly text: string }
  | { readonly unchanged: true }
  /** `delayMs`: when to look again, if not after the usual time. */
  | { readonly failed: string; readonly delayMs?: number }

/** One place. A look may take long (a blocking query); the signal ends it. Never rejects. */
export interface DocumentSource {
  /** Said in warnings; holds no secret. */
  readonly name: string
  /** Between two looks, ms. */
  readonly everyMs: number
  poll(signal: AbortSignal): Promise<PollResult>
}
