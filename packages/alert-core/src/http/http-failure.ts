/**
 * Why there was no reply. Of the address, only the host is named; error messages contain whole URLs, so only
 * the codes of errors are used.
 */

import { codeOf } from '../errors/code-of.ts'
import { isObject } from '../text/get-path.ts'

/** There was no complete reply. */
export interface HttpFailure {
  /** Host and cause; contains no other part of the address and no header. */
  readonly failed: string
  /** The server may have processed the request. */
  readonly uncertain?: true
  /** The request itself is not valid (its URL, a header): a retry cannot succeed. */
  readonly impossible?: true
  /** A retry cannot succeed until somebody changes the configuration: a certificate, a proxy. */
  readonly lasting?: true
}

/** Failures before anything was sent. */
const unsent: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the DNS server did not answer',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EACCES: 'not allowed to connect',
  EPERM: 'not allowed to connect',
  ENOENT: 'no such socket',
  EMFILE: 'too many open files',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  EPROTO: 'TLS handshake failed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server speaks no TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server speaks no TLS',
}

/** The certificate of the server is not trusted. */
const untrusted: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate of an unknown authority',
  CERT_HAS_EXPIRED: 'certificate expired',
  CERT_NOT_YET_VALID: 'certificate not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate of another host',
}

const unanswered: Readonly<Record<string, string>> = {
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
}

/** node:http refuses to write such a request. */
const unwritable = ['ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN', 'ERR_HTTP_INVALID_HEADER_VALUE']

/** The failure of a request to `host` that is none of HTTP. */
export function unsendable(host: string): HttpFailure {
  return { failed: `${host}: the method, a header or the body cannot be sent by HTTP`, impossible: true }
}

/** What a code means; `undefined` for one that is not known. */
export function phraseOf(code: string): string | undefined {
  const phrases = { ...unsent, ...unanswered, ...untrusted }
  return Object.hasOwn(phrases, code) ? phrases[code] : undefined
}

const codeShape = /^[A-Z][A-Z0-9_]{2,60}$/

/** The failure of a request to `host`, from what `fetch` threw and whether the signal cancelled it. */
export function describeFailure(host: string, error: unknown, signal: AbortSignal): HttpFailure {
  if (signal.aborted) {
    const timedOut = nameOf(signal.reason) === 'TimeoutError'
    return {
      failed: `${host}: ${timedOut ? 'no answer in time' : 'the attempt was cancelled'}`,
      uncertain: true,
    }
  }
  if (isObject(error) && typeof error['proxyHost'] === 'string') return describeProxy(host, error)
  if (causeMessage(error) === 'bad port')
    return { failed: `${host}: fetch does not allow this port`, impossible: true }
  const code = codeInCauses(error)
  if (code === undefined) return { failed: `${host}: the request failed`, uncertain: true }
  if (unwritable.includes(code)) return unsendable(host)
  if (Object.hasOwn(untrusted, code))
    return { failed: `${host}: ${untrusted[code]} (${code})`, lasting: true }
  const known = Object.hasOwn(unsent, code) ? unsent[code] : undefined
  if (known !== undefined) return { failed: `${host}: ${known} (${code})` }
  const phrase = Object.hasOwn(unanswered, code) ? unanswered[code] : 'the request failed'
  return { failed: `${host}: ${phrase} (${code})`, uncertain: true }
}

/** Whether a proxy that answers so refuses the host, or our credentials; otherwise it is asked again. */
export function isRefusal(proxyStatus: number): boolean {
  return proxyStatus < 500 && proxyStatus !== 408 && proxyStatus !== 429
}

function describeProxy(
  host: string,
  { proxyHost, proxyStatus, cause }: Readonly<Record<string, unknown>>,
): HttpFailure {
  if (proxyHost === '')
    return { failed: `${host}: the proxy must be an http:// or https:// address`, lasting: true }
  const at = `${host}: proxy ${proxyHost}`
  if (typeof proxyStatus === 'number') {
    return { failed: `${at} answered ${proxyStatus}`, ...(isRefusal(proxyStatus) && { lasting: true }) }
  }
  const code = codeInCauses(cause) ?? ''
  const reason = phraseOf(code)
  return {
    failed: code === '' ? `${at}: no connection` : `${at}: ${reason ?? 'no connection'} (${code})`,
    ...(Object.hasOwn(untrusted, code) && { lasting: true }),
  }
}

/** The first code in the chain of causes; the error of several addresses has the code of the last one. */
function codeInCauses(error: unknown): string | undefined {
  let at = error
  for (let depth = 0; depth < 5 && isObject(at); depth++) {
    const code = codeOf(at)
    if (code !== undefined && codeShape.test(code)) return code
    at = at['cause']
  }
  return undefined
}

function causeMessage(error: unknown): unknown {
  return isObject(error) && isObject(error['cause']) ? error['cause']['message'] : undefined
}

function nameOf(reason: unknown): unknown {
  return isObject(reason) ? reason['name'] : undefined
}
