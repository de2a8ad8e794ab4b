/** Where a command writes, and what stops it. */
export interface CommandIo {
  readonly out: (text: string) => void
  readonly signal: AbortSignal
}

/** The end of a command's help. */
export function exitCodes(text: string): string {
  return `\nExit code: ${text}.\n`
}
