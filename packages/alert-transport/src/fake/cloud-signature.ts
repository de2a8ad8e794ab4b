/**
 * The signatures of cloud APIs, made again from what arrived: Alibaba's ACS3, Tencent's TC3 and Amazon's
 * SigV4. The path is the one that was sent, with the prefix of the inbox.
 */
import { createHash, createHmac } from 'node:crypto'
import type { FakeRequest } from './exchange.ts'

type Key = string | Buffer

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: Key, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** One character at a time as RFC 3986 wants it. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

/** The parts of an `authorization` header: its scheme, and what it says by name. */
export function readAuthorization(header = ''): {
  readonly scheme: string
  readonly parts: ReadonlyMap<string, string>
} {
  const [scheme = '', rest = ''] = header.split(/ (.*)/s)
  const pairs = rest.split(/, ?/).map((pair) => pair.split(/=(.*)/s))
  return { scheme, parts: new Map(pairs.map(([name = '', value = '']) => [name, value])) }
}

/** The canonical request of what arrived, over the headers that the client says it signed. */
function canonicalRequest(
  request: FakeRequest,
  names: string,
  change: (value: string) => string,
  path = request.sentPath,
): string {
  const query = [...request.query].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort()
  const lines = names.split(';').map((name) => `${name}:${change((request.headers[name] ?? '').trim())}\n`)
  return [request.method, path, query.join('&'), lines.join(''), names, sha256(request.raw)].join('\n')
}

/** Alibaba's signature, hex. */
export function acs3(request: FakeRequest, names: string, secret: string): string {
  const canonical = canonicalRequest(request, names, (value) => value)
  return hmac(secret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`).toString('hex')
}

/** Alibaba's older signature, base64, over all parameters but itself. */
export function rpc(method: string, parameters: URLSearchParams, secret: string): string {
  const pairs = [...parameters].filter(([name]) => name !== 'Signature')
  const query = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).sort()
  const text = `${method}&%2F&${encode(query.join('&'))}`
  return createHmac('sha1', `${secret}&`).update(text).digest('base64')
}

/** Tencent's signature, hex; values are compared in lower case there. */
export function tc3(request: FakeRequest, names: string, secret: string, seconds: number): string {
  const canonical = canonicalRequest(request, names, (value) => value.toLowerCase())
  const date = new Date(seconds * 1000).toISOString().slice(0, 10)
  const key = hmac(hmac(hmac(`TC3${secret}`, date), 'sms'), 'tc3_request')
  const text = `TC3-HMAC-SHA256\n${seconds}\n${date}/sms/tc3_request\n${sha256(canonical)}`
  return hmac(key, text).toString('hex')
}

/** Amazon's signature, hex; `at` is the x-amz-date. */
export function sigV4(
  request: FakeRequest,
  names: string,
  secret: string,
  at: string,
  region: string,
): string {
  // Encoded once more than it was sent: only S3 signs it as it is.
  const path = request.sentPath.split('/').map(encode).join('/')
  const canonical = canonicalRequest(request, names, (value) => value, path)
  const date = at.slice(0, 8)
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), 'sns'), 'aws4_request')
  const scope = `${date}/${region}/sns/aws4_request`
  return hmac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${sha256(canonical)}`).toString('hex')
}
