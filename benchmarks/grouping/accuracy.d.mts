/** Grouping accuracy of `keyOf` over rows of `[message, true event]`. */
export function groupingAccuracy(
  rows: readonly (readonly [message: string, event: string])[],
  keyOf: (message: string) => string,
): { readonly accuracy: number; readonly keys: number; readonly events: number }

/** The key of the alert that each message is counted under at the end, in order. */
export function mergedKeys(
  messages: readonly string[],
  parameterize: (message: string) => string,
  createTracker: typeof import('#core/alerts/tracker.ts').createTracker,
): readonly string[]
