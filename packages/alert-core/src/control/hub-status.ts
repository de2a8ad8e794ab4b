/** What a hub says of itself: plain JSON, redacted. All times are epoch ms. */
import type { Acknowledgement, Severity } from '../model.ts'

export interface HubStatus {
  readonly at: number
  readonly process: { readonly pid: number; readonly host: string }
  readonly service?: string
  readonly env?: string
  readonly release?: string
  /** Where people reach the page. The address alone opens nothing: it is not signed. */
  readonly page?: string
  /** The zone in which to show times, if the options name one. */
  readonly timeZone?: string
  /** What fires, most severe first. */
  readonly alerts: readonly AlertStatus[]
  /** Those that fire beyond `alerts`. */
  readonly more: number
  /** The lives of alerts of the last day, as far as this process has seen them; the latest first. */
  readonly day: readonly AlertLife[]
  readonly silences: readonly SilenceStatus[]
  readonly channels: readonly ChannelStatus[]
}

export interface AlertStatus {
  readonly id: string
  readonly shortId: string
  readonly rule: string
  readonly severity: Severity
  readonly headline: string
  readonly code?: string
  readonly service?: string
  readonly env?: string
  readonly count: number
  readonly firstSeen: number
  readonly lastSeen: number
  readonly acknowledged?: Acknowledgement
  /** A silence keeps all channels from it, until then at least. */
  readonly silenced?: { readonly until: number; readonly release?: string; readonly by?: string }
}

/** An alert from its start to its end. */
export interface AlertLife {
  readonly id: string
  readonly shortId: string
  readonly severity: Severity
  readonly headline: string
  readonly from: number
  /** Absent while it fires. */
  readonly to?: number
}

/** A silence made at run time. */
export interface SilenceStatus {
  readonly id: string
  readonly until: number
  /** When it begins, if it has not. */
  readonly from?: number
  /** The short id of the one alert that it silences. */
  readonly alert?: string
  /** What it matches, as it was given. */
  readonly match: unknown
  readonly release?: string
  readonly by?: string
  readonly comment?: string
}

export interface ChannelStatus {
  readonly name: string
  /** Of its provider: 'Slack'. */
  readonly title: string
  readonly delivered: number
  readonly failed: number
  readonly waiting: number
  /** What became of its last attempt. */
  readonly last?: {
    readonly outcome: 'delivered' | 'retrying' | 'failed'
    readonly at: number
    readonly why?: string
  }
}

/** What can be asked of a hub, and answered to it: from a socket, a page, or the application. */
export interface ControlPort {
  status(): HubStatus | Promise<HubStatus>
  silence(silence: AlertSilence): string | Promise<string>
  unsilence(id: string): boolean | Promise<boolean>
  acknowledge(
    id: string,
    options?: { by?: string; comment?: string; undo?: boolean },
  ): string | Promise<string>
  explain(record: string | object): unknown
}

/** A silence of one alert. */
export interface AlertSilence {
  readonly alert: string
  readonly for?: `${number}h` | `${number}d` | number
  readonly untilRelease?: true
  readonly by?: string
  readonly comment?: string
}
