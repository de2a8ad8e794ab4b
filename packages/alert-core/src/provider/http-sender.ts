/**
 * One attempt over HTTP, the same for every provider: pick the address, write the body, send it once, read
 * the reply, mask the receipt. A provider adds how it writes and how it reads.
 */
import { classify } from '../http/classify.ts'
import type { TlsOptions } from '../http/node-exchange.ts'
import { createNodeFetch } from '../http/node-fetch.ts'
import { type HttpReply, request } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createMask } from '../redact/redact.ts'
import { isObject } from '../text/get-path.ts'
import { cleanLine, cutChars } from '../text/text.ts'
import type { Message, SendContext, Sender } from './provider.ts'

/** The option `tls` of a provider. */
export type TlsFields = {
  readonly [Key in keyof TlsOptions]?:
    | (Key extends 'ca' ? string | readonly string[] : TlsOptions[Key])
    | undefined
}

/** One request as a provider wrote it; a POST of JSON unless it says otherwise. */
interface Outgoing {
  /** Default: the address whose turn it is. */
  readonly url?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** What was sent. */
export interface Sent {
  readonly message: Message
  /** The address, and the body as it went out. */
  readonly url: string
  readonly body: string
}

/** What a provider adds. */
export interface HttpPlan {
  /** One, or several that are used in turn, by the number of the address; masked in receipts. */
  readonly urls: string | readonly string[]
  /** Further texts that must never show in a receipt. */
  readonly secrets?: readonly string[]
  readonly write: (message: Message, context: SendContext, url: string) => Outgoing
  /** Turns a reply, whatever its status, into a receipt; default: by the status alone. */
  readonly toReceipt?: (reply: HttpReply, context: SendContext, sent: Sent) => Receipt
  /** Certificates of one's own, which Node's fetch cannot use. */
  readonly tls?: TlsFields | undefined
}

/** A sender that makes one HTTP request per attempt; it never rejects. */
export function createHttpSender({ urls, secrets = [], write, toReceipt = classify, tls }: HttpPlan): Sender {
  const all = typeof urls === 'string' ? [urls] : urls
  const ofTls = [tls?.key, tls?.passphrase].filter((text) => typeof text === 'string')
  const mask = createMask([...all, ...ofTls, ...secrets])
  return {
    async send(message, context) {
      try {
        const turn = all[context.address % all.length] ?? ''
        const { url = turn, method = 'POST', headers, body } = write(message, context, turn)
        const { signal, now } = context
        const asked = { url, method, headers: { ...jsonType, ...headers }, body, signal, now }
        const { fetch, proxyOf } = context
        const reply = await request(tls ? createNodeFetch({ tls: tlsOf(tls), proxyOf }) : fetch, asked)
        return masked(
          'failed' in reply ? classify(reply) : toReceipt(reply, context, { message, url, body }),
          mask,
        )
      } catch (error) {
        return masked({ status: 'failed', why: `the message could not be written: ${quote(error)}` }, mask)
      }
    },
  }
}

/** The options of `tls` as Node takes them. */
function tlsOf({ ca, ...rest }: TlsFields): TlsOptions {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return ca === undefined ? given : { ...given, ca: typeof ca === 'string' ? [ca] : [...ca] }
}

/** A provider's words as one line of at most 200 characters. */
export function quote(said: unknown): string {
  return cutChars(cleanLine(said instanceof Error ? said.message : String(said ?? '')), 200)
}

export function masked(receipt: Receipt, mask: (text: string) => string): Receipt {
  if (receipt.status === 'delivered') return receipt.note ? { ...receipt, note: mask(receipt.note) } : receipt
  return { ...receipt, why: mask(receipt.why) }
}

/** The reply's JSON object, or an empty one: an unknown body then lacks what stands for success. */
export function readObject(reply: HttpReply): Readonly<Record<string, unknown>> {
  const body = reply.json()
  return isObject(body) ? { ...body } : {}
}

/** The receipt for a 2xx reply that does not say what success looks like. */
export function failUnknown(reply: HttpReply, provider: string): Receipt {
  const said = reply.excerpt ?? quote(reply.text)
  return {
    status: 'failed',
    why: `${provider} answered ${reply.status} with ${said ? `“${said}”` : 'nothing'}`,
  }
}

const jsonType = { 'content-type': 'application/json; charset=utf-8' }
