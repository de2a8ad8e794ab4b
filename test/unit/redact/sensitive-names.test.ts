import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSensitiveName, isSensitiveParameter } from '#core/redact/secret-names.ts'

describe('isSensitiveName', () => {
  it.each([
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'Set-Cookie',
    'cookies',
    'password',
    'PASSWORD',
    'passwd',
    'passphrase',
    'dbPassword',
    'db_password',
    'DB_PASSWORD',
    'passwordHash',
    'pwd',
    'pass',
    'dbPass',
    'smtp_pass',
    'secret',
    'clientSecret',
    'client_secret',
    'AWS_SECRET_ACCESS_KEY',
    'secretKey',
    'token',
    'accessToken',
    'access_token',
    'x-auth-token',
    'refreshToken',
    'id.token',
    'apiKey',
    'api_key',
    'api-key',
    'apikey',
    'X-Api-Key',
    'privateKey',
    'private_key',
    'credentials',
    'creditCard',
    'credit_card',
    'cardNumber',
    'card_number',
    'cvv',
    'cvc',
    'ssn',
    'jwt',
    'auth',
    'proxy_auth',
    'connectionString',
    '密码',
    '用户密码',
    '令牌',
    `${'x'.repeat(5000)}.password`,
  ])('holds a secret under %j', (name) => {
    expect(isSensitiveName(name)).toBe(true)
  })

  it.each([
    '',
    'msg',
    'user',
    'userId',
    'code',
    'key',
    'keyId',
    'primaryKey',
    'author',
    'authority',
    'bypass',
    'compass',
    'passed',
    'passenger',
    'tokenType',
    'tokenizer',
    'secretary',
    'cookieConsent',
    'card',
    'cardinality',
    'discard',
    'sign',
    'signal',
    'hostname',
    'requestId',
    'traceId',
    'ssnake',
  ])('holds none under %j', (name) => {
    expect(isSensitiveName(name)).toBe(false)
  })

  it('answers for any name', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => void isSensitiveName(name)))
  })
})

describe('isSensitiveParameter', () => {
  it.each(['key', 'sign', 'signature', 'sig', 'code', 'access_token', 'X-Amz-Signature', 'password'])(
    'holds a secret under %j',
    (name) => {
      expect(isSensitiveParameter(name)).toBe(true)
    },
  )

  it.each(['q', 'page', 'keyword', 'codec', 'design'])('holds none under %j', (name) => {
    expect(isSensitiveParameter(name)).toBe(false)
  })
})
