/**
 * What a record is counted as under the rule that took it: its key, severity, labels and words. The record's
 * own `alert` field beats the rule.
 */

import { fingerprint, recordKey } from '../fingerprint/fingerprint.ts'
import {
  type AlertDirective,
  type LogRecord,
  type Occurrence,
  type Severity,
  severityRank,
} from '../model.ts'
import { severityOfLevel } from '../read/record-field.ts'
import type { CompiledRule, RulePlan } from './compiled-rule.ts'
import type { GetField } from './match.ts'

/** What a record counts as under a rule; `get` reads its fields. */
export function occurrenceOf(
  record: LogRecord,
  rule: CompiledRule,
  alert: AlertDirective | undefined,
  action: Occurrence['action'],
  get: GetField,
): Occurrence {
  const code = alert?.code ?? rule.code
  const allLabels = rule.labelsOf(record, alert?.labels)
  const key = alert?.key ?? keyOf(rule, record, code, get)
  const { id, key: readable } = fingerprint({ labels: allLabels, rule: rule.name, key })
  const occurrence: { -readonly [Name in keyof Occurrence]: Occurrence[Name] } = {
    id,
    rule: rule.name,
    key: readable,
    severity: alert?.severity ?? (rule.isAbsent ? ownSeverity(rule) : severityOf(rule, record)),
    action,
    record,
    labels: allLabels,
    resolveAfterMs: rule.resolveAfterMs,
  }
  const summary = alert?.summary ?? rule.summary
  const runbook = alert?.runbook ?? rule.runbook
  const channels = alert?.channels ?? rule.channels
  const notified = code ?? record.err?.code
  if (isMergeable(rule, alert)) occurrence.mergeable = true
  if (notified !== undefined) occurrence.code = notified
  if (summary !== undefined) occurrence.summary = summary
  if (runbook !== undefined) occurrence.runbook = runbook
  if (channels !== undefined) occurrence.channels = channels
  if (rule.resolveAfterMs === false) occurrence.grouping = groupingOf(rule)
  return occurrence
}

/** How a rule groups records, for comparison. */
export function groupingOf({ groupBy = [] }: RulePlan): string {
  return JSON.stringify(groupBy)
}

function keyOf(rule: CompiledRule, record: LogRecord, code: string | undefined, get: GetField): string {
  if (rule.grouping !== undefined) return rule.grouping.key(get, () => recordKey(record, code))
  return rule.isAbsent ? '' : recordKey(record, code)
}

function isMergeable(
  { grouping, isAbsent, conditions }: CompiledRule,
  alert: AlertDirective | undefined,
): boolean {
  return grouping === undefined && !isAbsent && conditions === undefined && alert?.key === undefined
}

function ownSeverity({ severity }: RulePlan): Severity {
  return severity === undefined || severity === 'off' ? 'error' : severity
}

/**
 * By the record's level; below the threshold at least 'error', as a rule or the record itself asks for an
 * alert.
 */
function severityOf(rule: CompiledRule, record: LogRecord): Severity {
  if (rule.severity !== undefined && rule.severity !== 'off') return rule.severity
  const severity = severityOfLevel(record.level)
  if (record.level >= rule.threshold) return severity
  return severityRank(severity) < severityRank('error') ? 'error' : severity
}
