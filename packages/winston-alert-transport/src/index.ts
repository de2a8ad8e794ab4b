/** The public names of winston-alert-transport, nothing else. */
export {
  AlertError,
  type AlertEvent,
  type AlertOptions,
  type Explanation,
  type FlushResult,
  type SilenceOptions,
  type Stats,
} from 'alert-core'
export { AlertTransport } from './alert-transport.ts'
export type { AlertTransportOptions } from './options.ts'
