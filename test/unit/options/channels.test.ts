import { describe, expect, it } from 'vitest'
import { channelShape } from '#core/options/channel-shape.ts'
import { providers } from '#core/options/provider-table.ts'
import { checkOptions } from '#core/options.ts'
import { infoOf } from '#core/provider/schema.ts'

const check = (channels: unknown, rest: object = {}) => {
  const { plan, problems } = checkOptions({ channels, ...rest }, {})
  return { plan, messages: Object.fromEntries(problems.map(({ path, message }) => [path, message])) }
}
const types = Object.keys(providers)
const known = `Known: ${types.slice(0, -1).join(', ')} or ${types.at(-1)}.`

describe('a channel', () => {
  it('takes its type from its name', () => {
    const { plan, messages } = check({ slack: { url: 'https://hooks.example/x' } })
    expect(messages).toEqual({})
    expect(plan.channels[0]).toMatchObject({ name: 'slack', type: 'slack', definition: providers.slack })
  })

  it('of any other name needs a type', () => {
    expect(check({ ops: {}, slak: {} }).messages).toEqual({
      'channels.ops.type': `is missing: the channel's name is not a provider. ${known}`,
      'channels.slak.type': `is missing: the channel's name is not a provider. Did you mean 'slack'? ${known}`,
    })
  })

  it('may be named after one provider and be of another', () => {
    const { plan } = check({ slack: { type: 'webhook', url: 'https://gateway.example/x' } })
    expect(plan.channels[0]?.type).toBe('webhook')
  })

  it('of an unknown type gets the nearest known one', () => {
    expect(check({ ops: { type: 'dingtlak' } }).messages).toEqual({
      'channels.ops.type': `is not a provider. Did you mean 'dingtalk'? ${known}`,
    })
    expect(check({ ops: { type: 'constructor' } }).messages['channels.ops.type']).toContain(
      'is not a provider.',
    )
    expect(check({ toString: {} }).messages['channels.toString.type']).toContain('is missing')
  })

  it('that is not an object gets an example, and its value is not repeated', () => {
    expect(check({ slack: 'https://hooks.example/hidden' }).messages).toEqual({
      'channels.slack':
        "expected an object of options such as { type: 'slack', url: '${SLACK_URL}' }, got a string.",
    })
  })

  it.each([
    [{ slack: {} }, 'channels.slack.url', 'SLACK_URL'],
    [{ 'my-hook': { type: 'webhook' } }, 'channels.my-hook.url', 'MY_HOOK_URL'],
    [{ dingtalk: { secret: 'SECx' } }, 'channels.dingtalk.url', 'DINGTALK_URL'],
    [{ wecom: {} }, 'channels.wecom.url', 'WECOM_URL'],
    [{ module: {} }, 'channels.module.module', 'MODULE_MODULE'],
    [
      { webhook: { url: 'https://a.example', auth: { basic: { user: 'u' } } } },
      'channels.webhook.auth.basic.pass',
      'WEBHOOK_PASS',
    ],
  ])('%j without what its provider needs is a problem with its cure', (channels, path, variable) => {
    const message = check(channels).messages[path]
    expect(message).toMatch(/needs|is missing/)
    expect(message).toContain(`Write it, or '\${${variable}}' to read it from the environment.`)
  })

  it('reports the problems of its shared and of its own options together', () => {
    const { messages } = check({
      dingtalk: { tokn: 'x', wait: 'soon', style: 'markdwn', to: ['nowhere-group'], fallback: 'nowhere' },
    })
    expect(Object.keys(messages)).toEqual([
      'channels.dingtalk.tokn',
      'channels.dingtalk.wait',
      'channels.dingtalk.style',
      'channels.dingtalk.to[0]',
      'channels.dingtalk.fallback',
      'channels.dingtalk.url',
    ])
    expect(messages['channels.dingtalk.style']).toMatch(/must be 'markdown'.*Did you mean 'markdown'\?$/)
  })

  it('with a problem is left out, and the others stay', () => {
    const { plan } = check({ slack: {}, console: {}, wecom: { key: 'x' } })
    expect(plan.channels.map(({ name }) => name)).toEqual(['console'])
  })

  it('is the console when none is given', () => {
    expect(checkOptions({}, {}).plan.channels.map(({ type }) => type)).toEqual(['console'])
    expect(checkOptions({ channels: {} }, {}).plan.channels.map(({ type }) => type)).toEqual(['console'])
  })

  it('gives its provider the options as the provider’s schema made them', () => {
    const { plan } = check({ ding: { type: 'dingtalk', token: 'abcdef' } })
    expect(plan.channels[0]?.providerOptions).toEqual({
      token: 'abcdef',
      endpoint: 'https://oapi.dingtalk.com/robot/send',
      style: 'markdown',
    })
  })
})

it.each(Object.entries(providers))(
  '%s has no option that hides one that all channels share',
  (_, { options }) => {
    const own = Object.keys(options.shape)
    expect(own.filter((key) => Object.hasOwn(channelShape, key))).toEqual([])
  },
)

it.each(Object.entries(providers))('%s says what each of its options means', (_, { options }) => {
  for (const [key, schema] of Object.entries(options.shape)) {
    expect(infoOf(schema).description, key).toMatch(/\w{3}/)
  }
})
