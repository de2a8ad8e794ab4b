/**
 * A self-signed certificate made at start, so that TLS can be tried without a shared key and without openssl.
 * The few DER types that X.509 v3 needs are written here; node:crypto makes the key and the signature.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** Key and certificate as PEM; the certificate is its own authority: give it to clients as `ca`. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const dayMs = 86_400_000
// Some clients reject more than 825 days.
const validMs = 800 * dayMs

/** Makes a certificate for these host names and addresses, valid from yesterday for about two years. */
export function createCertificate(hosts: readonly string[]): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
  const name = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from('alert-transport inbox')))))
  const start = Date.now() - dayMs
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    sequence(time(start), time(start + validMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(
      3,
      sequence(
        extension('551d13', sequence(der(0x01, Buffer.from([0xff])))),
        extension('551d11', sequence(...hosts.map(alternativeName))),
      ),
    ),
  )
  const signature = bitString(sign('sha256', toBeSigned, privateKey))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(sequence(toBeSigned, ecdsaWithSha256, signature)),
  }
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), content])
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts)
const set = (...parts: readonly Buffer[]) => der(0x31, ...parts)
const integer = (bytes: Buffer) => der(0x02, bytes)
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const explicit = (tag: number, part: Buffer) => der(0xa0 + tag, part)
const bitString = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes)
const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value))

/** UTCTime, as X.509 wants it for the years before 2050. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-T:]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`))
}

function alternativeName(host: string): Buffer {
  if (isIP(host) === 4) return der(0x87, Buffer.from(host.split('.').map(Number)))
  if (isIP(host) === 6) return der(0x87, ipv6Bytes(host))
  return der(0x82, Buffer.from(host, 'latin1'))
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser writes every spelling of an address in one way: lower case, one '::', no dots.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const zeros = 8 - groups(head).length - groups(tail).length
  const all = [
    ...groups(head),
    ...Array.from({ length: tail === undefined ? 0 : zeros }, () => '0'),
    ...groups(tail),
  ]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
