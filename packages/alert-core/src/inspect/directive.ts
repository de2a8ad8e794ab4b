/**
 * The `alert` field of a record: `false`, `true`, a code, or an object. What in it has a wrong type is left out: a misspelt wish
 * must not silence the record.
 */
import { type AlertDirective, type Severity, severities } from '../model.ts'

const maxText = 1_000
const maxLabels = 20

/** Normalises the field; `undefined` when it says nothing. */
export function readDirective(value: unknown): false | AlertDirective | undefined {
  if (value === false) return false
  if (value === true) return {}
  if (typeof value === 'string') return value === '' ? {} : { code: value.slice(0, maxText) }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const given = value as Record<string, unknown>
  const directive: Record<string, unknown> = {}
  for (const name of ['code', 'key', 'runbook', 'summary'] as const) {
    const text = scalarText(given[name])
    if (text !== undefined) directive[name] = text
  }
  if (isSeverity(given['severity'])) directive['severity'] = given['severity']
  if (given['resolve'] === true) directive['resolve'] = true
  const labels = readLabels(given['labels'])
  if (labels !== undefined) directive['labels'] = labels
  const { channels } = given
  if (Array.isArray(channels) && channels.every((name) => typeof name === 'string'))
    directive['channels'] = channels
  return directive
}

function readLabels(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const labels: Record<string, string> = Object.create(null)
  for (const [name, label] of Object.entries(value).slice(0, maxLabels)) {
    const text = scalarText(label)
    if (text !== undefined) labels[name] = text
  }
  return labels
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value.slice(0, maxText)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function isSeverity(value: unknown): value is Severity {
  return (severities as readonly unknown[]).includes(value)
}
