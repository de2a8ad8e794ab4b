import { expect, it } from 'vitest'
import { adviceOn } from '#core/http/advice.ts'
import { hostsOf } from '#core/hub/open-queue.ts'

it.each([
  ['a.example: connection refused (ECONNREFUSED)', /host and port/],
  ['a.example: no such host (ENOTFOUND)', /name of the host.*HTTPS_PROXY/],
  ['a.example: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)', /tls\.ca/],
  ['a.example: the server speaks no TLS (ERR_SSL_WRONG_VERSION_NUMBER)', /https:\/\/ or http:\/\//],
  ['a.example: no answer within 10 sec', /firewall/],
  ['a.example:465: no answer within 10 sec', /smtps:\/\//],
  ['a.example (through proxy p.example:3128): no answer within 10 sec', /Check the proxy/],
  ['a.example: fetch does not allow this port', /^Let the server listen on another port\.$/],
  ['a.example: proxy p.example:3128: connection refused (ECONNREFUSED)', /Check the proxy/],
  ['a.example:25: connection refused (ECONNREFUSED) (through proxy p.example:3128)', /Check the proxy/],
  ['a.example: proxy p.example:3128 answered 407', /user and password of the proxy/],
  ['a.example: proxy p.example:3128 answered 403', /may reach/],
  ['a.example: the proxy must be an http:// or https:// address', /HTTPS_PROXY/],
  ['a.example answered 401: no', /credentials/],
  ['a.example answered 404: no', /path/],
  ['a.example answered 301: redirects are not followed', /redirects/],
])('%s has a cure', (why, cure) => {
  expect(adviceOn(why)).toMatch(cure)
})

it('what explains itself has none', () => {
  expect(adviceOn('a.example answered 500: out of disk')).toBe('')
  expect(adviceOn('invalid_auth')).toBe('')
})

it('the places of a channel are hosts and proxies, without a secret', () => {
  const proxyOf = (address: string | URL) =>
    String(address).startsWith('http://near') ? undefined : 'http://us3r:s3cret@p.example:3128'
  const url = ['https://us3r:s3cret@a.example:8443/s3cret', 'http://near.example/s3cret']
  expect(hostsOf({ url }, proxyOf)).toEqual(['a.example:8443 (through proxy p.example:3128)', 'near.example'])
  expect(hostsOf({ endpoint: 'https://api.example' }, undefined)).toEqual(['api.example'])
  expect(hostsOf({ host: 'mail.example', proxy: 'http://us3r:s3cret@own.example:1' }, undefined)).toEqual([
    'mail.example (through proxy own.example:1)',
  ])
  expect(hostsOf({ host: 'mail.example', proxy: false }, proxyOf)).toEqual(['mail.example'])
  expect(hostsOf({ url: 'https://s3cret in {an} address' }, undefined)).toEqual([])
  expect(hostsOf(undefined, undefined)).toEqual([])
})
