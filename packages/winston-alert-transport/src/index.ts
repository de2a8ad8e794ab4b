/** The public names of winston-alert-transport, nothing else. */
export type {
  AcknowledgeOptions,
  AlertEvent,
  AlertOptions,
  Explanation,
  FlushResult,
  HubStatus,
  SilenceOptions,
  SilenceRequest,
  Stats,
} from 'alert-core'
export { AlertError, controlHandler } from 'alert-core/adapter'
export { AlertTransport, AlertTransport as default } from './callable.ts'
export type { AlertTransportOptions } from './winston-options.ts'
