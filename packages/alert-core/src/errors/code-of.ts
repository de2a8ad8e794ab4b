/**
 * The code of an error, as Node.js and most libraries give it: 'ENOENT', 'ECONNREFUSED'. Undefined if it has
 * none, or is not an error at all.
 */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
