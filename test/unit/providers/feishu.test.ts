import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import feishu, { signFeishu } from '#core/providers/feishu.ts'
import { sharedData } from '../../shared-data.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const ok = { body: '{"code":0,"msg":"success","data":{},"StatusCode":0,"StatusMessage":"success"}' }
const hook = '/open-apis/bot/v2/hook/bot-of-a-test'
let bot: Receiver

beforeAll(async () => {
  bot = await createReceiver()
})
beforeEach(() => {
  bot.answer = ok
  bot.arrived.length = 0
})
afterAll(() => bot.close())

const at = () => ({ url: `${bot.url}${hook}` })

interface Part {
  readonly tag: string
  readonly content?: string
  readonly text?: Part
  readonly elements?: readonly Part[]
  readonly actions?: readonly { readonly url: string; readonly text: Part }[]
}
interface Card {
  readonly header: { readonly template: string; readonly title: Part }
  readonly elements: readonly Part[]
}
const card = () => bot.json()['card'] as Card
const text = () => (bot.json()['content'] as { text: string }).text
/** Every text of the card by its tag. */
const said = (tag: string) =>
  card()
    .elements.flatMap((element) => [element.text, ...(element.elements ?? [])])
    .flatMap((part) => (part?.tag === tag ? [part.content ?? ''] : []))

describe('signature', () => {
  it('is base64 of HMAC-SHA256 over nothing, keyed with seconds, newline and secret', () => {
    expect(signFeishu('xxx', 1_661_860_880)).toBe('QnWVTSBe6FmQDE0bG6X0mURbI+DnvVyu1h+j5dHOjrU=')
    expect(signFeishu('demo', 100)).toBe('jquNHnVOwmDRfw+vqTIrY5dooJAgi5EcRtLsQE4wfXg=')
    // The way of DingTalk on the same input, which the bot refuses with 19021.
    expect(signFeishu('demo', 100)).not.toBe('Al3fIG80paFjFaF1GYFq01nD+HwK+W12x7pPHOz3pJo=')
  })

  it('stands in the body with its timestamp as text, made anew for each attempt, and not in the address', async () => {
    const options = { ...at(), secret: 'demo' }
    await send(feishu, options, aMessage(), { now: () => 100_999 })
    expect(bot.json()).toMatchObject({
      timestamp: '100',
      sign: 'jquNHnVOwmDRfw+vqTIrY5dooJAgi5EcRtLsQE4wfXg=',
    })
    await send(feishu, options, aMessage(), { attempt: 2 })
    expect(bot.json()).toMatchObject({
      timestamp: String(noon / 1000),
      sign: signFeishu('demo', noon / 1000),
    })
    expect(bot.arrived.map(({ path }) => path)).toEqual([hook, hook])
  })

  it('is absent where the bot has no secret', async () => {
    await send(feishu, at())
    expect(Object.keys(bot.json())).toEqual(['msg_type', 'card'])
  })

  it('uses the secret of the bot whose turn it is', async () => {
    const url = [`${bot.url}/open-apis/bot/v2/hook/a`, `${bot.url}/open-apis/bot/v2/hook/b`]
    await send(feishu, { url, secret: ['one', 'two'] }, aMessage(), { address: 1 })
    expect(bot.arrived[0]?.path).toBe('/open-apis/bot/v2/hook/b')
    expect(bot.json()['sign']).toBe(signFeishu('two', noon / 1000))
  })

  const vectorFile = sharedData('signature-vectors.json')
  it.skipIf(!vectorFile.exists)(`equals every shared test vector${vectorFile.unlessSkipped}`, () => {
    interface Vector {
      readonly secret: string
      readonly timestamp: number
      readonly sign: string
      readonly wrongDingTalkStyleValue: string
    }
    const { feishu: vectors } = JSON.parse(readFileSync(vectorFile.path, 'utf8')) as { feishu: Vector[] }
    expect(vectors.length).toBeGreaterThan(0)
    for (const { secret, timestamp, sign, wrongDingTalkStyleValue } of vectors) {
      expect(signFeishu(secret, timestamp)).toBe(sign)
      expect(signFeishu(secret, timestamp)).not.toBe(wrongDingTalkStyleValue)
    }
  })
})

describe('body', () => {
  it('is a card under `card`, whose colour shows the severity', async () => {
    for (const [parts, template] of [
      [{ severity: 'critical' }, 'red'],
      [{ severity: 'warning' }, 'orange'],
      [{ severity: 'info' }, 'blue'],
      [{ severity: 'critical', reason: 'resolved' }, 'green'],
    ] as const) {
      await send(feishu, at(), aMessage(parts))
      expect(bot.json()).toMatchObject({ msg_type: 'interactive', card: { header: { template } } })
      expect(bot.json()['content']).toBeUndefined()
    }
  })

  it('keeps data in plain_text, and harmless in the lark_md of the facts', async () => {
    const hostile = '<at id=all></at> **b** [l](http://evil.example) *x*'
    const facts = [{ label: 'user', value: hostile, url: 'https://trace.example.com/?a=1&b=(2)' }]
    await send(feishu, at(), aMessage({ cards: [aCard({ text: hostile, facts, context: [hostile] })] }))
    expect(said('plain_text')).toEqual([hostile, hostile, 'next reminder in 5 min'])
    const [fact = ''] = said('lark_md')
    expect(fact).toMatch(/^\*\*user\*\*: \[<\u200bat/)
    expect(fact).not.toMatch(/<at|\]\(http:\/\/evil/)
    expect(fact).toMatch(/\]\(https:\/\/trace\.example\.com\/\?a=1&b=%282%29\)$/)
  })

  it('has a button to an http(s) link, and none to any other, which would make the bot refuse the card', async () => {
    const link = { label: 'trace', url: 'https://trace.example.com/4bf92f35' }
    await send(feishu, at(), aMessage({ link }))
    const buttons = () => card().elements.flatMap(({ actions = [] }) => actions)
    expect(buttons()).toMatchObject([{ url: link.url, text: { tag: 'plain_text', content: 'trace' } }])
    await send(feishu, at(), aMessage({ link: { label: 'x', url: 'javascript:alert(1)' } }))
    expect(buttons()).toEqual([])
  })

  it('mentions by open id and everybody, with the attribute of each style', async () => {
    const mentions = ['ou_18eac85d35', '@all', '13800000000']
    await send(feishu, at(), aMessage({ mentions }))
    expect(said('lark_md')[0]).toBe('<at id=ou_18eac85d35></at> <at id=all></at> 13800000000')
    await send(feishu, { ...at(), style: 'text' }, aMessage({ mentions }))
    expect(text()).toContain('<at user_id="ou_18eac85d35"></at> <at user_id="all"></at> 13800000000')
  })

  it('is text as asked for, and on the second try after "too long"', async () => {
    await send(feishu, { ...at(), style: 'text' }, aMessage({ subject: '<at user_id="all">x</at>' }))
    expect(bot.json()['msg_type']).toBe('text')
    expect(text()).toMatch(/^<\u200bat user_id="all">x<\u200b\/at>/)
    await send(feishu, at(), aMessage({ plain: true }))
    expect(bot.json()['msg_type']).toBe('text')
  })

  it('has the keyword appended where it is missing, in either style', async () => {
    await send(feishu, { ...at(), keyword: '告警' })
    expect(said('plain_text').at(-1)).toBe('告警')
    await send(feishu, { ...at(), keyword: 'payments' })
    expect(said('plain_text').at(-1)).not.toBe('payments')
    await send(feishu, { ...at(), keyword: '告警', style: 'text' })
    expect(text()).toMatch(/告警$/)
  })

  it('stays within the limit as a whole, signature included, in bytes', async () => {
    const cards = Array.from({ length: 20 }, (_, index) =>
      aCard({ id: String(index), text: '磁盘已满"\n'.repeat(3_000) }),
    )
    await send(feishu, { ...at(), secret: 'demo', keyword: '告警' }, aMessage({ cards, mentions: ['all'] }))
    expect(Buffer.byteLength(bot.arrived[0]!.body)).toBeLessThanOrEqual(19_500)
    expect(said('plain_text').at(-1)).toBe('告警')
  })
})

describe('reply', () => {
  const answered = async (code: number, msg: string, attempt = 1) => {
    bot.answer = { body: JSON.stringify({ code, msg }) }
    return send(feishu, at(), aMessage(), { attempt })
  }

  it('is read from code: only 0 is delivered, or the StatusCode of older servers', async () => {
    expect(await answered(0, 'success')).toEqual({ status: 'delivered' })
    bot.answer = { body: '{"Extra":null,"StatusCode":0,"StatusMessage":"success"}' }
    expect(await send(feishu, at())).toEqual({ status: 'delivered' })
    for (const body of [
      '',
      '<html>sign in</html>',
      '{}',
      '[]',
      '{"code":"0"}',
      '{"code":1,"StatusCode":0}',
    ]) {
      bot.answer = { body }
      expect(await send(feishu, at()), body).toMatchObject({ status: 'failed' })
    }
  })

  it('waits when it comes too fast, longer the more often, and not all at the same moment', async () => {
    const delay = async (attempt: number) => {
      const receipt = await answered(11232, 'frequency limited psm[x]appID[1500]', attempt)
      return receipt.status === 'retry' ? receipt.delayMs! : 0
    }
    const first = [await delay(1), await delay(1), await delay(1)]
    for (const delayMs of first) expect(delayMs >= 1_000 && delayMs <= 5_000, String(delayMs)).toBe(true)
    expect(new Set(first).size).toBeGreaterThan(1)
    expect(await delay(6)).toBeGreaterThanOrEqual(60_000)
    expect(await delay(500)).toBeLessThanOrEqual(120_000)
    bot.answer = { status: 400, body: '{"code":9499,"msg":"too many request"}' }
    expect(await send(feishu, at())).toMatchObject({ status: 'retry' })
  })

  it('distinguishes what is worth a plain attempt from what concerns every message, and says what to do', async () => {
    expect(await answered(9499, 'Bad Request')).toMatchObject({ status: 'failed', tooLong: true })
    expect(await answered(200621, 'parse card json err')).toMatchObject({ tooLong: true })
    expect(await answered(19001, 'incoming webhook access token invalid')).toMatchObject({ lasting: true })
    expect(await answered(19021, 'sign match fail')).toMatchObject({
      lasting: true,
      why: expect.stringContaining('clock'),
    })
    expect(await answered(19022, 'Ip Not Allowed')).toMatchObject({ lasting: true })
    const keyword = await answered(19024, 'Key Words Not Found')
    expect(keyword).toMatchObject({ status: 'failed', why: expect.stringContaining('`keyword`') })
    expect(keyword).not.toHaveProperty('lasting')
  })

  it('never holds the address or the secret, even if the bot echoes them', async () => {
    const secret = 'secret-of-a-test-bot'
    bot.answer = { body: JSON.stringify({ code: 19001, msg: `no ${hook} with ${secret}` }) }
    const receipt = JSON.stringify(await send(feishu, { ...at(), secret }))
    expect(receipt).not.toContain('bot-of-a-test')
    expect(receipt).not.toContain(secret)
  })
})

describe('options', () => {
  it('need the whole webhook address, of Feishu, of Lark or of a gateway', () => {
    expect(problems(feishu, {}).join()).toContain('needs `url`')
    for (const url of [
      'https://open.feishu.cn/open-apis/bot/v2/hook/',
      'https://open.feishu.cn/open-apis/bot/hook/abc',
      'https://open.larksuite.com/',
    ]) {
      expect(problems(feishu, { url }).join(), url).toContain(
        'is not a webhook address: copy the whole of it',
      )
    }
    expect(problems(feishu, { url: 'https://open.larksuite.com/open-apis/bot/v2/hook/a-b-c' })).toEqual([])
    expect(problems(feishu, { url: 'https://gateway.example/feishu' })).toEqual([])
    expect(problems(feishu, { url: 'a-b-c' }).join()).toContain('must be a whole address')
  })

  it('are reported all at once', () => {
    const found = problems(feishu, { secret: '', style: 'post', keyword: '' })
    expect(found.map((line) => line.split(':')[0]).sort()).toEqual(['keyword', 'secret', 'style', 'url'])
  })
})
