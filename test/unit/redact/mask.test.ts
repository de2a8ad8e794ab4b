import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMask, hideUrlPath } from '#core/redact/redact.ts'
import { bestRatio, linear } from '../text/linear.ts'

describe('createMask', () => {
  it('hides each secret wherever it stands', () => {
    const mask = createMask(['first-secret', 'second-secret'])
    expect(mask('a first-secret b second-secret, first-secret')).toBe('a *** b ***, ***')
    expect(mask('nothing here')).toBe('nothing here')
  })

  it('hides the longer of two with the same start', () => {
    expect(createMask(['abcd', 'abcdefgh'])('abcdefgh abcd')).toBe('*** ***')
  })

  it('takes secrets literally', () => {
    expect(createMask(['a.c+(d)[e]$^|\\{2}'])('a.c+(d)[e]$^|\\{2} abc')).toBe('*** abc')
  })

  it('hides its encoded forms', () => {
    const secret = 'p@ss w/rd+ü"1\n2'
    const mask = createMask([secret])
    const encoded = encodeURIComponent(secret)
    for (const form of [
      secret,
      encoded,
      encoded.toLowerCase(),
      encodeURI(secret),
      new URLSearchParams({ x: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
    ]) {
      expect(mask(`<${form}>`)).toBe('<***>')
    }
  })

  it('ignores what is too short to be a secret', () => {
    expect(createMask(['', 'a', 'abc'])('abc a')).toBe('abc a')
    expect(createMask([])('x')).toBe('x')
  })

  it('hides the secret parts of a secret url, each by itself', () => {
    const token = 'T0TALLY-N0T-A-T0KEN-123456'
    const mask = createMask([
      `https://hooks.example.com/services/T111/B222/${token}`,
      'https://user:p%40ssw0rd@gateway.example.com/api/send?key=0123456789abcdef&type=markdown',
    ])
    expect(mask(`Cannot POST /services/T111/B222/${token}`)).toBe('Cannot POST ***')
    expect(mask(`bad token ${token}`)).toBe('bad token ***')
    expect(mask('no such page: /api/send?key=0123456789abcdef&type=markdown')).toBe('no such page: ***')
    expect(mask('key 0123456789abcdef is unknown')).toBe('key *** is unknown')
    expect(mask(`Basic ${Buffer.from('user:p@ssw0rd').toString('base64')}`)).toBe('Basic ***')
    expect(createMask(['https://h.example/?key=abc123'])('key abc123 is unknown')).toBe('key *** is unknown')
    expect(mask('login p@ssw0rd or p%40ssw0rd failed')).toBe('login *** or *** failed')
  })

  it('leaves the host and the ordinary words of a secret url', () => {
    const mask = createMask(['https://hooks.example.com/send?type=markdown&key=0123456789abcdef'])
    expect(mask('hooks.example.com refused: cannot send markdown')).toBe(
      'hooks.example.com refused: cannot send markdown',
    )
  })

  it('hides the lines of a key of several lines', () => {
    const lines = [
      '-----BEGIN THING-----',
      'AAAABBBBCCCCDDDDEEEE',
      'FFFFGGGGHHHHIIIIJJJJ',
      '-----END THING-----',
    ]
    const mask = createMask([lines.join('\n')])
    expect(mask(lines.join('\n'))).toBe('***')
    expect(mask(lines.join(' '))).toBe('-----BEGIN THING----- *** *** -----END THING-----')
  })

  it('never lets a secret through, whatever it is made of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', minLength: 4 }), { minLength: 1 }),
        fc.string(),
        (secrets, text) => {
          const masked = createMask(secrets)(`${text}${secrets.join(text)}${text}`)
          for (const secret of secrets) if (!'***'.includes(secret[0]!)) expect(masked).not.toContain(secret)
        },
      ),
    )
  })

  it('takes linear time', () => {
    const mask = createMask(['aaaaaaaaaaaaaaab', 'https://a.example/aaaaaaaaaaaaaaaaaaaac'])
    expect(bestRatio((size) => 'a'.repeat(size), mask)).toBeLessThan(linear)
  })
})

describe('maskUrl', () => {
  it.each([
    ['https://hooks.example.com/services/T/B/X?y=1#z', 'https://hooks.example.com/***'],
    ['https://user:pass@host.example:8443/x', 'https://host.example:8443/***'],
    ['smtps://user:pass@mail.example:465', 'smtps://mail.example:465/***'],
    ['http://[::1]:3000/x', 'http://[::1]:3000/***'],
    ['https://host.example', 'https://host.example/***'],
    ['not a url with secret', '***'],
    ['mailto:someone', '***'],
    ['', '***'],
  ])('shows of %j no more than scheme and host', (url, masked) => {
    expect(hideUrlPath(url)).toBe(masked)
  })
})
