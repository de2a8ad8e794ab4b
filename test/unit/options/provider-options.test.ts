/**
 * What each provider says of its own options: which one is missing or malformed, by its path, and what to
 * write instead.
 */
import { describe, expect, it } from 'vitest'
import type { providers } from '#core/options/provider-table.ts'
import { checkOptions } from '#core/options.ts'
import { names, providerRows } from '../../contract/rows.ts'
import { https, uuid } from '../../contract/said.ts'

type Type = keyof typeof providers

const check = (type: Type, channel: object, rest: object = {}) => {
  const { problems } = checkOptions({ channels: { x: { type, ...channel } }, ...rest }, {})
  return problems.map(({ path, message }) => `${path.replace('channels.x.', '')}: ${message}`)
}

const checked = names.flatMap((name) => {
  const check = providerRows[name]?.check
  return check === undefined ? [] : [[name, check] as const]
})

describe.each(checked)('%s', (type, { right, missing, wrong }) => {
  it('has nothing to say of options that are right', () => {
    expect(check(type, right)).toEqual([])
  })

  it('names all that is missing at once', () => {
    const said = check(type, {})
    for (const one of missing) expect(said).toContainEqual(expect.stringMatching(one))
  })

  it.each(wrong)('says of %j what to write instead', (change, expected) => {
    const said = check(type, { ...right, ...change })
    expect(said).toContainEqual(
      typeof expected === 'string' ? expect.stringContaining(expected) : expect.stringMatching(expected),
    )
  })
})

describe('addresses in clear', () => {
  it('are possible to this machine and to a private gateway, not to the providers themselves', () => {
    const paths = {
      dingtalk: '/robot/send?access_token=a',
      wecom: `/send?key=${uuid}`,
      feishu: '/open-apis/bot/v2/hook/a',
      discord: '/api/webhooks/1/a',
      googlechat: '/v1/spaces/A/messages?key=k&token=t',
      mattermost: '/hooks/a',
      rocketchat: '/hooks/a/b',
      webhook: '/x',
    } as const
    for (const [type, path] of Object.entries(paths) as [Type, string][]) {
      expect(check(type, { url: `http://127.0.0.1:8080${path}` }), type).toEqual([])
      expect(check(type, { url: `http://im-gateway.corp.example${path}` }), type).toEqual([])
    }
    for (const type of ['slack', 'teams'] as const) {
      expect(check(type, { url: 'http://localhost:8080/x' })).toEqual([])
      expect(check(type, { url: 'http://im-gateway.corp.example/x' }).join()).toContain(https)
    }
  })
})
