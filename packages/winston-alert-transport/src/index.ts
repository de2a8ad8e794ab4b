/** The public names of winston-alert-transport, nothing else. */
export type {
  AlertEvent,
  AlertOptions,
  Explanation,
  FlushResult,
  SilenceOptions,
  Stats,
} from 'alert-core'
export { AlertError } from 'alert-core/adapter'
export { AlertTransport, AlertTransport as default } from './callable.ts'
export type { AlertTransportOptions } from './options.ts'
