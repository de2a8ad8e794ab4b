/** How people answer while a hub runs: what they give. */
import type { SilenceOptions } from '../options.ts'
import type { Duration } from '../time/duration.ts'

/** A silence made at run time: of what `match` takes, or of one alert. */
export interface SilenceRequest {
  readonly match?: SilenceOptions['match']
  /** In place of `match`: the id of an alert that fires, or at least its first four digits. */
  readonly alert?: string
  readonly from?: SilenceOptions['from']
  /** One of `until`, `for` and `untilRelease`. */
  readonly until?: SilenceOptions['until']
  readonly for?: Duration
  /** Until the application starts with another `release`, at most 30 days. */
  readonly untilRelease?: true
  readonly schedules?: SilenceOptions['schedules']
  readonly comment?: string
  /** Who makes it. */
  readonly by?: string
}

export interface AcknowledgeOptions {
  /** Who takes the alert on. */
  readonly by?: string
  readonly comment?: string
  /** Takes the acknowledgement back. */
  readonly undo?: boolean
}
