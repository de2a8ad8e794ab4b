/**
 * One colour for each severity, for the channels that can show one.
 */
import type { Message } from './provider.ts'

const colours = { critical: '#B3261E', error: '#D93025', warning: '#F29900', info: '#1A73E8' } as const
const resolved = '#188038'
const grey = '#5F6368'

/** The colour of a message as '#RRGGBB': by severity, green once it is over, grey for a test or an answer. */
export function colourOf(message: Pick<Message, 'reason' | 'severity' | 'test' | 'answered'>): string {
  if (message.test || message.answered) return grey
  return message.reason === 'resolved' ? resolved : colours[message.severity]
}
