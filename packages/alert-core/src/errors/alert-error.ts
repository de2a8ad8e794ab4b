/**
 * The one error class of the library. It is thrown only before start; later, everything is a value, an event
 * or a warning.
 */
import type { AlertErrorCode } from './error-codes.ts'

/**
 * The only error that the library throws. Its `code` is stable, for programs; docs/errors.md lists all codes.
 */
export class AlertError extends Error {
  override readonly name = 'AlertError'
  readonly code: AlertErrorCode

  constructor(code: AlertErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
