// A Redis that speaks TLS: with an authority that the processes know, and in all the ways that fail.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCertificate } from '#cli/fake/certificate.ts'
import { until } from '../unit/fleet/redis-rig.ts'
import { freePort, startRedis, whyNoRedis } from '../unit/fleet/redis-server.ts'
import { aMember, aProvider } from './fleet-processes.ts'

/** It is its own authority. */
async function aServer(hosts: readonly string[], asksClients: 'yes' | 'no' = 'no') {
  const directory = mkdtempSync(join(tmpdir(), 'alert-tls-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const { key, cert } = createCertificate(hosts)
  writeFileSync(keyFile, key)
  writeFileSync(certFile, cert)
  const port = await freePort()
  const own = ['--tls-port', String(port), '--tls-cert-file', certFile, '--tls-key-file', keyFile]
  const server = await startRedis(...own, '--tls-ca-cert-file', certFile, '--tls-auth-clients', asksClients)
  onTestFinished(() => server.stop())
  return { address: `127.0.0.1:${port}`, known: { NODE_EXTRA_CA_CERTS: certFile } }
}

async function aFleet(redis: string, env: NodeJS.ProcessEnv) {
  const provider = await aProvider()
  const hook = { type: 'webhook', url: provider.url, wait: '1s', interval: 0, repeat: '1s', repeatMax: '1s' }
  const options = { service: 'orders', state: { redis }, channels: { hook } }
  return { ...provider, start: () => aMember(options, env) }
}

const usual = { hosts: ['127.0.0.1'], asks: 'no', knows: false, scheme: 'rediss' } as const

describe.skipIf(whyNoRedis !== '')(`a Redis that speaks TLS${whyNoRedis}`, () => {
  it('is shared by processes that know its authority by NODE_EXTRA_CA_CERTS', async () => {
    const { address, known } = await aServer(['127.0.0.1'])
    const { start, counted, firsts } = await aFleet(`rediss://${address}`, known)
    const members = [await start(), await start()]
    for (const { log } of members) await log('disk is full')
    await until(() => counted('disk is full') === 2)
    expect(firsts('disk is full')).toBe(1)
    expect(await Promise.all(members.map(({ role }) => role()))).toEqual(['speaker', 'follower'])
    expect(members.map(({ stderr }) => stderr())).toEqual(['', ''])
  })

  it.each([
    [
      'its authority is not known',
      {},
      /cannot be verified \([A-Z_]+\): name its authority in NODE_EXTRA_CA_CERTS/,
    ],
    [
      'its certificate names another host',
      { hosts: ['redis.example.com'], knows: true },
      /use the host name of the certificate/,
    ],
    [
      'it requires certificates of its clients',
      { asks: 'yes', knows: true },
      /set its tls-auth-clients to no or optional/,
    ],
    ['the address says redis://', { scheme: 'redis' }, /if its port speaks TLS, use rediss:\/\//],
  ] as const)(
    'and cannot be used because %s is named by the cure, and alerts are sent',
    async (_, given, cure) => {
      const { hosts, asks, knows, scheme } = { ...usual, ...given }
      const { address, known } = await aServer(hosts, asks)
      const { start, counted } = await aFleet(`${scheme}://${address}`, knows ? known : {})
      const member = await start()
      await member.log('disk is full')
      await until(() => counted('disk is full') === 1)
      expect(await member.role()).toBe('alone')
      await until(member.wasAlone)
      expect(member.stderr()).toMatch(cure)
    },
  )
})
