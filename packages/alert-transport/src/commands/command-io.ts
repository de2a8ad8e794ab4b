/** Where a command writes, and what stops it. */
export interface CommandIo {
  readonly out: (text: string) => void
  readonly signal: AbortSignal
}
