/**
 * What makes two records the same trouble: labels, rule, and then the record's own key, the group's values, or code, first own stack frame and
 * the message without what varies in it. Stateless, so that replicas agree whatever order they see records in.
 */
import { firstOwnFrame } from '../kernel/frame.ts'
import { hash64 } from '../kernel/hash.ts'
import { createLru } from '../kernel/lru.ts'
import type { LogRecord } from '../model.ts'
import { parameterize } from './parameterize.ts'

/** The fingerprint, and the part of it that a person can read. */
export interface Fingerprint {
  /** 16 hex digits. */
  readonly id: string
  readonly key: string
}

export interface FingerprintParts {
  readonly labels: Readonly<Record<string, string>>
  readonly rule: string
  readonly key: string
}

const maxKey = 500

/** The fingerprint of a key under its rule and labels; the order of the labels does not matter. */
export function fingerprint({ labels, rule, key }: FingerprintParts): Fingerprint {
  return {
    id: hash64(`${labelsText(labels)}\n${rule}\n${key}`),
    key: key.length > maxKey ? key.slice(0, maxKey) : key,
  }
}

/** The key of a record by itself: code or error type, frame and parameterised message. */
export function recordKey(record: LogRecord, code: string | undefined): string {
  const { err } = record
  const kind = code ?? err?.code ?? err?.type ?? ''
  const frame = err?.stack === undefined ? '' : frameWithoutLine(err.stack)
  const message = parameterize(record.msg === '' ? (err?.message ?? '') : record.msg)
  const cause =
    err === undefined || err.message === record.msg || record.msg === '' ? '' : parameterize(err.message)
  return [kind, frame, message, cause].filter((part) => part !== '').join(' · ')
}

// The same place throws the same stack again and again; finding the frame costs more than remembering it.
const frames = createLru<string, string>(500)

function frameWithoutLine(stack: string): string {
  const known = frames.get(stack)
  if (known !== undefined) return known
  const frame = (firstOwnFrame(stack) ?? '').replace(/:\d{1,9}(?=\)?$)/, '')
  frames.set(stack, frame)
  return frame
}

// Labels come from the options or a rule: few objects, asked for again and again.
const labelTexts = new WeakMap<object, string>()

function labelsText(labels: Readonly<Record<string, string>>): string {
  const known = labelTexts.get(labels)
  if (known !== undefined) return known
  const text = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  labelTexts.set(labels, text)
  return text
}
