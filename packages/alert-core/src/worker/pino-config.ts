/**
 * How a pino logger names things, as it tells its destinations with a message of its own.
 */
import type { WireConfig } from '../hub/hub-types.ts'

interface PinoConfig {
  readonly code: 'PINO_CONFIG'
  readonly config: {
    readonly levels?: { readonly values?: Record<string, number> }
    readonly messageKey?: string
    readonly errorKey?: string
  }
}

/** The names in pino's message; `undefined` where it is another message. */
export function wireOf(message: unknown): WireConfig | undefined {
  if (!isPinoConfig(message)) return undefined
  const { levels, messageKey, errorKey } = message.config
  return { levels: levels?.values, messageKey, errorKey }
}

function isPinoConfig(message: unknown): message is PinoConfig {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as PinoConfig).code === 'PINO_CONFIG' &&
    typeof (message as PinoConfig).config === 'object'
  )
}
