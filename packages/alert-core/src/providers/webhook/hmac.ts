/**
 * Signatures over the exact bytes of a body, in the schemes that receivers of webhooks know: GitHub's (the
 * body alone), Grafana's, Slack's, Stripe's and Standard Webhooks (https://www.standardwebhooks.com).
 */
import { hmacWith } from '../../provider/crypto.ts'

/**
 * `body`: sha256=<hex of the body>. `grafana`: bare hex, over "seconds:body" if a timestamp header is
 * named.
 */
export const hmacSchemes = ['body', 'grafana', 'slack', 'stripe', 'standard'] as const

type HmacScheme = (typeof hmacSchemes)[number]

/** What is signed, by which scheme and under which header names. */
export interface HmacInput {
  readonly scheme: HmacScheme
  readonly secret: string
  /** Names the signature's header in place of the scheme's own. */
  readonly header?: string | undefined
  /** Names the header of the timestamp likewise. */
  readonly timestampHeader?: string | undefined
  readonly body: string
  /** Unique per message; signed by `standard`. */
  readonly id: string
  /** Epoch seconds, an integer; signed by all but `body`. */
  readonly timestamp: number
}

/** The headers that prove the body came from somebody who holds the secret. */
export function signHeaders(input: HmacInput): Record<string, string> {
  const { scheme, secret, body, id, timestamp, timestampHeader } = input
  const at = String(timestamp)
  const hex = (text: string) => hmacWith('sha256', secret).update(text).digest('hex')
  switch (scheme) {
    case 'body':
      return { [input.header ?? 'x-hub-signature-256']: `sha256=${hex(body)}` }
    case 'grafana':
      return {
        [input.header ?? 'x-grafana-alerting-signature']: hex(timestampHeader ? `${at}:${body}` : body),
        ...(timestampHeader && { [timestampHeader]: at }),
      }
    case 'slack':
      return {
        [input.header ?? 'x-slack-signature']: `v0=${hex(`v0:${at}:${body}`)}`,
        [timestampHeader ?? 'x-slack-request-timestamp']: at,
      }
    case 'stripe':
      return { [input.header ?? 'stripe-signature']: `t=${at},v1=${hex(`${at}.${body}`)}` }
    case 'standard': {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      const signature = hmacWith('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
      return {
        [input.header ?? 'webhook-signature']: `v1,${signature}`,
        'webhook-id': id,
        [timestampHeader ?? 'webhook-timestamp']: at,
      }
    }
  }
}
