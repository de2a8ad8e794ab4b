/**
 * Which mail server to talk to and how: options in, nodemailer's transport options out. STARTTLS is required
 * and verified unless the server is on this machine, where it is neither: a stock mail server there has a
 * certificate that nothing trusts. Timeouts are short, as nodemailer's own are minutes.
 */
import type { SMTPTransportOptions } from 'nodemailer'
import { isLoopback } from '../../http/proxy.ts'
import { asList, inTurn } from '../../provider/option-fields.ts'
import type { SendContext } from '../../provider/provider.ts'
import { isObjectOrList } from '../../text/get-path.ts'

/** Long enough for a slow relay; the channel's own timeout usually ends the attempt before. */
const timeouts = {
  dnsTimeout: 10_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000,
}

/** The options that name a server. */
export interface ServerOptions {
  readonly url?: string | readonly string[] | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly service?: string | undefined
  readonly secure?: boolean | undefined
  readonly requireTLS?: boolean | undefined
  readonly ignoreTLS?: boolean | undefined
  readonly name?: string | undefined
  readonly proxy?: string | false | undefined
  readonly auth?: SMTPTransportOptions['auth']
  readonly tls?: SMTPTransportOptions['tls']
  readonly dkim?: object | undefined
}

/** What is wrong with the url of a mail server, as a sentence that says what to write instead. */
export function checkMailUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must look like smtps://user:password@smtp.example.com:465'
  const { protocol, hostname, search, hash, username, password } = new URL(text)
  if (protocol !== 'smtp:' && protocol !== 'smtps:')
    return 'must start with smtps:// (or smtp:// for STARTTLS)'
  if (!hostname) return 'has no host: smtps://user:password@smtp.example.com:465'
  if (search || hash) return 'takes nothing after the port: put `requireTLS`, `tls` … beside `url`'
  if (!canDecode(username) || !canDecode(password)) return 'has a % in its user or password: write it as %25'
  return undefined
}

/** The transport's options: of several urls the one whose turn it is. */
export function toTransport(options: ServerOptions, turn: number): SMTPTransportOptions {
  const { url, auth, service, tls, dkim, requireTLS, ignoreTLS = false, name } = options
  const address = inTurn(asList(url), turn)
  const named = address === undefined ? options : { ...options, ...readUrl(address) }
  const { host = '', secure = named.port === 465 } = named
  const isLocal = service === undefined && isLoopback(host)
  const { port = secure ? 465 : isLocal ? 25 : 587 } = named
  const isUnverified = isLocal && !secure && requireTLS !== true
  return {
    ...timeouts,
    ...(service === undefined ? { host, port, secure } : { service }),
    requireTLS: requireTLS ?? !(isLocal || ignoreTLS),
    ignoreTLS,
    ...(name !== undefined && { name }),
    auth: auth ?? ('auth' in named ? named.auth : undefined),
    tls: tls ?? (isUnverified ? { rejectUnauthorized: false } : undefined),
    ...(dkim && { dkim }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** The proxy to a server: the channel's own, or the one that applies to its address. */
export function proxyTo(
  { host = '', port = 587 }: { readonly host?: string | undefined; readonly port?: number | undefined },
  { proxy }: ServerOptions,
  proxyOf: SendContext['proxyOf'],
): string | undefined {
  if (proxy !== undefined) return proxy === false ? undefined : proxy
  return proxyOf?.(`smtp://${host.includes(':') ? `[${host}]` : host}:${port}`)
}

/** User and password in the urls, to be masked. */
export function secretsOf({ url, auth, tls, dkim, proxy }: ServerOptions): string[] {
  const found: string[] = proxy ? [proxy] : []
  const collect = (value: unknown): void => {
    if (typeof value === 'string') found.push(value)
    else if (isObjectOrList(value)) Object.values(value).forEach(collect)
  }
  const { user: _, type: __, method: ___, ...credentials } = auth ?? {}
  collect([
    credentials,
    tls?.key,
    tls?.passphrase,
    dkim && 'privateKey' in dkim ? dkim.privateKey : undefined,
  ])
  for (const address of asList(url)) found.push(address, decodeURIComponent(new URL(address).password))
  return found
}

function readUrl(address: string): Pick<SMTPTransportOptions, 'host' | 'port' | 'secure' | 'auth'> {
  const { protocol, hostname, port, username, password } = new URL(address)
  const secure = protocol === 'smtps:'
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port && { port: Number(port) }),
    secure,
    ...(username && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  }
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
