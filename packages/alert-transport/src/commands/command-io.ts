/** Where a command writes, and what stops it. */
export interface CommandIo {
  readonly out: (text: string) => void
  readonly signal: AbortSignal
  /** What `watch` reads; default: standard input. */
  readonly input?: AsyncIterable<Buffer>
  /** Where it says what it noticed; default: standard error. */
  readonly note?: (text: string) => void
  /** Takes the exit code of a command that has ended well and is to end with another one than 0. */
  readonly exit?: (code: number) => void
}

/** The end of a command's help. */
export function exitCodes(text: string): string {
  return `\nExit code: ${text}.`
}
