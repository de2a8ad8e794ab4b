/**
 * Which mail server to talk to and how: options in, nodemailer's transport options out. STARTTLS is
 * required unless the server is on this machine; timeouts are short, as nodemailer's own are minutes.
 */
import type { SMTPTransportOptions } from 'nodemailer'
import { asList, inTurn, isLoopback } from '../../provider/option-fields.ts'

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
  const { url, auth, service, tls, dkim } = options
  const address = inTurn(asList(url), turn)
  const named = address === undefined ? options : { ...options, ...readUrl(address) }
  const { host, port, secure = port === 465 } = named
  const isRemote = service !== undefined || !isLoopback(host ?? '')
  return {
    ...timeouts,
    ...(service === undefined ? { host, port, secure } : { service }),
    requireTLS: options.requireTLS ?? isRemote,
    auth: auth ?? ('auth' in named ? named.auth : undefined),
    tls,
    ...(dkim && { dkim }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** User and password in the urls, to be masked. */
export function secretsOf({ url, auth, tls, dkim }: ServerOptions): string[] {
  const found: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value === 'string') found.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
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
    port: port ? Number(port) : secure ? 465 : 587,
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
