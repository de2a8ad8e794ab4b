import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import dingtalk, { signDingtalk } from '#core/providers/dingtalk.ts'
import { sharedData } from '../../shared-data.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const token = 'robot-token-of-a-test'
const ok = { body: '{"errcode":0,"errmsg":"ok"}' }
let robot: Receiver

beforeAll(async () => {
  robot = await createReceiver()
})
beforeEach(() => {
  robot.answer = ok
  robot.arrived.length = 0
})
afterAll(() => robot.close())

const at = () => ({ endpoint: `${robot.url}/robot/send`, token })

describe('signature', () => {
  it('is base64 of HMAC-SHA256 over timestamp, newline and secret, keyed with the secret', () => {
    const secret = 'SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
    expect(signDingtalk(secret, 1_700_000_000_000)).toBe('bTgY2yDbep+wesS7jKiNj+srsHoADES4+C4f8LCHFtU=')
    expect(signDingtalk('this is secret', 1_577_262_236_757)).toBe(
      'hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=',
    )
    expect(signDingtalk('SECa-_.~+/=%&?', 1_735_689_600_000)).toBe(
      '1kO1MSnDgkNCTkqesB/TzEejiaUbrRSOy6paAgPEBXc=',
    )
  })

  it('is made anew for each attempt, encoded once, and appended to the query', async () => {
    const options = { ...at(), secret: 'this is secret' }
    await send(dingtalk, options, aMessage(), { now: () => 1_577_262_236_757 })
    await send(dingtalk, options, aMessage(), { now: () => 1_577_262_236_758, attempt: 2 })
    const [first, second] = robot.arrived.map(({ path }) => path)
    expect(first).toBe(
      `/robot/send?access_token=${token}&timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D`,
    )
    expect(second).toContain('timestamp=1577262236758&sign=')
    expect(second).not.toContain('hmPWwU')
  })

  it('is absent where the robot has no secret', async () => {
    await send(dingtalk, at())
    expect(robot.arrived[0]?.path).toBe(`/robot/send?access_token=${token}`)
  })

  it('uses the secret of the robot whose turn it is', async () => {
    const options = {
      url: [`${robot.url}/a?access_token=a`, `${robot.url}/b?access_token=b`],
      secret: ['SECa', 'SECb'],
    }
    await send(dingtalk, options, aMessage(), { address: 1 })
    const query = new URL(robot.arrived[0]!.path, robot.url).searchParams
    expect(query.get('access_token')).toBe('b')
    expect(query.get('sign')).toBe(signDingtalk('SECb', noon))
  })

  const vectorFile = sharedData('signature-vectors.json')
  it.skipIf(!vectorFile.exists)(`equals every shared test vector${vectorFile.unlessSkipped}`, () => {
    interface Vector {
      readonly secret: string
      readonly timestamp: number
      readonly signBase64: string
      readonly signQueryParam: string
    }
    const { dingtalk: vectors } = JSON.parse(readFileSync(vectorFile.path, 'utf8')) as { dingtalk: Vector[] }
    expect(vectors.length).toBeGreaterThan(0)
    for (const { secret, timestamp, signBase64, signQueryParam } of vectors) {
      expect(signDingtalk(secret, timestamp)).toBe(signBase64)
      expect(encodeURIComponent(signDingtalk(secret, timestamp))).toBe(signQueryParam)
    }
  })
})

describe('body', () => {
  it('is markdown with a title, and no markup comes from data', async () => {
    const card = aCard({
      title: '[ERROR] *x* [a](http://evil) <font>',
      text: '# not a heading\n> nor a quote\n1. nor a list',
    })
    await send(dingtalk, at(), aMessage({ cards: [card], subject: '[ERROR] payments: `x` _y_ snake_case' }))
    const { msgtype, markdown } = robot.json() as {
      msgtype: string
      markdown: { title: string; text: string }
    }
    expect(msgtype).toBe('markdown')
    expect(markdown.title).toBe('[ERROR] payments: `x` _y_ snake_case')
    expect(markdown.text).toContain('### [ERROR] payments: \\`x\\` \\_y\\_ snake_case')
    expect(markdown.text).toContain('\\*x\\* [a]\u200b(http://evil) \\<font>')
    expect(markdown.text).toContain('\\# not a heading')
    expect(markdown.text).toContain('\\> nor a quote')
    expect(markdown.text).toContain('1\\. nor a list')
    expect(markdown.text).toContain('[4bf92f35](https://trace.example.com/4bf92f35)')
  })

  it('has a button to the link as actionCard, and is markdown where there is no link or somebody is mentioned', async () => {
    const link = { label: 'trace', url: 'https://trace.example.com/4bf92f35' }
    const options = { ...at(), style: 'actionCard' } as const
    await send(dingtalk, options, aMessage({ link }))
    expect(robot.json()).toMatchObject({
      msgtype: 'actionCard',
      actionCard: {
        singleTitle: 'trace',
        singleURL: link.url,
        title: expect.any(String),
        text: expect.any(String),
      },
    })
    await send(dingtalk, options, aMessage())
    expect(robot.json()['msgtype']).toBe('markdown')
    await send(dingtalk, options, aMessage({ link, mentions: ['u1'] }))
    expect(robot.json()['msgtype']).toBe('markdown')
  })

  it('is text as asked for, and on the second try after "too long"', async () => {
    await send(dingtalk, { ...at(), style: 'text' })
    expect(robot.json()).toMatchObject({ msgtype: 'text', text: { content: expect.stringContaining('×37') } })
    await send(dingtalk, at(), aMessage({ plain: true }))
    expect(robot.json()['msgtype']).toBe('text')
  })

  it('has the keyword appended where it is missing', async () => {
    await send(dingtalk, { ...at(), keyword: '告警' })
    expect((robot.json()['markdown'] as { text: string }).text).toMatch(/告警$/)
    await send(dingtalk, { ...at(), style: 'text', keyword: 'payments' })
    expect((robot.json()['text'] as { content: string }).content).not.toMatch(/payments$/)
  })

  it('mentions by mobile and user id, each also literally in the text', async () => {
    const mentions = ['13800000000', '+886-912345678', '@manager4081', 'user:12345678901', 'all']
    await send(dingtalk, at(), aMessage({ mentions }))
    const { at: pinged, markdown } = robot.json() as { at: object; markdown: { text: string } }
    expect(pinged).toEqual({
      atMobiles: ['13800000000', '+886-912345678'],
      atUserIds: ['manager4081', '12345678901'],
      isAtAll: true,
    })
    for (const id of ['13800000000', '+886-912345678', 'manager4081', '12345678901', '所有人']) {
      expect(markdown.text).toContain(`@${id}`)
    }
  })

  it('stays within the limit as a whole, in bytes, whatever the characters', async () => {
    const card = aCard({ text: '磁盘已满"\n'.repeat(10_000) })
    const cards = Array.from({ length: 20 }, (_, index) => aCard({ ...card, id: String(index) }))
    await send(dingtalk, { ...at(), keyword: '告警' }, aMessage({ cards, mentions: ['13800000000'] }))
    expect(Buffer.byteLength(robot.arrived[0]!.body)).toBeLessThanOrEqual(18_000)
    expect((robot.json()['markdown'] as { text: string }).text).toMatch(/告警$/)
  })
})

describe('reply', () => {
  const answered = async (errcode: number, errmsg: string, attempt = 1) => {
    robot.answer = { body: JSON.stringify({ errcode, errmsg }) }
    return send(dingtalk, at(), aMessage(), { attempt })
  }

  it('is read from errcode: only 0 is delivered', async () => {
    expect(await answered(0, 'ok')).toEqual({ status: 'delivered' })
    expect(await answered(300005, 'token is not exist')).toMatchObject({ status: 'failed', lasting: true })
    expect(await answered(43004, 'invalid http header')).toMatchObject({ status: 'failed' })
  })

  it('asks for at least a minute when it comes too fast, and longer the more often', async () => {
    expect(await answered(130101, 'send too fast, exceed 20 times per minute')).toMatchObject({
      status: 'retry',
      delayMs: 60_000,
    })
    expect(await answered(999999, 'send too fast')).toMatchObject({ status: 'retry', delayMs: 60_000 })
    expect(await answered(130101, 'send too fast', 3)).toMatchObject({ status: 'retry', delayMs: 180_000 })
  })

  it('leaves a robot alone for an hour when its quota is gone', async () => {
    expect(await answered(90030, 'quota')).toMatchObject({ status: 'retry', delayMs: 3_600_000 })
  })

  it('distinguishes busy, too long and a wrong setting, and names the setting', async () => {
    expect(await answered(-1, 'system busy')).toMatchObject({ status: 'retry' })
    expect(await answered(460101, 'message too long, exceed 20000 bytes')).toMatchObject({
      status: 'failed',
      tooLong: true,
    })
    expect(await answered(310000, 'keywords not in content')).toMatchObject({
      why: expect.stringContaining('`keyword`'),
    })
    expect(await answered(310000, 'sign not match')).toMatchObject({
      why: expect.stringContaining('`secret`'),
    })
    expect(await answered(310000, 'invalid timestamp')).toMatchObject({
      why: expect.stringContaining('clock'),
    })
  })

  it('fails if it is not JSON or lacks errcode', async () => {
    for (const body of ['', '<html>sign in</html>', '{}', '[]', '{"errcode":"0"}']) {
      robot.answer = { body }
      expect(await send(dingtalk, at())).toMatchObject({ status: 'failed' })
    }
  })

  it('never holds the token or the secret, even if the robot echoes them', async () => {
    const secret = 'SECof-a-test-robot'
    robot.answer = { body: JSON.stringify({ errcode: 300005, errmsg: `token ${token} with ${secret}` }) }
    const receipt = JSON.stringify(await send(dingtalk, { ...at(), secret }))
    expect(receipt).not.toContain(token)
    expect(receipt).not.toContain(secret)
  })
})

describe('options', () => {
  it('need a robot, once, and say so', () => {
    expect(problems(dingtalk, {}).join()).toMatch(/url: needs either `url`.*`token`/)
    expect(problems(dingtalk, { url: 'https://a.example/x', token: 'abc' }).join()).toMatch(/needs either/)
    expect(problems(dingtalk, { token: 'abc' })).toEqual([])
  })

  it('are reported all at once', () => {
    const found = problems(dingtalk, {
      token: 'https://oapi.dingtalk.com/robot/send',
      style: 'html',
      endpoint: 'nowhere',
    })
    expect(found.map((line) => line.split(':')[0]).sort()).toEqual(['endpoint', 'style', 'token'])
  })

  it('spot a webhook address without its token', () => {
    expect(problems(dingtalk, { url: 'https://oapi.dingtalk.com/robot/send' }).join()).toContain(
      'lacks access_token',
    )
    expect(problems(dingtalk, { url: ['https://gateway.example/ding', 'ftp://x'] })).toEqual([
      expect.stringMatching(/^url\.1: must be a whole address/),
    ])
  })
})
