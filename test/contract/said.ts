/**
 * Small texts that several rows share.
 */
import type { Fate, Reply } from './row.ts'

export const key32 = 'k'.repeat(32)
export const uuid = '01234567-89ab-4def-8123-456789abcdef'
export const https = 'must start with https://'
export const whole = 'must be a whole address'
/** A link that a picture shows. */
export const trace = 'https://trace.example.com/1'

/** The fields of a form as a body. */
export const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()

/** A reply by its status alone, for each of these. */
export const each = (statuses: readonly number[], fate: Fate) =>
  statuses.map((status) => [[status], fate] as const)

/** The reply of DingTalk and WeCom. */
export const ding = (errcode: number, errmsg = 'x'): Reply => JSON.stringify({ errcode, errmsg })
