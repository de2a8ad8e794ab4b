/**
 * Mail by SMTP: text and html parts, the mails about one alert and day in one thread, STARTTLS required off
 * this machine. nodemailer takes tens of milliseconds to load and is loaded with the first mail.
 */
import type { SendMailOptions } from 'nodemailer'
import type { Receipt } from '../../model.ts'
import { masked } from '../../provider/http-sender.ts'
import * as z from '../../provider/light-zod.ts'
import { domainOf, type Mailbox, parseMailbox } from '../../provider/mail-address.ts'
import { mailSubject } from '../../provider/markup.ts'
import {
  asList,
  countGiven,
  oneOrMore,
  sharedAmong,
  tlsOptions,
  together,
} from '../../provider/option-fields.ts'
import { defineProvider, type Message, type SendContext, secret } from '../../provider/provider.ts'
import { option, required } from '../../provider/schema.ts'
import { createMask } from '../../redact/redact.ts'
import { cleanLine } from '../../text/text.ts'
import { createZone } from '../../time/time-text.ts'
import { receiptOfError, receiptOfResult } from './email-reply.ts'
import { checkMailUrl, proxyTo, secretsOf, toTransport } from './email-server.ts'
import { writeMailHtml, writeMailText } from './mail-text.ts'

/** Of each part. Servers take megabytes; mail programs fold away what is much longer than this. */
const maxBytes = 90_000
/** Programs cut what is longer from their lists. */
const maxSubject = 120

const checkMailbox = (text: string) =>
  parseMailbox(text) ? undefined : 'must be one address: ops@example.com or Name <ops@example.com>'
const text = (description: string) => option(z.string().check(z.minLength(1)), description)
const hidden = (description: string) => secret(text(description))

const auth = () =>
  z
    .strictObject({
      user: text('User name'),
      pass: hidden('Password, or the code that the mail service made for applications'),
      type: option(z.enum(['login', 'OAuth2']), 'Default login'),
      method: option(z.string(), 'SASL method; default: the best that the server offers'),
      clientId: text('OAuth2 client'),
      clientSecret: hidden('OAuth2 client secret'),
      refreshToken: hidden('OAuth2 refresh token'),
      accessToken: hidden('OAuth2 access token'),
      accessUrl: text("Where OAuth2 tokens are made; default Google's"),
      serviceClient: text('OAuth2 service account'),
      privateKey: hidden('Key of the service account, PEM'),
    })
    .check(
      z.refine(
        (value) => value.type === 'OAuth2' || (value.user !== undefined && value.pass !== undefined),
        together('needs both `user` and `pass`', ['pass']),
      ),
    )

const options = () =>
  z
    .object({
      url: secret(
        option(
          oneOrMore(checkMailUrl),
          'smtps://user:password@host:465, or smtp:// for STARTTLS; several share the messages',
        ),
      ),
      host: text('Mail server, in place of `url`'),
      port: option(
        z.int().check(z.minimum(1), z.maximum(65_535)),
        'Default 587, or 465 with `secure`, or 25 on this machine',
      ),
      service: text("A mail service by its name, in place of `host`: 'QQ', '163', 'Gmail', 'Outlook365' …"),
      secure: option(z.boolean(), 'TLS from the first byte; default true on port 465'),
      requireTLS: option(
        z.boolean(),
        'Send nothing without STARTTLS; default true unless the server is on this machine',
      ),
      ignoreTLS: option(z.boolean(), 'Never uses STARTTLS, although the server offers it'),
      name: text('Name of this machine for the greeting (EHLO); default: its host name'),
      proxy: secret(
        option(
          z.union([
            z.literal(false),
            z.string().check(z.regex(/^https?:\/\/[^/]/i, 'must be like http://proxy.example.com:3128')),
          ]),
          'Proxy to the mail server, in place of the general one; false: none',
        ),
      ),
      auth: option(auth(), 'Login'),
      tls: option(tlsOptions(), 'Certificates'),
      dkim: option(
        z.strictObject({
          domainName: required(z.string(), 'Domain that signs'),
          keySelector: required(z.string(), 'Selector of the key'),
          privateKey: secret(required(z.string(), 'The key, PEM')),
        }),
        'Signs each mail with DKIM',
      ),
      from: required(
        z
          .string({ error: 'needs `from`, the sender: Alerts <alerts@example.com>' })
          .check(
            z.refine(
              (value) => checkMailbox(value) === undefined,
              'must be one address: Alerts <alerts@example.com>',
            ),
          ),
        'Sender',
      ),
      cc: option(oneOrMore(checkMailbox), 'Further recipients, shown as copies'),
      replyTo: option(oneOrMore(checkMailbox), 'Where answers go'),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'url', 'host', 'service') === 1,
        together('needs one of `url`, `host` and `service` to know the mail server', ['url']),
      ),
      z.refine(
        ({ requireTLS, ignoreTLS }) => !(requireTLS && ignoreTLS),
        together('takes either `requireTLS` or `ignoreTLS`, not both', ['ignoreTLS']),
      ),
    )

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Email',
  kind: 'email',
  options,
  limits: { maxBytes },
  addresses: sharedAmong('url'),
  supports: {
    size: 'each of text and html',
    success: 'the server took it for at least one recipient',
    hint: '4yz: 30 s, then backing off; 5yz fails',
    thread: 'References, by alert and day',
    resolve: 'in its thread',
    button: 'links',
    dedup: 'the same Message-ID on every attempt',
  },
  open(settings) {
    const mask = createMask(secretsOf(settings))
    return {
      send: async (message, context): Promise<Receipt> => {
        try {
          return masked(await deliver(settings, message, context), mask)
        } catch (error) {
          return masked(receiptOfError(error), mask)
        }
      },
    }
  },
})

async function deliver(settings: Options, message: Message, context: SendContext): Promise<Receipt> {
  const { signal, address, proxyOf } = context
  const to = message.to.map(parseMailbox).filter((mailbox) => mailbox !== undefined)
  const invalid = message.to.filter((address) => !parseMailbox(address))
  const { service } = settings
  if (to.length === 0) return { status: 'failed', why: 'the mail has no recipient: set `to` of the channel' }

  const { createTransport } = await import('nodemailer')
  const known =
    service === undefined
      ? undefined
      : (await import('nodemailer/lib/well-known')).default(service) || undefined
  // An unknown name would silently mean this machine.
  if (service !== undefined && !known) {
    return { status: 'failed', why: `unknown mail service '${service}': use \`host\``, lasting: true }
  }
  if (signal.aborted) return { status: 'retry', why: 'the attempt was aborted' }
  const server = toTransport(settings, address)
  const { host, port } = { ...server, ...known }
  const at = { host, port: Number(port) }
  const proxy = proxyTo(at, settings, proxyOf)
  const transport = createTransport({ ...server, ...(proxy !== undefined && { proxy }) })
  try {
    return receiptOfResult(await transport.sendMail(compose(settings, message, context, to)), invalid)
  } catch (error) {
    return receiptOfError(error, { server: `${host}:${port}`, proxy })
  } finally {
    transport.close()
  }
}

function compose(
  settings: Options,
  message: Message,
  context: SendContext,
  to: readonly Mailbox[],
): SendMailOptions {
  const from = parseMailbox(settings.from)
  const mailboxes = (list: string | readonly string[] | undefined) =>
    asList(list).flatMap((one) => parseMailbox(one) ?? [])
  const host = from ? domainOf(from) : 'localhost'
  const root = `<${threadOf(message)}@${host}>`
  const ended = message.reason === 'resolved'
  return {
    from,
    to: [...to],
    cc: mailboxes(settings.cc),
    replyTo: mailboxes(settings.replyTo),
    subject: cleanLine(mailSubject(message, maxSubject)),
    text: context.fit(writeMailText, { maxBytes }) || cleanLine(message.subject),
    html: message.plain ? undefined : context.fit(writeMailHtml, { maxBytes }),
    date: new Date(context.now()),
    // The same on every attempt: a mail that arrives twice can be recognised.
    messageId: `<${token(message.id)}@${host}>`,
    inReplyTo: root,
    references: root,
    priority: message.severity === 'critical' && !ended ? 'high' : 'normal',
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
    signal: context.signal,
  }
}

/** The root of a thread is never sent itself: all mails about one alert and day of its zone refer to it. */
function threadOf({ id, at, cards, firstAlert = id, timeZone }: Message): string {
  const [day] = createZone(timeZone).minute(at).split(' ')
  return `alert.${token(cards[0]?.id ?? firstAlert)}.${day}`
}

function token(text: string): string {
  return text.replace(/[^\w-]+/g, '-').slice(0, 100)
}
