/**
 * Why no reply came, in words that name the host and nothing else of the address: messages of errors quote whole
 * urls, so only their codes are used.
 */
import { isObject } from '../text/is-object.ts'

/** No (whole) reply came. */
export interface HttpFailure {
  /** Host and cause; holds no other part of the address and no header. */
  readonly failed: string
  /** The other side may have taken the request. */
  readonly uncertain?: true
  /** The request itself cannot be sent (no url, a broken header): trying again is useless. */
  readonly impossible?: true
}

/** Those that befall before anything was sent. */
const unsent: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name service did not answer',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EACCES: 'not allowed to connect',
  EPERM: 'not allowed to connect',
  ENOENT: 'no such socket',
  EMFILE: 'too many open files',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate of an unknown authority',
  CERT_HAS_EXPIRED: 'certificate expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate of another host',
  EPROTO: 'TLS handshake failed',
}

const unanswered: Readonly<Record<string, string>> = {
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
}

const codeShape = /^[A-Z][A-Z0-9_]{2,60}$/

/** The failure of an attempt at `host`, by what its `fetch` threw and whether its signal ended it. */
export function describeFailure(host: string, error: unknown, signal: AbortSignal): HttpFailure {
  if (signal.aborted) {
    const timedOut = nameOf(signal.reason) === 'TimeoutError'
    return { failed: `${host}: ${timedOut ? 'no answer in time' : 'the attempt was ended'}`, uncertain: true }
  }
  if (causeMessage(error) === 'bad port')
    return { failed: `${host}: fetch allows no such port`, impossible: true }
  const code = codeOf(error)
  if (code === undefined) return { failed: `${host}: the request failed`, uncertain: true }
  const sure = Object.hasOwn(unsent, code) ? unsent[code] : undefined
  if (sure !== undefined) return { failed: `${host}: ${sure} (${code})` }
  const words = Object.hasOwn(unanswered, code) ? unanswered[code] : 'the request failed'
  return { failed: `${host}: ${words} (${code})`, uncertain: true }
}

/** The first code along the chain of causes; the error of several addresses carries that of the last one. */
function codeOf(error: unknown): string | undefined {
  let at = error
  for (let depth = 0; depth < 5 && isObject(at); depth++) {
    const { code, cause } = at
    if (typeof code === 'string' && codeShape.test(code)) return code
    at = cause
  }
  return undefined
}

function causeMessage(error: unknown): unknown {
  return isObject(error) && isObject(error['cause']) ? error['cause']['message'] : undefined
}

function nameOf(reason: unknown): unknown {
  return isObject(reason) ? reason['name'] : undefined
}
