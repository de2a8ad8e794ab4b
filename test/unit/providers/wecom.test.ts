import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import wecom from '#core/providers/wecom.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const key = '00000000-1111-2222-3333-444444444444'
let robot: Receiver

beforeAll(async () => {
  robot = await createReceiver()
})
beforeEach(() => {
  robot.answer = { body: '{"errcode":0,"errmsg":"ok"}' }
  robot.arrived.length = 0
})
afterAll(() => robot.close())

const at = () => ({ endpoint: `${robot.url}/cgi-bin/webhook/send`, key })
const contentOf = (type: string) => (robot.json()[type] as { content: string }).content

describe('body', () => {
  it('is markdown to the address with the key', async () => {
    expect(await send(wecom, at())).toEqual({ status: 'delivered' })
    expect(robot.arrived[0]?.path).toBe(`/cgi-bin/webhook/send?key=${key}`)
    expect(robot.json()['msgtype']).toBe('markdown')
    expect(contentOf('markdown')).toContain('### <font color="warning">[ERROR] payments prod')
    expect(contentOf('markdown')).toContain('**since**: 14:05:00')
    expect(contentOf('markdown')).toContain('> 14:04:59 warn slow')
  })

  it('has no markup, tag or mention that came from data', async () => {
    const text =
      '<@u1> <font color="info">x</font> **b** [l](http://evil) `c`\n# h\n> q\nmail a@b.example & <3'
    await send(wecom, at(), aMessage({ cards: [aCard({ text, context: ['<@all>'] })] }))
    const content = contentOf('markdown')
    expect(content).not.toMatch(/<@|<font color="info"|\*\*b|\]\(http:\/\/evil|`|^# h|^> q/m)
    expect(content).toContain('mail a@b.example & <3')
    expect(content.replaceAll('\u200b', '')).toContain('<@u1> <font color="info">x</font>')
  })

  it('mentions people by user id inside markdown', async () => {
    await send(wecom, at(), aMessage({ mentions: ['zhangsan', '@lisi'] }))
    expect(contentOf('markdown')).toContain('<@zhangsan> <@lisi>')
  })

  it('goes as text where only text reaches whom it mentions', async () => {
    for (const mentions of [['13800000000'], ['@all'], ['u1', 'mobile:10086']]) {
      await send(wecom, { ...at(), style: 'markdown' }, aMessage({ mentions }))
      expect(robot.json()['msgtype']).toBe('text')
    }
    expect(robot.json()['text']).toMatchObject({ mentioned_list: ['u1'], mentioned_mobile_list: ['10086'] })
    await send(wecom, at(), aMessage({ mentions: ['all'] }))
    expect(robot.json()['text']).toMatchObject({ mentioned_list: ['@all'], mentioned_mobile_list: [] })
  })

  it('is a card with a link as template_card, and markdown where there is no link or somebody is mentioned', async () => {
    const options = { ...at(), style: 'template_card' } as const
    const link = { label: 'trace', url: 'https://trace.example.com/4bf92f35' }
    await send(wecom, options, aMessage({ link }))
    expect(robot.json()).toMatchObject({
      msgtype: 'template_card',
      template_card: {
        card_type: 'text_notice',
        main_title: { title: expect.stringContaining('card gateway timeout') },
        card_action: { type: 1, url: link.url },
        jump_list: [{ type: 1, url: link.url, title: 'trace' }],
      },
    })
    await send(wecom, options)
    expect(robot.json()['msgtype']).toBe('markdown')
    await send(wecom, options, aMessage({ link, mentions: ['u1'] }))
    expect(contentOf('markdown')).toContain('<@u1>')
  })

  it('keeps the limits of 4096 and 2048 bytes of content, whatever the characters', async () => {
    const cards = Array.from({ length: 20 }, (_, index) =>
      aCard({ id: String(index), text: '磁盘已满😀\n'.repeat(2000) }),
    )
    await send(wecom, at(), aMessage({ cards, closing: [] }))
    expect(Buffer.byteLength(contentOf('markdown'))).toBeLessThanOrEqual(4096)
    await send(wecom, { ...at(), style: 'text' }, aMessage({ cards, closing: [] }))
    expect(Buffer.byteLength(contentOf('text'))).toBeLessThanOrEqual(2048)
    expect(contentOf('text')).not.toContain('\ufffd')
  })
})

describe('reply', () => {
  const answered = async (errcode: number, errmsg: string) => {
    robot.answer = { body: JSON.stringify({ errcode, errmsg }) }
    return send(wecom, at())
  }

  it('is read from errcode', async () => {
    expect(await answered(45009, 'api freq out of limit')).toMatchObject({ status: 'retry', delayMs: 60_000 })
    expect(await answered(-1, 'system busy')).toMatchObject({ status: 'retry' })
    expect(await answered(93000, 'invalid webhook url')).toMatchObject({ status: 'failed', lasting: true })
    expect(await answered(40058, 'markdown.content exceed max length 4096')).toMatchObject({
      status: 'failed',
      tooLong: true,
    })
    const wrong = await answered(40058, 'markdown.content is missing')
    expect(wrong.status).toBe('failed')
    expect(wrong).not.toHaveProperty('tooLong')
  })

  it('fails if it is not JSON or lacks errcode', async () => {
    for (const body of ['', 'ok', '{}', 'null']) {
      robot.answer = { body }
      expect(await send(wecom, at())).toMatchObject({ status: 'failed' })
    }
  })

  it('never holds the key, even if the robot echoes it', async () => {
    expect(JSON.stringify(await answered(93000, `invalid webhook url key=${key}`))).not.toContain(key)
  })
})

describe('options', () => {
  it('need a robot, and a key that is a uuid', () => {
    expect(problems(wecom, {}).join()).toMatch(/needs either `url`.*`key`/)
    expect(problems(wecom, { key: 'abc' })).toEqual([
      expect.stringMatching(/^key: must be the uuid after key=/),
    ])
    expect(problems(wecom, { key })).toEqual([])
  })

  it('check the key inside the official address only', () => {
    expect(
      problems(wecom, { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc' }).join(),
    ).toContain('a uuid')
    expect(problems(wecom, { url: 'http://gateway.corp/wecom?robot=7' })).toEqual([])
  })
})
