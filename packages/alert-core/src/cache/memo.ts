/**
 * Remembers what was last worked out for a text. A problem that repeats says the very same again and again,
 * and one that never says the same twice must not pay for the memory: a look costs four characters and a
 * comparison, no hash of the text.
 */

export interface Memo<T> {
  /** What was set for the text, unless another text has taken its place. */
  get(text: string): { readonly value: T } | undefined
  set(text: string, value: T): void
}

const longest = 500

/** Makes a memory of `size` places, a power of two; texts over 500 characters are not kept. */
export function createMemo<T>(size: number): Memo<T> {
  const texts: string[] = new Array(size).fill('')
  const values: ({ readonly value: T } | undefined)[] = new Array(size).fill(undefined)

  function placeOf(text: string): number {
    const { length } = text
    const spread =
      length * 31 +
      text.charCodeAt(0) * 7 +
      text.charCodeAt(length >> 1) * 13 +
      text.charCodeAt((length * 3) >> 2) * 17 +
      text.charCodeAt(length - 1) * 3
    return spread & (size - 1)
  }

  return {
    get(text) {
      const place = placeOf(text)
      return text !== '' && texts[place] === text ? values[place] : undefined
    },
    set(text, value) {
      if (text === '' || text.length > longest) return
      const place = placeOf(text)
      texts[place] = text
      values[place] = { value }
    },
  }
}
