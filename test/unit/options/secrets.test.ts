import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectSecrets } from '#core/options/secrets.ts'
import { checkOptions } from '#core/options.ts'
import * as z from '#core/provider/light-zod.ts'
import { secret } from '#core/provider/provider.ts'
import { required } from '#core/provider/schema.ts'

const url = 'https://hooks.example/services/TEAM/BOT/not-to-be-shown?key=also-not-shown'

describe('secrets of the plan', () => {
  it('are the options that a provider marks, with the parts of addresses', () => {
    const { plan } = checkOptions(
      { channels: { slack: { url }, ding: { type: 'dingtalk', token: 'tokentoken' } } },
      {},
    )
    expect(plan.secrets).toEqual(
      expect.arrayContaining([
        url,
        '/services/TEAM/BOT/not-to-be-shown?key=also-not-shown',
        'key=also-not-shown',
        'tokentoken',
      ]),
    )
  })

  it('are what came from the environment into channels and recipients, not what is shown by its nature', () => {
    const env = {
      PASS: 'pass-from-env',
      HOST: 'hooks.example',
      NAME: 'billing-service',
      WHO: 'ann@example.com',
    }
    const { plan } = checkOptions(
      {
        service: '${NAME}',
        recipients: { ops: ['${WHO}'] },
        channels: { webhook: { url: 'https://${HOST}/', auth: { bearer: '${PASS}' } } },
      },
      env,
    )
    expect(plan.secrets).toEqual(
      expect.arrayContaining(['pass-from-env', 'hooks.example', 'ann@example.com']),
    )
    expect(plan.secrets).not.toContain('billing-service')
  })

  it('are at least six characters long: shorter ones are words', () => {
    const { plan } = checkOptions(
      { channels: { webhook: { url: 'https://a.example/', auth: { bearer: '12345' } } } },
      {},
    )
    expect(plan.secrets).not.toContain('12345')
  })

  it('are found through lists, records, unions, defaults and nested objects', () => {
    const schema = z.object({
      plain: z.string(),
      list: z.array(secret(z.string())),
      record: secret(z.optional(z.record(z.string(), z.string()))),
      either: z.union([z.number(), z.object({ key: required(secret(z.string()), 'Key') })]),
      late: z.optional(z._default(secret(z.string().check(z.minLength(1))), 'x')),
      piped: z.pipe(
        secret(z.string()),
        z.transform((text) => text.length),
      ),
    })
    const value = {
      plain: 'p',
      list: ['l'],
      record: { a: 'r' },
      either: { key: 'e' },
      late: 't',
      piped: 'i',
      unknown: 'u',
    }
    expect(collectSecrets(schema, value).sort()).toEqual(['e', 'i', 'l', 'r', 't'])
  })

  it('are not texts that only point to something missing', () => {
    const { plan, problems } = checkOptions({ channels: { slack: { url: '${SLACK_URL}' } } }, {})
    expect(plan.secrets).toEqual([])
    expect(problems[0]?.message).toContain('$${SLACK_URL}')
  })
})

describe('a message about an option', () => {
  const hidden = 'not-to-be-shown'
  const notified = (options: unknown, env: Record<string, string> = {}) =>
    JSON.stringify(checkOptions(options, env).problems)

  it.each([
    [{ channels: { slack: { url: hidden } } }],
    [{ channels: { slack: { url: { [hidden]: 1 }, wait: 'https://hooks.example/not-to-be-shown' } } }],
    [{ channels: { slack: hidden } }],
    [{ channels: { dingtalk: { token: [hidden, 5], secret: 12345678, style: hidden } } }],
    [
      {
        channels: {
          webhook: { url: 'ftp://x/not-to-be-shown', auth: hidden, headers: hidden, tls: { key: [hidden] } },
        },
      },
    ],
    [{ channels: { email: { url: 'not-to-be-shown', from: hidden, auth: { user: hidden } } } }],
    [{ channels: { wecom: { key: hidden } } }],
    [{ channels: { ops: { token: hidden, url: hidden } } }],
    [{ recipients: { ops: 'https://u:not-to-be-shown@x.example' } }],
  ])('%j does not repeat what may be secret', (options) => {
    const text = notified(options).replaceAll(`channels.slack.url.${hidden}`, '')
    expect(text).not.toBe('[]')
    expect(text).not.toContain(hidden)
    expect(text).not.toContain('12345678')
  })

  it('does not repeat what came from the environment, wherever it stands', () => {
    const env = { VALUE: hidden }
    const wrong = {
      level: ['${VALUE}'],
      locale: '${VALUE}',
      timeZone: '${VALUE}',
      closeTimeout: '${VALUE}',
      labels: '${VALUE}',
      rules: [
        {
          name: '${VALUE}',
          severity: '${VALUE}',
          resolveAfter: '${VALUE}',
          match: { a: { regex: '(${VALUE}' } },
        },
      ],
      channels: { a: { type: '${VALUE}', minSeverity: '${VALUE}', to: '${VALUE}', format: '${VALUE}' } },
    }
    const text = notified(wrong, env)
    expect(text).toContain('locale')
    expect(text).not.toContain(hidden)
  })

  it('repeats a harmless value, cut and cleaned', () => {
    expect(notified({ locale: 'x\u001b[31m\n'.repeat(100) })).toMatch(/got the string '[x ]{59}…'/)
  })

  it('never holds a secret, whatever is wrong beside it', () => {
    const options = fc.record({
      url: fc.constant('https://hooks.example/${SECRET}'),
      wait: fc.anything(),
      match: fc.anything(),
      mentions: fc.anything(),
      fallback: fc.constant('${SECRET}'),
      retry: fc.dictionary(fc.string(), fc.constant('${SECRET}')),
    })
    fc.assert(
      fc.property(options, fc.stringMatching(/^[0-9a-f]{8,40}$/), (channel, SECRET) => {
        expect(notified({ channels: { slack: channel } }, { SECRET })).not.toContain(SECRET)
      }),
      { numRuns: 200 },
    )
  })
})
