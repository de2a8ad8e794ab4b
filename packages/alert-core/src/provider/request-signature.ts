/**
 * Signatures of cloud APIs over a whole request. Alibaba's ACS3, Tencent's TC3 and Amazon's Signature Version
 * 4 agree on the canonical request and differ in keys and words.
 */
import { hashWith, hmacWith } from './crypto.ts'

interface SignedRequest {
  /** As it stands in the address; '/' if absent. */
  readonly path?: string
  /** Sorted and encoded already, by {@link encodeForm}. */
  readonly query?: string
  /** Exactly what is signed, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface KeyPair {
  readonly id: string
  readonly secret: string
}

/** Where and when a TC3 or SigV4 signature is valid. */
interface Scope {
  readonly service: string
  /** Absent in TC3. */
  readonly region?: string
  readonly timestampMs: number
}

/** Hex SHA-256 of a text's UTF-8. */
export function sha256(text: string): string {
  return hashWith('sha256').update(text).digest('hex')
}

/** Encodes as RFC 3986 requires: also the reserved characters that `encodeURIComponent` keeps. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Parameters as a query or a form body, sorted by name. */
export function encodeForm(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value.replace(/\p{Cs}/gu, '\ufffd'))}`)
    .sort()
    .join('&')
}

/**
 * The `authorization` header of an Alibaba Cloud request:
 * https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
 */
export function signAcs3(request: SignedRequest, { id, secret }: KeyPair): string {
  const { text, names } = canonical(request)
  const signature = hmac(secret, `ACS3-HMAC-SHA256\n${sha256(text)}`).toString('hex')
  return `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${names},Signature=${signature}`
}

/**
 * The `Signature` parameter of an Alibaba Cloud request in the older scheme, over all its other parameters:
 * https://help.aliyun.com/zh/sdk/product-overview/rpc-mechanism
 */
export function signRpc(
  method: string,
  parameters: Readonly<Record<string, string>>,
  accessKeySecret: string,
): string {
  const text = `${method}&%2F&${encodeRfc3986(encodeForm(parameters))}`
  return hmacWith('sha1', `${accessKeySecret}&`).update(text).digest('base64')
}

/** The `authorization` header of a Tencent Cloud request: https://cloud.tencent.com/document/api/382/52072 */
export function signTc3(request: SignedRequest, { id, secret }: KeyPair, scope: Scope): string {
  const lower = Object.entries(request.headers).map(([name, value]) => [name, value.toLowerCase()])
  const { text, names } = canonical({ ...request, headers: Object.fromEntries(lower) })
  const date = new Date(scope.timestampMs).toISOString().slice(0, 10)
  const path = `${date}/${scope.service}/tc3_request`
  const seconds = Math.floor(scope.timestampMs / 1000)
  const key = [scope.service, 'tc3_request'].reduce<Buffer>(hmac, hmac(`TC3${secret}`, date))
  const signature = hmac(key, `TC3-HMAC-SHA256\n${seconds}\n${path}\n${sha256(text)}`).toString('hex')
  return `TC3-HMAC-SHA256 Credential=${id}/${path}, SignedHeaders=${names}, Signature=${signature}`
}

/**
 * The `authorization` header of an AWS request:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export function signSigV4(
  request: SignedRequest & { readonly method?: string },
  { id, secret }: KeyPair,
  { service, region = '', timestampMs }: Scope,
): string {
  // Amazon, S3 apart, signs the path encoded once more than it is sent.
  const sent = (request.path ?? '/').split('/').map(encodeRfc3986).join('/')
  const { text, names } = canonical({ ...request, path: sent }, request.method)
  const at = amzDate(timestampMs)
  const date = at.slice(0, 8)
  const scope = `${date}/${region}/${service}/aws4_request`
  const key = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, date))
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${sha256(text)}`).toString('hex')
  return `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}`
}

/** '20261123T120000Z' */
export function amzDate(timestampMs: number): string {
  return new Date(timestampMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function canonical({ path = '/', query = '', headers, body }: SignedRequest, method = 'POST') {
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = sorted.map(([name, value]) => `${name}:${value.trim()}\n`).join('')
  const names = sorted.map(([name]) => name).join(';')
  return { text: `${method}\n${path}\n${query}\n${lines}\n${names}\n${sha256(body)}`, names }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return hmacWith('sha256', key).update(text).digest()
}
