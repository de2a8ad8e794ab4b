/**
 * The one error class and the table of its codes. Errors are thrown only before start, on the caller's thread;
 * everything later is a value or an event.
 */

/** Every code with the sentence that explains it; the reference page is generated from this table. */
export const errorCodes = {
  ALERT_OPTIONS_INVALID: 'One or more options are wrong; the message names each by its path.',
  ALERT_SILENCE_INVALID: 'A silence made at run time is wrong; the message names what by its path.',
} as const satisfies Record<string, string>

export type AlertErrorCode = keyof typeof errorCodes

/** The only error that the library throws; `code` is one of {@link errorCodes} and survives translation. */
export class AlertError extends Error {
  override readonly name = 'AlertError'
  readonly code: AlertErrorCode

  constructor(code: AlertErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
