export interface LibraryFormat {
  readonly library: string
  readonly format: string
  /** Messages of this format, which differ in their values only. */
  readonly messages: readonly string[]
}

/** All formats, each with `size` messages of it: the same for the same `size`. */
export function libraryMessages(size?: number): readonly LibraryFormat[]

/** The problems of the runs, each with its messages. */
export function libraryRuns(): readonly LibraryFormat[]

/** The shares of formats that have a key in common with another, and that have more than one key. */
export function errorRates(
  formats: readonly LibraryFormat[],
  keyOf: (message: string) => string,
): {
  readonly merged: number
  readonly split: number
  readonly shared: readonly { readonly key: string; readonly formats: readonly string[] }[]
  readonly splits: readonly { readonly format: string; readonly keys: readonly string[] }[]
}
