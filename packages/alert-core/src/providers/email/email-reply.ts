/**
 * What the outcome of one SMTP session means for the delivery. 5yz is permanent, 4yz is temporary; without
 * any reply it depends on where it failed. https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
 */
import type { NodemailerError } from 'nodemailer'
import { isRefusal, phraseOf } from '../../http/http-failure.ts'
import type { Receipt } from '../../model.ts'
import { quote } from '../../provider/http-sender.ts'

/** Without a reply code, these are permanent until the configuration changes. */
const configuration = [
  'EAUTH',
  'ENOAUTH',
  'EOAUTH2',
  'ETLS',
  'EREQUIRETLS',
  'ECONFIG',
  'EENVELOPE',
  'EMAXRECIPIENTS',
]
const tlsProblem = /^(?:ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/

/** Which recipients a server took; a mail is delivered if it took at least one. */
export interface MailResult {
  readonly accepted: readonly unknown[]
  readonly rejected: readonly unknown[]
  readonly rejectedErrors?: readonly NodemailerError[] | undefined
}

/** The receipt of a session that went through; recipients turned down are named in its note. */
export function receiptOfResult(
  { accepted, rejected, rejectedErrors }: MailResult,
  invalid: readonly string[],
): Receipt {
  const turnedDown = rejected.map((recipient, index) => {
    const said = rejectedErrors?.[index]?.response
    return said ? `${quote(recipient)} (${quote(said)})` : quote(recipient)
  })
  const notes = [...turnedDown, ...invalid.map((text) => `${quote(text)} (not an address)`)]
  if (notes.length === 0) return { status: 'delivered' }
  return { status: 'delivered', note: `accepted for ${accepted.length}, not for ${notes.join(', ')}` }
}

/** Where a mail was to go. */
export interface Route {
  /** Host and port of the mail server. */
  readonly server: string
  readonly proxy?: string | undefined
}

/** The receipt of a session that failed; without a reply, the server is named, and the proxy to it. */
export function receiptOfError(error: unknown, route?: Route): Receipt {
  const {
    name,
    code = '',
    command,
    message,
    originalCode,
    permanent,
    response,
    responseCode,
  }: NodemailerError = error instanceof Error ? error : new Error(String(error))
  if (name === 'AbortError' || code === 'EABORT') {
    return { status: 'retry', why: 'the mail server did not finish in time', uncertain: true }
  }
  if (route && code === 'EPROXY') return receiptOfProxy(route, message)
  const known = response === undefined ? phraseOf(originalCode ?? code) : undefined
  const said =
    known === undefined
      ? [originalCode ?? code, quote(response ?? message)].filter(Boolean).join(': ')
      : `${known} (${originalCode ?? code})`
  const isThrough = route?.proxy !== undefined && response === undefined
  const through = isThrough ? ` (through proxy ${hostOf(route.proxy)})` : ''
  const why = route === undefined ? said : `${route.server}: ${said}${through}`
  if (responseCode !== undefined && responseCode > 0) {
    if (permanent !== true) return { status: 'retry', why }
    if (code === 'EAUTH') return { status: 'failed', why: `${why} (check \`auth\`)`, lasting: true }
    return { status: 'failed', why, ...(isTooLong(responseCode, command, response) && { tooLong: true }) }
  }
  if (configuration.includes(code) || tlsProblem.test(originalCode ?? '') || tlsProblem.test(code)) {
    return { status: 'failed', why, lasting: true }
  }
  return { status: 'retry', why, ...(command === 'DATA' && { uncertain: true }) }
}

/** Nodemailer's error names only the status, if the proxy answered at all. */
function receiptOfProxy({ server, proxy }: Route, message: string): Receipt {
  const status = /: (\d{3})$/.exec(message)?.[1]
  const at = `${server}: proxy ${hostOf(proxy)}`
  if (status === undefined) return { status: 'retry', why: `${at}: EPROXY: ${quote(message)}` }
  const why = `${at} answered ${status}`
  return isRefusal(Number(status)) ? { status: 'failed', why, lasting: true } : { status: 'retry', why }
}

function hostOf(url = ''): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

/** 552 after RCPT is a full mailbox; after MAIL or DATA it is the size. */
function isTooLong(responseCode: number, command: string | undefined, response = ''): boolean {
  if (/^5\d\d[ -]5\.3\.4\b/.test(response)) return true
  return responseCode === 552 && command !== 'RCPT TO' && !/^552[ -]5\.2\.2\b/.test(response)
}
