/** The public names of alert-core, nothing else. */
export { createHub } from './create-hub.ts'
export type { Explanation } from './explanation.ts'
export type { FlushResult, Hub, HubPorts, Trouble, WireConfig } from './hub.ts'
export { AlertError } from './kernel/errors.ts'
export { createVirtualClock, type VirtualClock } from './kernel/virtual-clock.ts'
export type {
  Alert,
  AlertEvent,
  AlertName,
  ChannelOutlook,
  LogRecord,
  Notification,
  NotificationItem,
  NotToldReason,
  Reason,
  Receipt,
  Severity,
} from './model.ts'
export {
  type AlertOptions,
  assertOptions,
  type ChannelOptions,
  type ChannelPlan,
  checkOptions,
  type Plan,
  type Problem,
  type RuleOptions,
  type SilenceOptions,
} from './options.ts'
export {
  type AlertCard,
  defineProvider,
  type Fact,
  type Message,
  type ProviderDefinition,
  type SendContext,
  type Sender,
  secret,
} from './provider.ts'
export type { ChannelStats, Stats } from './report.ts'
