import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactText } from '#core/redact/redact-text.ts'
import { fuzz, inSoak } from '../../soak.ts'
import { bestRatio, linear } from '../text/linear.ts'

/** Put together here, so that no scanner of secrets stumbles over this file. */
const base64 = (value: string) => Buffer.from(value).toString('base64url')
const jwt = [
  base64('{"alg":"none","typ":"JWT"}'),
  base64('{"sub":"user-1","n":1}'),
  'c2lnbmF0dXJlLW9mLW5vYm9keQ',
].join('.')
const pem = (body: string, kind = '') =>
  `-----BEGIN ${kind}PRIVATE ${'KEY'}-----${body}-----END ${kind}PRIVATE ${'KEY'}-----`

describe('a value under a sensitive name', () => {
  it.each([
    ['password=hunter2', 'password=***'],
    ['login failed: password=hunter2 user=bob', 'login failed: password=*** user=bob'],
    ['password: hunter2', 'password: ***'],
    ['password = hunter2', 'password = ***'],
    ['PASSWORD=hunter2;Database=x', 'PASSWORD=***;Database=x'],
    ['db_password=hunter2, host=h', 'db_password=***, host=h'],
    ['{"token":"abc","user":"bob"}', '{"token":"***","user":"bob"}'],
    ['{"token" : "abc"}', '{"token" : "***"}'],
    ['{\\"token\\":\\"abc\\",\\"n\\":1}', '{\\"token\\":\\"***\\",\\"n\\":1}'],
    ['{\\\\\\"token\\\\\\":\\\\\\"abc\\\\\\"}', '{\\\\\\"token\\\\\\":\\\\\\"***\\\\\\"}'],
    ['{"password":"a\\"b","x":1}', '{"password":"***","x":1}'],
    ['{"password":"ends with \\\\","x":1}', '{"password":"***","x":1}'],
    ["{ password: 'a b c', x: 1 }", "{ password: '***', x: 1 }"],
    ['{"pin":1,"cvv":123,"x":1}', '{"pin":1,"cvv":***,"x":1}'],
    ['{"credentials":{"user":"a","k":["b"]},"x":1}', '{"credentials":***,"x":1}'],
    ["{ 'x-api-key' => 'abc' }", "{ 'x-api-key' => '***' }"],
    ["headers['x-api-key'] = 'abc'", "headers['x-api-key'] = '***'"],
    ['token := abc', 'token := ***'],
    ['password=p,ss;w&rd next', 'password=*** next'],
    ['(password=abc), retry', '(password=***), retry'],
    ['{password:abc,user:bob}', '{password:***,user:bob}'],
    ['<password>abc</password>', '<password>***</password>'],
    ['<ns:Password>abc</ns:Password>', '<ns:Password>***</ns:Password>'],
    ['密码：abc123，请重试', '密码：***，请重试'],
    ['用户密码=abc123', '用户密码=***'],
    ['password="never closed', 'password="***'],
    ['"password":"never closed', '"password":"***'],
    ['password=a\npassword=b', 'password=***\npassword=***'],
  ])('%j becomes %j', (text, safe) => {
    expect(redactText(text)).toBe(safe)
  })

  it.each([
    ['Authorization: Bearer abc.def', 'Authorization: ***'],
    ['authorization: Basic dXNlcjpwYXNz, status 401', 'authorization: ***, status 401'],
    ['{"authorization":"Bearer abc"}', '{"authorization":"***"}'],
    ['Authorization: Digest username="bob", response="abc"\nnext', 'Authorization: ***\nnext'],
    ['Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=c', 'Authorization: ***'],
    ['Cookie: sid=abc; theme=dark\nHost: h', 'Cookie: ***\nHost: h'],
    ['set-cookie: sid=abc; Path=/; HttpOnly and then', 'set-cookie: *** and then'],
    ["curl -H 'Cookie: sid=abc; b=c' x", "curl -H 'Cookie: ***' x"],
    ['GET /a?key=k3y&page=2', 'GET /a?key=***&page=2'],
    ['GET /a?page=2&access_token=abc#top', 'GET /a?page=2&access_token=***'],
    ['https://h/x?sign=a%2Bb&timestamp=1', 'https://h/x?sign=***&timestamp=1'],
  ])('%j becomes %j', (text, safe) => {
    expect(redactText(text)).toBe(safe)
  })

  it.each([
    'login with password: <*> failed',
    'password=null',
    'hasPassword: true',
    '{"token":null,"password":false}',
    'tokens: 512',
    'max_tokens=4096',
    'token == null',
    'if (token === undefined)',
    'Token::Invalid',
    'the token expired',
    'key=users:1',
    'author: bob',
    'Unexpected token } in JSON',
    'at token.js:12:5',
    'password=',
    'password: ',
    'a=b',
    '12:30:45',
    '===',
    'map(x => token)',
  ])('leaves %j alone', (text) => {
    expect(redactText(text)).toBe(text)
  })
})

describe('a secret that its shape gives away', () => {
  it.each([
    ['https://user:pass@host/x', 'https://***@host/x'],
    ['postgres://app:p@ss:w@rd@db:5432/x', 'postgres://***@db:5432/x'],
    ['redis://:pass@cache', 'redis://***@cache'],
    ['https://onlytoken@host', 'https://***@host'],
    ['see https://host/a@b', 'see https://host/a@b'],
    ['sent Bearer abcdef123', 'sent Bearer ***'],
    ['sent bearer abc.def-ghi_jkl', 'sent bearer ***'],
    ['sent Basic dXNlcjpwYXNz', 'sent Basic ***'],
    ['the basic authentication failed', 'the basic authentication failed'],
    ['a bearer token is missing', 'a bearer token is missing'],
    ['Bearer authentication required', 'Bearer authentication required'],
  ])('%j becomes %j', (text, safe) => {
    expect(redactText(text)).toBe(safe)
  })

  it('is a JWT, whole or cut', () => {
    expect(redactText(`session ${jwt} expired`)).toBe('session *** expired')
    expect(redactText(`session ${jwt.slice(0, -30)}`)).toBe('session ***')
    expect(redactText(`x=${jwt};`)).toBe('x=***;')
  })

  it('is a private key, with line breaks, escaped ones, or cut', () => {
    expect(redactText(`key ${pem('\nAAAA\nBBBB==\n')} end`)).toBe('key *** end')
    expect(redactText(`key ${pem('\\nAAAA\\nBBBB==\\n', 'RSA ')} end`)).toBe('key *** end')
    expect(redactText(`key ${pem('\nProc-Type: 4,ENCRYPTED\n\nAAAA\n', 'EC ')} end`)).toBe('key *** end')
    expect(redactText(`key ${pem('\nAAAA\nBBBB', 'ENCRYPTED ').slice(0, -36)}, cut`)).not.toMatch(/AAAA|BBBB/)
    expect(redactText(`${pem('AAAA')} and ${pem('BBBB')}.`)).toBe('*** and ***.')
  })

  it('is not a certificate, which is public', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
    expect(redactText(certificate)).toBe(certificate)
  })

  it.each([
    ['AWS', `AK${'IA'}${'A1'.repeat(8)}`],
    ['GitHub', `gh${'p_'}${'a'.repeat(36)}`],
    ['Slack', `xo${'xb-'}1111-2222-aaaa`],
    ['Stripe', `sk${'_live_'}${'a'.repeat(24)}`],
    ['Google', `AI${'za'}${'a'.repeat(35)}`],
  ])('is a key of %s', (_maker, key) => {
    expect(redactText(`using ${key} now`)).toBe('using *** now')
  })

  it('is the path of a Slack webhook', () => {
    expect(redactText('POST https://hooks.slack.com/services/T0/B0/xyz failed')).toBe(
      'POST https://hooks.slack.com/services/*** failed',
    )
  })

  it('is a card number', () => {
    expect(redactText('card 4111 1111 1111 1111 declined')).toBe('card *** declined')
  })
})

describe('redactText', () => {
  it('leaves ordinary messages alone', () => {
    for (const text of [
      '',
      'connect ECONNREFUSED 10.0.0.7:5432',
      'Error: card gateway timeout after 3000ms (order 4f1a22, attempt 3/5)',
      'GET /api/users?page=2&sort=name 500 12.5 ms',
      '支付网关超时：订单 1234567890123',
      'at Object.<anonymous> (/app/src/pay.ts:10:5)\n    at async run (/app/src/index.ts:3:1)',
    ]) {
      expect(redactText(text)).toBe(text)
    }
  })

  it('changes nothing the second time', () => {
    const part = fc.constantFrom(
      'password',
      'token',
      'cookie',
      'Authorization',
      'a',
      ' ',
      '=',
      ':',
      '"',
      "'",
      '\\"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ';',
      '&',
      '?',
      '<',
      '>',
      '\n',
      '\\',
      '***',
      'Bearer ',
      'Basic ',
      'abcdefgh1',
      '://',
      '@',
      'eyJhbGciOi',
      '.',
      '4111111111111111',
      'tokens',
      '12',
      'null',
      '密码',
      '：',
      '-----',
      `-----BEGIN PRIVATE ${'KEY'}-----`,
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const safe = redactText(parts.join(' '))
        expect(redactText(safe)).toBe(safe)
      }),
      fuzz(inSoak(3_000, 800)),
    )
  })

  it.each(['oF!!$!a_%*%a', 'no*Fjx_8', 'on(Fjx_8', 'is.!Fjx_8', 'not)Fjx_8'])(
    'may begin with a word that says something of it: %s',
    (value) => {
      expect(redactText(`password=${value} x`)).toBe('password=*** x')
      expect(redactText(`"password":"${value}"`)).toBe('"password":"***"')
    },
  )

  it('never lets the value of a password through, however it is written', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/!$%^*_.~-]{8,40}$/)
    const written = fc.constantFrom<(value: string) => string>(
      (value) => `password=${value}`,
      (value) => `password: ${value}`,
      (value) => `pwd = "${value}"`,
      (value) => JSON.stringify({ a: { password: value, b: 1 } }),
      (value) => JSON.stringify(JSON.stringify({ apiKey: value })),
      (value) => JSON.stringify(JSON.stringify(JSON.stringify({ apiKey: value }))),
      (value) => `{ accessToken: '${value}' }`,
      (value) => `?access_token=${value}&x=1`,
      (value) => `Authorization: Bearer ${value}`,
      (value) => `Cookie: sid=${value}; other=${value}`,
      (value) => `<password>${value}</password>`,
      (value) => `{"secret":["${value}","x"]}`,
    )
    const around = fc.constantFrom('', ' ', 'x', 'x ', '(', 'error: ', '{"a":1,', '\n', '"', "it's ")
    fc.assert(
      fc.property(secret, written, around, around, (value, write, before, after) => {
        fc.pre(!/^(?:null|true|false|none|undefined)/i.test(value))
        expect(redactText(`${before} ${write(value)} ${after}`)).not.toContain(value)
      }),
      fuzz(inSoak(2_000, 600)),
    )
  })
})

describe('on hostile input', () => {
  const repeated = [
    'a',
    ' ',
    '=',
    ':',
    '"',
    "'",
    '\\',
    '{',
    'password',
    'password=',
    'password: ',
    'token="',
    "token='",
    'token={',
    'token=[\n',
    'token="\n',
    'token=\\"',
    'token="\\"',
    'token=\'"',
    'cookie=a;',
    'cookie: a=b; ',
    '"token":"',
    '<password>',
    'password>',
    'eyJ',
    'eyJ-',
    'eyJaaaaaa.',
    '://',
    '://a',
    '@',
    '://a@',
    'Bearer ',
    'Basic ',
    'basic aaaaaaaaaaaa',
    '-----BEGIN PRIVATE ',
    '-',
    '-----END ',
    `-----BEGIN PRIVATE ${'KEY'}-----`,
    `-----BEGIN PRIVATE ${'KEY'}-----!-----END `,
    '4',
    '4 ',
    '?key=',
    '&',
    ',',
    'password=,',
    'password=a,b',
    'password=;a=',
    'tokens=1',
    '密码：',
    '\ud83d',
    'npm_',
    'xoxb-',
    'AIza',
    'hooks.slack.com/services/',
    'token=token',
    'password\\\\\\',
    'token=\\\\"',
    'Authorization: Digest ',
    'Authorization: Bearer ',
    'token is ',
    'password ',
    '密码是',
    'a:12:a:a:',
    '/token/',
    '/token/aB3',
    '\u200b',
  ]
  it.each(repeated)('takes linear time on many %j', (part) => {
    expect(bestRatio((size) => part.repeat(Math.ceil(size / part.length)), redactText, 2000)).toBeLessThan(
      linear,
    )
  })

  it.each([
    'password="',
    "password='",
    'cookie: ',
    'token={',
    `-----BEGIN PRIVATE ${'KEY'}-----`,
    'password=',
    'eyJhbGciOi.',
  ])('takes linear time on %j and what never ends', (start) => {
    expect(bestRatio((size) => start + 'a'.repeat(size), redactText)).toBeLessThan(linear)
    expect(bestRatio((size) => start + 'a=b;'.repeat(size / 4), redactText)).toBeLessThan(linear)
    expect(bestRatio((size) => start + '\\'.repeat(size), redactText)).toBeLessThan(linear)
  })

  it('reads a megabyte of anything without an overflow', () => {
    const starts = inSoak(['', 'password=', 'token="'], ['password='])
    for (const part of ['a', 'a,', 'a;b=', '\\"', '{', 'a=b; ', 'a ', '4111 ']) {
      for (const start of starts) {
        const text = start + part.repeat(1_000_000 / part.length)
        expect(redactText(text).length).toBeLessThanOrEqual(2 * text.length)
      }
    }
  })
})
