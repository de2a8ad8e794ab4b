/**
 * The defaults of all options: one table for all channels, one table by kind of provider. Checks, plan, JSON
 * Schema and docs read the same tables.
 */

import type { Severity } from '../model.ts'
import type { ProviderKind } from '../provider/provider.ts'
import { type Duration, parseDuration } from '../time/duration.ts'

export const defaults = {
  level: 'error',
  locale: 'en',
  resolveAfter: '15m',
  resolveAfterFor: '2m',
  spikeAtLeast: 10,
  spikeWindows: 6,
  alerts: 1000,
  queue: 200,
  contextBytes: 1_048_576,
  contextLines: 10,
  contextBy: ['requestId', 'traceId'],
  contextMaxBytes: 4_096,
  closeTimeout: '3s',
  runIn: 'worker',
  wait: '5s',
  repeat: '5m',
  repeatMax: '4h',
  max: 10,
  timeout: '10s',
  retryFor: '10m',
  retryFactor: 2,
  retryMax: '60s',
  metricsPort: 9464,
  metricsHost: '127.0.0.1',
  controlHost: '127.0.0.1',
  heartbeatEvery: '1m',
  reloadFileEvery: '2s',
  reloadUrlEvery: '30s',
} as const

/** For which alerts a channel sends that they are resolved: all, only those that were critical, or none. */
export type SendResolved = 'always' | 'critical' | 'never'

/** Defaults that differ by kind of provider. */
export interface KindDefaults {
  readonly minSeverity: Severity
  readonly interval: Duration
  readonly limit: readonly { readonly count: number; readonly per: Duration }[]
  readonly sendResolved: SendResolved
  readonly retryFirst: Duration
  /** The first retry never comes early: mail servers that greylist would count it as another offence. */
  readonly retryExact?: true
  readonly format: 'short' | 'full'
}

const common: KindDefaults = {
  minSeverity: 'info',
  interval: '30s',
  limit: [],
  sendResolved: 'critical',
  retryFirst: '1s',
  format: 'full',
}

export const kindDefaults: Readonly<Record<ProviderKind, KindDefaults>> = {
  console: common,
  chat: { ...common, limit: [{ count: 60, per: '1h' }] },
  email: {
    ...common,
    interval: '1m',
    limit: [{ count: 30, per: '1h' }],
    retryFirst: '30s',
    retryExact: true,
  },
  sms: {
    ...common,
    minSeverity: 'critical',
    interval: '1m',
    limit: [
      { count: 5, per: '1h' },
      { count: 20, per: '1d' },
    ],
    format: 'short',
  },
  incident: { ...common, minSeverity: 'critical', sendResolved: 'always' },
  webhook: { ...common, sendResolved: 'always' },
}

export function ms(duration: Duration): number {
  return parseDuration(duration)!
}

/**
 * The values of one default for all kinds, kinds with equal values together: '1m for email and sms, else
 * 30s'.
 */
export function inWords(show: (of: KindDefaults) => string): string {
  const usual = show(common)
  const others = new Map<string, string[]>()
  for (const [kind, of] of Object.entries(kindDefaults)) {
    const value = show(of)
    if (value !== usual) others.set(value, [...(others.get(value) ?? []), kind])
  }
  const parts = [...others].map(([value, kinds]) => `${value} for ${kinds.join(' and ')}`)
  return [...parts, parts.length > 0 ? `else ${usual}` : usual].join(', ')
}

/** A quota in words: '5/1h and 20/1d'. */
export function limitInWords(limit: KindDefaults['limit']): string {
  return limit.map(({ count, per }) => `${count} per ${per}`).join(' and ') || 'none'
}
