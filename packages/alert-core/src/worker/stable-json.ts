/**
 * JSON in which equal values have equal texts, whatever the order of their keys; what JSON would leave out is not passed over.
 */

/** The text of plain data. Throws on cycles. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'function' || typeof item === 'symbol' || typeof item === 'bigint')
      return `@${typeof item}`
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
