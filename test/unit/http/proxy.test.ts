import { describe, expect, it } from 'vitest'
import { createProxyOf, isLoopback } from '#core/http/proxy.ts'

const at = 'http://proxy.example.com:3128'

describe('the proxy of an address', () => {
  it('is none where nothing is configured', () => {
    expect(createProxyOf(undefined, {})).toBeUndefined()
    expect(createProxyOf(undefined, { HTTPS_PROXY: '', NO_PROXY: '*' })).toBeUndefined()
  })

  it.each([
    [{ HTTPS_PROXY: at }, 'https://example.com/x', at],
    [{ https_proxy: at, HTTPS_PROXY: 'http://other' }, 'https://example.com', at],
    [{ HTTPS_PROXY: at }, 'http://example.com', undefined],
    [{ HTTP_PROXY: at }, 'http://example.com', at],
    [{ http_proxy: at }, 'http://example.com', at],
    [{ HTTP_PROXY: at }, 'https://example.com', undefined],
    [{ HTTPS_PROXY: at }, 'smtp://mail.example.com:587', at],
    [{ HTTPS_PROXY: 'proxy:3128' }, 'https://example.com', 'http://proxy:3128'],
    // Sent by a client: https://httpoxy.org
    [{ HTTP_PROXY: at, REQUEST_METHOD: 'GET', HTTPS_PROXY: at }, 'http://example.com', undefined],
  ])('of %j for %s is %s', (env, address, proxy) => {
    expect(createProxyOf(undefined, env)!(address)).toBe(proxy)
  })

  it('of the option beats that of the environment', () => {
    const proxyOf = createProxyOf(at, { HTTPS_PROXY: 'http://other', HTTP_PROXY: 'http://other' })!
    expect([proxyOf('https://a.example'), proxyOf('http://a.example')]).toEqual([at, at])
  })

  it('is none for this machine', () => {
    const proxyOf = createProxyOf(at, {})!
    for (const host of ['localhost', 'api.localhost', '127.0.0.1', '127.8.8.8', '[::1]', 'LOCALHOST'])
      expect(proxyOf(`http://${host}:8080/x`), host).toBeUndefined()
    expect(proxyOf('https://localhost.example.com')).toBe(at)
    expect(isLoopback('128.0.0.1')).toBe(false)
  })

  it.each([
    ['example.com', 'https://example.com', true],
    ['example.com', 'https://a.b.example.com', true],
    ['.example.com', 'https://a.example.com', true],
    ['*.example.com', 'https://a.example.com', true],
    ['EXAMPLE.com', 'https://Example.COM.', true],
    ['example.com', 'https://notexample.com', false],
    ['example.com', 'https://example.com.evil.net', false],
    ['a.net, example.com b.net', 'https://example.com', true],
    ['example.com:8443', 'https://example.com:8443', true],
    ['example.com:8443', 'https://example.com', false],
    ['example.com:443', 'https://example.com', true],
    ['10.0.0.0/8', 'https://10.20.30.40', true],
    ['10.0.0.0/8', 'https://11.0.0.1', false],
    ['10.0.0.0/8', 'https://example.com', false],
    ['fd00::/8', 'https://[fd00::1]', true],
    ['[fd00::1]:8443', 'https://[fd00::1]:8443', true],
    ['10.0.0.300/8', 'https://10.0.0.1', false],
    ['*', 'https://example.com', true],
    ['', 'https://example.com', false],
  ])('NO_PROXY=%s excludes %s: %s', (list, address, isExcluded) => {
    const expected = isExcluded ? undefined : at
    expect(createProxyOf(at, { NO_PROXY: list })!(address)).toBe(expected)
    expect(createProxyOf(undefined, { HTTPS_PROXY: at, no_proxy: list })!(address)).toBe(expected)
  })
})
