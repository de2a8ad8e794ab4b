import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { createCertificate } from '#cli/fake/certificate.ts'

describe('a certificate made at start', () => {
  it('names its hosts, is valid now and signs itself', () => {
    const certificate = new X509Certificate(createCertificate(['localhost', '127.0.0.1', 'fe80::a:0:1']).cert)
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkIP('fe80::a:0:1')).toBeDefined()
    expect(certificate.checkHost('example.com')).toBeUndefined()
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.ca).toBe(true)
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now())
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 86_400_000)
  })

  it('is new every time', () => {
    const [one, other] = [createCertificate(['localhost']), createCertificate(['localhost'])]
    expect(one.key).not.toBe(other.key)
    expect(new X509Certificate(one.cert).serialNumber).not.toBe(new X509Certificate(other.cert).serialNumber)
  })

  it('lets a client that is given it as authority verify a TLS server', async () => {
    const { key, cert } = createCertificate([
      'localhost',
      ...Array.from({ length: 30 }, (_, n) => `h${n}.example.com`),
    ])
    const server = createServer({ key, cert }, (socket) => socket.on('error', () => undefined).end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const handshake = async (ca?: string) => {
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ...(ca && { ca }) })
      try {
        await once(socket, 'secureConnect')
        return socket.authorized
      } finally {
        socket.destroy()
      }
    }
    try {
      expect(await handshake(cert)).toBe(true)
      await expect(handshake()).rejects.toThrow()
    } finally {
      server.close()
    }
  })
})
