/**
 * The HMAC-SHA256 schemes by which receivers of webhooks know a sender: over the body alone (GitHub), over
 * time and body (Grafana, Slack, Stripe), over id, time and body (https://www.standardwebhooks.com).
 */
import { createHmac } from 'node:crypto'
import type { FakeRequest } from '../../fake/exchange.ts'

/** The shared secret and the scheme, default `body`; by default the headers have the scheme's own names. */
export interface WebhookSignature {
  readonly secret: string
  readonly scheme?: 'body' | 'grafana' | 'slack' | 'stripe' | 'standard'
  readonly header?: string
  /** Carries the time in seconds; `grafana` signs it only if it is named. */
  readonly timestampHeader?: string
}

interface Proof {
  readonly header: string
  readonly timestampHeader?: string | undefined
  /** The values that the header may have; `hex` signs the prefix and the raw body. */
  readonly expected: (hex: (prefix: string) => string, time: string, request: FakeRequest) => string
}

const maxAgeMs = 300_000

/** What is wrong with the signature, as a sentence; undefined when it is right. `now` is in epoch ms. */
export function signatureProblem(
  request: FakeRequest,
  signature: WebhookSignature,
  now: number,
): string | undefined {
  const { header, timestampHeader, expected } = proofOf(signature)
  const given = request.headers[header.toLowerCase()]
  if (given === undefined) return `the header ${header} is missing`
  const inValue = signature.scheme === 'stripe' ? /^t=(\d+),/.exec(given)?.[1] : undefined
  const time = timestampHeader === undefined ? inValue : request.headers[timestampHeader.toLowerCase()]
  const isTimed = timestampHeader !== undefined || signature.scheme === 'stripe'
  if (isTimed && !/^\d{1,12}$/.test(time ?? '')) return 'the time is missing or not in seconds'
  if (isTimed && Math.abs(now - Number(time) * 1000) > maxAgeMs)
    return 'the time is more than five minutes off'
  const hex = (prefix: string) =>
    createHmac('sha256', signature.secret).update(prefix).update(request.raw).digest('hex')
  // Several signatures, separated by spaces, let a sender change its key.
  const isRight = given.split(' ').includes(expected(hex, time ?? '', request))
  return isRight ? undefined : 'the signature is wrong'
}

function proofOf({ scheme = 'body', secret, header, timestampHeader }: WebhookSignature): Proof {
  switch (scheme) {
    case 'body':
      return { header: header ?? 'x-hub-signature-256', expected: (hex) => `sha256=${hex('')}` }
    case 'grafana':
      return {
        header: header ?? 'x-grafana-alerting-signature',
        timestampHeader,
        expected: (hex, time) => hex(timestampHeader === undefined ? '' : `${time}:`),
      }
    case 'slack':
      return {
        header: header ?? 'x-slack-signature',
        timestampHeader: timestampHeader ?? 'x-slack-request-timestamp',
        expected: (hex, time) => `v0=${hex(`v0:${time}:`)}`,
      }
    case 'stripe':
      return {
        header: header ?? 'stripe-signature',
        expected: (hex, time) => `t=${time},v1=${hex(`${time}.`)}`,
      }
    case 'standard':
      return {
        header: header ?? 'webhook-signature',
        timestampHeader: timestampHeader ?? 'webhook-timestamp',
        expected: (_hex, time, request) => standardSignature(secret, time, request),
      }
  }
}

function standardSignature(secret: string, time: string, { headers, raw }: FakeRequest): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = createHmac('sha256', key)
    .update(`${headers['webhook-id'] ?? ''}.${time}.`)
    .update(raw)
  return `v1,${signed.digest('base64')}`
}
