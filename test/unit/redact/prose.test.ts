import { describe, expect, it } from 'vitest'
import { redactText } from '#core/redact/redact-text.ts'

const secret = ['Winter', '2024'].join('')

describe('what a sentence says after the word for a secret', () => {
  it.each([
    'Failed to refresh token: connect ECONNREFUSED 10.0.0.1:443',
    'failed to validate jwt: signature mismatch',
    'Error reading Vault secret: permission denied',
    'Error fetching secret: AccessDeniedException: no access',
    'Could not load credentials: Could not reach the host',
    'token: jwt expired',
    'failed to set cookie: response already sent',
    'failed to rotate api key: HTTP 500',
    'users.updatePassword: deadlock detected',
    'auth: user not found',
    'failed to refresh token: ETIMEDOUT',
    'deployment/auth: CrashLoopBackOff',
    'service auth: 3 pods not ready',
    '修改密码失败：原密码不正确',
    '登录失败，密码错误：用户张三',
    '重置密码：SMTP 连接超时',
    '密码错误次数：5',
    '令牌：已失效；密钥：未配置',
  ])('stays readable: %s', (text) => {
    expect(redactText(text)).toBe(text)
  })

  it.each([
    'resetIt (src/auth/password.service.js:12:5)',
    'connect ECONNREFUSED auth:50051',
    'POST http://auth:8080/login failed',
    'registry.io/team/auth:1.4.2',
    'tokenType=Bearer expires_in=3600',
  ])('is not a place, a port, a tag or another pair: %s', (text) => {
    expect(redactText(text)).toBe(text)
  })

  it.each([
    `password: ${secret}`,
    `db password: ${secret}`,
    `failed to update password: ${secret}`,
    `form user%5Bpassword%5D=${secret}`,
    `pass%77ord=${secret}`,
    `--password ${secret}`,
    `password=strong!${secret} ip=10.0.0.1`,
    `{"password":"the, ${secret}"}`,
    `密码：${secret}，请重试`,
    `密码=${secret}，主机=10.0.0.8`,
  ])('is hidden where it is a secret: %s', (text) => {
    expect(redactText(text)).toBe(text.replace(/(?:strong!|the, )?Winter2024/, '***'))
  })
})
