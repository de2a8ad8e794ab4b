/** Grouping accuracy of `keyOf` over rows of `[message, true event]`. */
export function groupingAccuracy(
  rows: readonly (readonly [message: string, event: string])[],
  keyOf: (message: string) => string,
): { readonly accuracy: number; readonly keys: number; readonly events: number }
