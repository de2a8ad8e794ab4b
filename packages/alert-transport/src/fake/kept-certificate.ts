/**
 * The certificate of the inbox from one run to the next: channel options that were pasted hold it as their
 * authority, and must be right tomorrow too.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Certificate, createCertificate } from './certificate.ts'

/** In the user's cache. */
export function certificateFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'alert-transport', 'inbox.pem')
}

/** A shorter rest would end while somebody works with it. */
const leastRestMs = 7 * 86_400_000

/**
 * The certificate in `file`, or a new one that is written there if that one is missing, too old or for other
 * hosts. What cannot be written is used once.
 */
export async function keptCertificate(file: string, hosts: readonly string[]): Promise<Certificate> {
  const kept = await readFile(file, 'utf8').then(parse, () => undefined)
  if (kept !== undefined && isFor(kept, hosts)) return kept
  const fresh = createCertificate(hosts)
  await write(file, fresh).catch(() => undefined)
  return fresh
}

async function write(file: string, { key, cert }: Certificate): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, `${key}${cert}`, { mode: 0o600 })
}

function parse(text: string): Certificate | undefined {
  const [, key, cert] =
    /^(-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n)(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n)$/.exec(
      text,
    ) ?? []
  return key === undefined || cert === undefined ? undefined : { key, cert }
}

function isFor({ key, cert }: Certificate, hosts: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(cert)
    const isNamed = (host: string) =>
      (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined
    const restMs = Date.parse(certificate.validTo) - Date.now()
    return restMs > leastRestMs && certificate.checkPrivateKey(createPrivateKey(key)) && hosts.every(isNamed)
  } catch {
    return false
  }
}
