/**
 * The HMAC-SHA256 styles that webhook receivers use; which one a request follows shows in the header's value:
 * `sha256=<hex>` or `<hex>` over the body (GitHub, Grafana), `v0=<hex>` (Slack), `t=…,v1=<hex>` (Stripe) and
 * `v1,<base64>` (Standard Webhooks). Signed times must be within five minutes.
 */
import { createHmac } from 'node:crypto'
import type { FakeRequest } from '../../fake.ts'

/** The shared secret, the header that carries the signature, and the one with the time in seconds where there is one. */
export interface WebhookSignature {
  readonly secret: string
  readonly header: string
  readonly timestampHeader?: string
}

const maxAgeMs = 300_000

/** What is wrong with the signature, as a sentence; undefined when it is right. */
export function signatureProblem(
  request: FakeRequest,
  { secret, header, timestampHeader }: WebhookSignature,
  now: number,
): string | undefined {
  const value = request.headers[header.toLowerCase()]
  if (value === undefined) return `the header ${header} is missing`
  const headerTime = request.headers[timestampHeader?.toLowerCase() ?? 'webhook-timestamp']
  const stripe = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(value)
  const time = stripe?.[1] ?? headerTime
  if (timestampHeader !== undefined && time === undefined) return `the header ${timestampHeader} is missing`
  if (time !== undefined && !(Math.abs(now - Number(time) * 1000) <= maxAgeMs))
    return 'the time is too far off'
  const hex = (prefix: string) =>
    createHmac('sha256', secret).update(prefix).update(request.raw).digest('hex')
  if (stripe !== null) return verdict(stripe[2] === hex(`${time}.`))
  if (value.startsWith('v0=')) return verdict(value === `v0=${hex(`v0:${time}:`)}`)
  if (value.startsWith('v1,'))
    return verdict(value.split(' ').includes(standard(request, secret, time ?? '')))
  return verdict(value.replace(/^sha256=/, '') === hex(timestampHeader === undefined ? '' : `${time}:`))
}

function verdict(isRight: boolean): string | undefined {
  return isRight ? undefined : 'the signature is wrong'
}

function standard(request: FakeRequest, secret: string, time: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = createHmac('sha256', key).update(`${request.headers['webhook-id'] ?? ''}.${time}.`)
  return `v1,${signed.update(request.raw).digest('base64')}`
}
