/**
 * Reads the body of a reply that may be endless, slow, or a compression bomb.
 */

/**
 * `whole` is false if the reply was cut off by the server or by `aborted`, and true if it was cut at the
 * limit.
 */
export interface Body {
  readonly text: string
  readonly whole: boolean
}

/** Reads at most `maxBytes`, until the end or until `aborted` resolves, then releases the connection. */
export async function readBounded(
  body: Response['body'],
  maxBytes: number,
  aborted: Promise<undefined>,
): Promise<Body> {
  if (!body) return { text: '', whole: true }
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  try {
    while (left > 0) {
      const chunk = await Promise.race([reader.read(), aborted])
      if (!chunk) return { text, whole: false }
      if (chunk.done) return { text: text + decoder.decode(), whole: true }
      const bytes: Uint8Array = chunk.value.subarray(0, left)
      text += decoder.decode(bytes, { stream: true })
      left -= bytes.length
    }
    return { text, whole: true }
  } catch {
    return { text, whole: false }
  } finally {
    reader.cancel().catch(() => {})
  }
}
