import { describe, expect, it } from 'vitest'
import { createRedactor } from '#core/redact/redact.ts'
import { redactText } from '#core/redact/redact-text.ts'

const chosen = ['Winter', '2024!x'].join('')
const word = ['hun', 'ter2'].join('')
const random = ['q8Zr3nYw', 'K1vT7mXc', 'B5pL'].join('')
const hex = ['9f86d081884c7d65', '9a2feaa0c55ad015'].join('')

describe('a secret in a sentence', () => {
  it.each([
    [`request rejected: token ${random} has expired`, random],
    [`could not verify token ${random}`, random],
    [`invalid api key ${hex} for tenant 7`, hex],
    [`using secret "${random}" of vault`, random],
    [`session id ${hex} is not known`, hex],
    [`the access token ${random}.`, random],
    [`password is ${chosen}`, chosen],
    [`login failed, password is ${word}`, word],
    [`your new password is: ${chosen}`, chosen],
    [`the password was ${chosen}, now it is reset`, chosen],
    [`api key is ${random}`, random],
    [`pin is 493817 for this card`, '493817'],
    [`passphrase is "${chosen}"`, chosen],
    [`密码是${chosen}`, chosen],
    [`用户的密码是 ${chosen}，请修改`, chosen],
    [`密码为${word}`, word],
    [`口令是：${chosen}`, chosen],
    [`新密碼為${chosen}`, chosen],
    [`令牌${random}已过期`, random],
    [`パスワードは${chosen}です`, chosen],
    [`das Passwort ist ${chosen}`, chosen],
    [`la contraseña es ${chosen}`, chosen],
    [`le mot de passe est ${chosen}`, chosen],
    [`пароль это ${chosen}`, chosen],
    [`a senha é ${chosen}`, chosen],
  ])('is hidden: %s', (text, secret) => {
    expect(redactText(text)).toBe(text.replace(secret, '***'))
  })

  it.each([
    'token refresh failed after 3 attempts',
    'Unexpected token ILLEGAL in JSON at position 4',
    'unexpected token } in JSON',
    'the token is expired',
    'password is required',
    'password is not set for user 42',
    'the password is too short',
    'your password was changed at 2026-12-01T10:00:00Z',
    'password was reset by admin',
    'secret is missing in vault/path',
    'api key is disabled',
    'the password is longer than 72 bytes',
    'password is case sensitive',
    'password is incorrect (attempt 3)',
    'the token is a JWT',
    'token is 2048 characters long',
    'password is hashed with argon2id',
    'session is open',
    'cookie is not signed',
    'secret payments/stripe not found',
    'secret db-credentials-v2 not found in namespace prod',
    'token endpoint returned 500',
    'token bucket v2beta1 is full',
    'auth service ECONNREFUSED 10.0.0.1:443',
    '密码是必填项',
    '密码是空的',
    '密码为空',
    '密码是否正确',
    '令牌是无效的',
    '密码错误',
    'das Passwort ist falsch',
    'la contraseña es incorrecta',
    'le mot de passe est incorrect',
    'пароль это строка',
  ])('is none, and stays readable: %s', (text) => {
    expect(redactText(text)).toBe(text)
  })
})

describe('a line of a password file of PostgreSQL', () => {
  it.each([
    [`db.example.com:5432:payments:app:${word}`, word],
    [`*:*:*:postgres:${chosen}`, chosen],
    [`cannot use line "10.0.0.7:5432:*:app:${chosen}"`, chosen],
    [`localhost:5432:a\\:b:app:${word}`, word],
    [`bad line in .pgpass: db:5432:payments:app:${word}\\nnext`, word],
  ])('loses its password: %s', (text, secret) => {
    expect(redactText(text)).toBe(text.replace(secret, '***'))
  })

  it.each([
    'at 10:15:20:100:5 of the run',
    'node:internal:5432:a',
    'urn:ietf:params:oauth:grant-type:device_code',
    'fe80:0:0:5432:12:ab:cd:ef',
    '2001:db8:5432:1:2:3:4:5',
    'arn:aws:iam::123456789012:role/app',
    'arn:aws:sns:eu-west-1:123456789012:alerts',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf',
    'arn:aws:lambda:eu-west-1:123456789012:function:send:7',
    'a.ts:12:5:b.ts:13:7',
    'image:5000:team:app',
  ])('is not: %s', (text) => {
    expect(redactText(text)).toBe(text)
  })
})

describe('a secret in the path of a url', () => {
  it.each([
    [`GET https://app.example.com/reset/${random} failed`, random],
    [`POST /password-reset/${random}`, random],
    [`GET /api/verify-email/${hex} 500`, hex],
    [`https://x.example.com/invite/${random}?lang=en`, random],
    [`GET /auth/magic-link/${random}/confirm`, random],
    [`https://hooks.example.com/webhook/${random}`, random],
    [`GET /token/${random} 404`, random],
    [`/unsubscribe/${hex}`, hex],
    [`/session/${hex}/data`, hex],
    [`https://api.example.com/key/${random}/v1`, random],
  ])('is hidden: %s', (text, secret) => {
    expect(redactText(text)).toBe(text.replace(secret, '***'))
  })

  it.each([
    'GET /reset/password 500',
    'GET /token/refresh 500',
    'GET /users/7f3c1a52-9b1e-4c57-8a54-0d5e2f9b6a11/orders',
    'GET /sessions/latest',
    'GET /api/keys/42',
    'at /app/src/auth/token/verify-signature.service.js:12:5',
    'GET /commits/9f86d081884c7d659a2feaa0c55ad0159f86d081',
    'https://x.example.com/webhook/stripe',
    'open /etc/ssl/private/server-2024-backup.pem',
  ])('is none, and stays readable: %s', (text) => {
    expect(redactText(text)).toBe(text)
  })
})

describe('a name broken by characters of no width', () => {
  it.each([
    `pass\u200bword=${word}`,
    `pass\u00adword: ${chosen}`,
    `{"pass\u200dword":"${word}"}`,
    `pass\u2060word is ${chosen}`,
    `\ufeffpassword\u200b=${word}`,
    `password=\u200b${word}`,
    `to\u200cken=${random}`,
    `Author\u200bization: Bearer ${random}`,
    `pass\u202eword=${word}`,
    `ｐａｓｓｗｏｒｄ=${word}`,
  ])('still names its value: %j', (text) => {
    const shown = redactText(text)
    expect(shown).not.toContain(word)
    expect(shown).not.toContain(chosen)
    expect(shown).not.toContain(random)
    expect(redactText(shown)).toBe(shown)
  })

  it('is a name in fields too', () => {
    const fields = { 'pass\u200bword': word, 'api\u00adKey': random, note: 'a\u200bb' }
    const shown = JSON.stringify(createRedactor({}).value(fields))
    expect(shown).not.toContain(word)
    expect(shown).not.toContain(random)
    expect(shown).toContain('a\u200bb')
  })

  it('hides a token that such characters break', () => {
    const token = ['gh', 'p_', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('')
    expect(redactText(`push by ${token.slice(0, 12)}\u200b${token.slice(12)} refused`)).not.toContain(
      'G7h8I9',
    )
  })

  it('leaves a text without secrets as it is', () => {
    const text = 'می\u200cخواهم 👨\u200d👩\u200d👧 co\u00adoperate'
    expect(redactText(text)).toBe(text)
  })
})

describe('what only looks like a named secret', () => {
  it.each([
    'user.password: leader election lost, retrying',
    'user.password: deadlock detected while updating',
    'key=price',
    'missing column, key=price_eur',
    'sort?key=price&order=asc',
    'GET /items?key=price',
    'session_id=42',
    'sessionId: 7',
    'session_id=42 not found',
    'tls.key=/etc/x.key',
    'ssl_key: /etc/ssl/private/server.key',
    'private_key=./certs/dev.pem',
    'TLS_KEY=/etc/x.key',
    'cannot read privateKey "/run/secrets/tls.key"',
    'secret_file=/run/secrets/db, token=/var/run/secrets/kubernetes.io/serviceaccount/token',
    'mutation Login($email: String!, $password: String!) { login }',
    'query ($token: ID, $secret: [String!]!) { me }',
    'Variable "$password" of required type "String!" was not provided.',
    'input Login { password: String!, otp: Int }',
    'secret=arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf',
    'token: arn:aws:iam::123456789012:role/app',
    'secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-x1Y2z3"',
  ])('stays readable: %s', (text) => {
    expect(redactText(text)).toBe(text)
  })

  it.each([
    `user.password: ${chosen}`,
    `user.password: ${word}`,
    `/items?key=${random}`,
    `session_id=${hex}`,
    `session_id=48213377190244`,
    `password=/${chosen}`,
    `password=/etc/${random}+/=`,
    `password=./aaaa${'AaAa'}`,
    `?access_token=./aaaa${'AaAa'}&x=1`,
    `apiKey: '/etc/${chosen}'`,
    `tls.key=${random}`,
    `$password: ${chosen}`,
    `password: String${random}`,
  ])('is hidden where it is one: %s', (text) => {
    expect(redactText(text)).toContain('***')
  })
})
