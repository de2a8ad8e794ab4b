/** The public names of alert-core, nothing else. */

export { askHubs, askRedis, type RedisPlace } from './control/ask-hubs.ts'
export type { ControlAnswer, ControlRequest } from './control/control.ts'
export { type ControlHandler, type Controlled, controlHandler } from './control/control-handler.ts'
export type { AlertLife, AlertStatus, ChannelStatus, HubStatus, SilenceStatus } from './control/hub-status.ts'
export { signLink } from './control/link-token.ts'
export type { SocketAnswer, SocketQuestion } from './control/serve-socket.ts'
export { statusPage } from './control/status-page.ts'
export { AlertError } from './errors/alert-error.ts'
export type { AlertInput } from './hub/alert-input.ts'
export type { AcknowledgeOptions, SilenceRequest } from './hub/answer-types.ts'
export { createHub } from './hub/create-hub.ts'
export type { Explanation } from './hub/explain.ts'
export type { FlushResult, Hub, HubPorts, WireConfig } from './hub/hub-types.ts'
export type { ChannelStats, Stats } from './hub/stats.ts'
export type {
  Acknowledgement,
  Alert,
  AlertEvent,
  AlertName,
  ChannelPreview,
  LogRecord,
  Notification,
  NotificationItem,
  Reason,
  Receipt,
  Severity,
  SuppressedReason,
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
  type RuleWarning,
  ruleWarnings,
  type SilenceOptions,
  type WrittenOptions,
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
} from './provider/provider.ts'
export { type Rotation, type Turn, turnsFrom } from './render/on-call.ts'
export { createZone, type Zone } from './time/time-text.ts'
export { createVirtualClock, type VirtualClock } from './time/virtual-clock.ts'
