/**
 * The code of an error, as Node.js and most libraries give it: 'ENOENT', 'ECONNREFUSED'. Undefined if it has
 * none, or is not an error at all.
 */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
