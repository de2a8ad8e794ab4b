/**
 * Any HTTP receiver: an IM gateway of the company, an automation, a function. The body is documented JSON or
 * the user's own template; authentication by token, password, signature or client certificate.
 */

import { classify } from '../../http/classify.ts'
import type { HttpReply } from '../../http/request.ts'
import type { Receipt } from '../../model.ts'
import { authHeaders, basicPair, credentialFields } from '../../provider/auth.ts'
import { createHttpSender, quote } from '../../provider/http-sender.ts'
import * as z from '../../provider/light-zod.ts'
import { writePlain } from '../../provider/markup.ts'
import {
  certificates,
  countGiven,
  needsUrl,
  postAddress,
  sharedAmong,
  together,
} from '../../provider/option-fields.ts'
import { defineProvider, type Message, type SendContext, secret } from '../../provider/provider.ts'
import { option, preset, required } from '../../provider/schema.ts'
import { getPath, isObjectOrList } from '../../text/get-path.ts'
import { fillTemplate } from '../../text/template.ts'
import { cleanText } from '../../text/text.ts'
import { hmacSchemes, signHeaders } from './hmac.ts'

/** Of the JSON: fields are only added to it; a name that changes or goes raises it. */
const version = 1

/** No receiver states its limit; common gateways take 1 MB. */
const maxBytes = 256 * 1024

const headerName = () =>
  z.string().check(z.regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'must be a header name: letters, digits and -'))

const auth = () =>
  z
    .strictObject({
      ...credentialFields(),
      hmac: option(
        z.strictObject({
          secret: secret(required(z.string().check(z.minLength(1)), 'The key that both sides know')),
          scheme: option(
            z.enum(hmacSchemes),
            'What is signed and how it is written: body (GitHub: sha256=<hex of the body>), grafana, slack, stripe, ' +
              'standard (Standard Webhooks). Default body, or grafana where `timestampHeader` is set',
          ),
          timestampHeader: option(
            headerName(),
            'Header of the time in seconds; grafana signs it only if set',
          ),
          header: option(
            headerName(),
            "Header of the signature; default the scheme's own, X-Hub-Signature-256 for body",
          ),
        }),
        'Signs the exact bytes of the body with HMAC-SHA256',
      ),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'bearer', 'basic') < 2,
        together('takes either `bearer` or `basic`, not both', []),
      ),
      z.refine(
        (value) => countGiven(value, 'bearer', 'basic', 'hmac') > 0,
        together('needs `bearer`, `basic` or `hmac`', []),
      ),
    )

const options = () =>
  z
    .object({
      url: postAddress('Where to send; several share the messages'),
      method: preset(z.enum(['POST', 'PUT', 'PATCH']), 'POST', 'HTTP method'),
      headers: secret(option(z.record(headerName(), z.string()), 'Further headers; they win over our own')),
      auth: option(auth(), 'How the receiver authenticates us'),
      tls: certificates(),
      body: option(
        z
          .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
          .check(
            z.refine(
              (value) => parseTemplate(value) !== undefined,
              'must be JSON: an object, or text that parses as one',
            ),
          ),
        'The JSON to send, its strings with {field} placeholders; default: the documented body',
      ),
      success: option(
        z.strictObject({
          path: required(z.string().check(z.minLength(1)), "Path in the reply's JSON: 'errcode'"),
          equals: required(
            z.union([z.string(), z.number(), z.boolean(), z.null()]),
            'What stands there on success',
          ),
        }),
        'A 2xx counts as delivered only if its JSON says so',
      ),
    })
    .check(z.refine(...needsUrl('the address to send to')))

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Webhook',
  kind: 'webhook',
  options,
  limits: { maxBytes },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the body',
    success: '2xx; with `success`, what its JSON says',
    resolve: '`reason: resolved`',
    button: '`link` in the JSON',
    dedup: 'header `idempotency-key`',
  },
  open(settings) {
    const { url, method, tls, success } = settings
    const template = settings.body === undefined ? undefined : parseTemplate(settings.body)
    const write = (part: Message) =>
      JSON.stringify(template === undefined ? describe(part) : fillBody(template, describe(part)))
    return createHttpSender({
      urls: url ?? [],
      secrets: secretsOf(settings),
      write(message, context) {
        const body = context.fit(write, { maxBytes })
        return { method, body, headers: writeHeaders(settings, message, body, context) }
      },
      toReceipt: (reply) => toReceipt(reply, success),
      tls,
    })
  },
})

/** The documented body; what a template's placeholders see. */
function describe(message: Message): Readonly<Record<string, unknown>> {
  const { id, channel, reason, severity, at, locale, subject, cards, brief, more, notes = [] } = message
  const { link, links = [], mentions, to, others = [], digest } = message
  const [card] = cards
  return {
    version,
    id,
    channel,
    provider: 'webhook',
    reason,
    kind: kindOf(message),
    severity,
    at: new Date(at).toISOString(),
    locale,
    subject,
    lead: message.lead || (cards.length === 1 ? card!.lead : ''),
    text: writePlain(message),
    ...(link && { link }),
    links,
    mentions,
    to,
    alerts: cards.map(({ id, severity, reason, data }) => ({ id, severity, reason, ...data })),
    others,
    // The lines of a digest stand for kinds of alerts.
    omitted: digest ? 0 : Math.max(0, brief.length + more - others.length),
    notes,
    ...(digest && { digest }),
  }
}

/** What the message is, whatever its reason. */
function kindOf({
  cards,
  brief,
  more,
  storm,
  test,
  digest,
}: Message): 'alert' | 'alerts' | 'storm' | 'digest' | 'test' {
  if (test) return 'test'
  if (digest !== undefined) return 'digest'
  if (storm !== undefined) return 'storm'
  return cards.length + brief.length + more > 1 ? 'alerts' : 'alert'
}

function writeHeaders(
  settings: Options,
  message: Message,
  body: string,
  context: SendContext,
): Record<string, string> {
  const { hmac } = settings.auth ?? {}
  const headers: Record<string, string> = {
    'idempotency-key': message.id,
    'x-alert-version': String(version),
    ...(settings.auth && authHeaders(settings.auth)),
  }
  if (hmac) {
    const scheme = hmac.scheme ?? (hmac.timestampHeader === undefined ? 'body' : 'grafana')
    const timestamp = Math.floor(context.now() / 1000)
    Object.assign(headers, signHeaders({ ...hmac, scheme, body, id: message.id, timestamp }))
  }
  for (const [name, value] of Object.entries(settings.headers ?? {})) headers[name.toLowerCase()] = value
  return headers
}

function toReceipt(reply: HttpReply, success: Options['success']): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered' || !success) return byStatus
  const found = getPath(reply.json(), success.path)
  if (found === success.equals) return byStatus
  const said =
    found === undefined ? `nothing at '${success.path}'` : `${success.path}=${quote(JSON.stringify(found))}`
  return { status: 'failed', why: `${reply.host ?? 'the receiver'} answered ${reply.status} with ${said}` }
}

function secretsOf({ auth: given, headers }: Options): string[] {
  const encoded = given?.basic && basicPair(given.basic)
  const all = [given?.bearer, given?.basic?.pass, encoded, given?.hmac?.secret]
  return [...all, ...Object.values(headers ?? {})].filter((text) => text !== undefined)
}

/**
 * A template as it stands in the options: an object, or text that parses as JSON. It is filled as data:
 * values are never pasted into text that is parsed later, so no quote or line break in a log can change the
 * structure.
 */
type BodyTemplate = string | Readonly<Record<string, unknown>> | readonly unknown[]

/** The template as a structure; `undefined` if its text is not JSON. */
function parseTemplate(template: BodyTemplate): unknown {
  if (typeof template !== 'string') return template
  try {
    const parsed: unknown = JSON.parse(template)
    return isObjectOrList(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/**
 * A copy of the template whose strings are filled from `view`, by path ('severity', 'alerts.0.code'); a bare
 * name that the view lacks is looked up in its first alert. A string that is one placeholder and nothing else
 * becomes the value itself: a number, a list, an object.
 */
function fillBody(template: unknown, view: Readonly<Record<string, unknown>>): unknown {
  const get = (path: string) => getPath(view, path) ?? getPath(view, `alerts.0.${path}`)
  const fill = (node: unknown): unknown => {
    if (typeof node === 'string') return fillString(node, get)
    if (Array.isArray(node)) return node.map(fill)
    if (!isObjectOrList(node)) return node
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value)]))
  }
  return fill(template)
}

function fillString(text: string, get: (path: string) => unknown): unknown {
  const path = /^\{([^{}]+)\}$/.exec(text)?.[1]
  const value = path === undefined ? undefined : get(path)
  if (value !== undefined && typeof value !== 'string') return value
  return fillTemplate(text, get, cleanText)
}
