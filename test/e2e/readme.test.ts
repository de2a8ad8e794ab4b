import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { inSoak, soakTest } from '../soak.ts'
import { type Inbox, inTime, noHurry, openInbox, runCommand, runInTime } from './app.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(join(root, 'docs/providers')).map((name) => `docs/providers/${name}`),
]
const readme = readFileSync(join(root, 'README.md'), 'utf8')

const chinese = readFileSync(join(root, 'README.zh-CN.md'), 'utf8')
const inChinese = (page: string) => readFileSync(join(root, 'docs/zh', page), 'utf8')
const snippets = ['pino', 'pino-targets', 'pino-stream', 'pino-checked', 'winston', 'hub']
/** They differ from the English ones in their channel only, which is checked for each of them. */
const chineseSnippets = inSoak(snippets, ['pino', 'winston'])

/** The code block under `<!-- test: name -->`. */
function snippet(page: string, name: string): string {
  const found = page.split(`<!-- test: ${name} -->`)[1]?.match(/```js\n([\s\S]*?)```/)?.[1]
  if (found === undefined) throw new Error(`no snippet named ${name}`)
  return found
}

/** The robots' own addresses are those of the inbox; the rest stays as written. */
function atInbox(code: string): string {
  return code
    .replaceAll("token: '${DINGTALK_TOKEN}'", "url: '${DINGTALK_URL}'")
    .replaceAll("key: '${WECOM_KEY}'", "url: '${WECOM_URL}'")
}

function robotsOf({ channels }: Inbox): Record<string, string> {
  return {
    DINGTALK_URL: String(channels.dingtalk['url']),
    DINGTALK_SECRET: String(channels.dingtalk['secret']),
    WECOM_URL: String(channels.wecom['url']),
    FEISHU_URL: String(channels.feishu['url']),
    FEISHU_SECRET: String(channels.feishu['secret']),
    ...noHurry(),
  }
}

async function problemsOf(options: object): Promise<readonly unknown[]> {
  const { checkOptions } = await import(join(inject('app'), 'node_modules/alert-core/dist/index.js'))
  return checkOptions(options, {
    SLACK_URL: 'https://hooks.slack.com/services/T/B/x',
    SMTP_URL: 'smtp://localhost',
    DINGTALK_TOKEN: 'inbox',
    DINGTALK_SECRET: 'SEC-inbox',
    WECOM_KEY: '693a91f6-7000-4bc4-97a0-0ec200000000',
  }).problems
}

describe('the README', () => {
  let inbox: Inbox
  beforeAll(async () => {
    inbox = await openInbox({ rateLimits: false })
  })
  afterAll(() => inbox.close())

  it.each(snippets)('has a snippet named %s that runs as written and notifies Slack once', async (name) => {
    inbox.clear()
    const ended = await runInTime(snippet(readme, name), {
      env: { SLACK_URL: String(inbox.channels.slack['url']), ...noHurry() },
    })
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    expect(inbox.received({ provider: 'slack', ok: true })).toHaveLength(1)
  })

  it('has a snippet for pino-http that runs as written: the alert says the error and the request', async () => {
    inbox.clear()
    const serve = `
      import { once } from 'node:events'
      const server = app.listen(0, '127.0.0.1')
      await once(server, 'listening')
      for (let times = 0; times < 3; times += 1) await fetch('http://127.0.0.1:' + server.address().port + '/pay')
      server.close()
      server.closeAllConnections()
    `
    const ended = await runInTime(`${snippet(readme, 'pino-http')}${serve}`, {
      env: { SLACK_URL: String(inbox.channels.slack['url']), ...noHurry() },
    })
    expect(ended).toMatchObject({ stderr: '', code: 0 })
    const [message, ...more] = inbox.received({ provider: 'slack', ok: true })
    expect(more).toEqual([])
    expect(JSON.stringify(message?.view)).toMatch(/card gateway timeout.*GET \/pay/s)
  })

  it.each([...snippets, 'pino-http'])(
    'shows the snippet %s in Chinese too, with a channel that passes the check',
    async (name) => {
      const channel = /channels: (\{ \w+: \{[^}]*(?:\{\w+\}[^}]*)*\} \})/
      const anyChannel = (text: string) => text.replace(channel, 'channels')
      const blocks = [...chinese.matchAll(/```js\n([\s\S]*?)```/g)].map(([, block]) => block!)
      const same = blocks.find((block) => anyChannel(block) === anyChannel(snippet(readme, name)))
      expect(same, `README.zh-CN.md has no such code:\n${snippet(readme, name)}`).toBeDefined()
      const channels = new Function(`return (${channel.exec(same!)![1]})`)()
      expect(await problemsOf({ channels })).toEqual([])
    },
  )

  it.each(chineseSnippets)(
    'has a snippet %s in Chinese that runs and notifies its channel once',
    async (name) => {
      inbox.clear()
      const ended = await runInTime(atInbox(snippet(chinese, name)), { env: robotsOf(inbox) })
      expect(ended).toMatchObject({ stderr: '', code: 0 })
      expect(inbox.received().map(({ ok }) => ok)).toEqual([true])
    },
  )

  it.each([
    ['README.md', 'first-channel', 'dingtalk', '[错误] billing prod：支付失败'],
    ['dingtalk.md', 'dingtalk', 'dingtalk', '[严重] billing：账务服务不可用'],
    ['wecom.md', 'wecom', 'wecom', '[错误] billing：支付失败'],
    ['feishu.md', 'feishu', 'feishu', '[错误] billing：支付失败'],
  ] as const)(
    'docs/zh/%s has a snippet %s that runs and notifies %s once',
    async (page, name, provider, text) => {
      inbox.clear()
      const ended = await runInTime(atInbox(snippet(inChinese(page), name)), { env: robotsOf(inbox) })
      expect(ended).toMatchObject({ stderr: '', code: 0 })
      expect(inbox.received().map((each) => [each.provider, each.ok])).toEqual([[provider, true]])
      const [{ view }] = inbox.received() as [ReturnType<Inbox['received']>[number]]
      expect(`${view.subject ?? ''} ${view.text}`).toContain(text)
    },
  )

  it.each([
    ['first-card', '[错误] billing：支付失败 ×37'],
    ['first-card-winston', '[错误] billing：支付失败'],
  ])('docs/zh/README.md has a snippet %s that shows a card on stderr', async (name, text) => {
    const ended = await runInTime(snippet(inChinese('README.md'), name), { env: noHurry() })
    expect(ended.code).toBe(0)
    expect(ended.stderr.match(/┌/g)).toHaveLength(1)
    expect(ended.stderr).toContain(text)
  })

  it("and the command line's README shows a test that passes as written", async () => {
    const page = readFileSync(join(root, 'packages/alert-transport/README.md'), 'utf8')
    const ended = await runInTime(snippet(page, 'assert'), { env: noHurry() })
    expect(ended).toMatchObject({ stderr: '', code: 0 })
  })

  it('and docs/records.md shows a hook that keeps the error behind a text', async () => {
    const page = readFileSync(join(root, 'docs/records.md'), 'utf8')
    const ended = await runInTime(snippet(page, 'hook'))
    expect(ended).toMatchObject({ stderr: '', code: 0 })
    expect(JSON.parse(ended.stdout)).toMatchObject({
      msg: 'payment failed',
      err: { message: 'card declined' },
    })
  })

  for (const [page, text, provider] of [
    ['README.md', readme, 'slack'],
    ['README.zh-CN.md', chinese, 'dingtalk'],
  ] as const)
    soakTest(`${page} shows commands that run as written, on the YAML above them`, async () => {
      const folder = await mkdtemp(join(inject('app'), 'commands-'))
      const line = '{"level":50,"time":1796000000000,"msg":"payment failed"}'
      await writeFile(join(folder, 'alerts.yaml'), text.match(/```yaml\n([\s\S]*?)```/)![1]!)
      await writeFile(join(folder, 'app.log'), `${line}\n`)
      await writeFile(join(folder, 'app.js'), `console.log(${JSON.stringify(line)})`)
      const commands = text
        .split('```')
        .flatMap((part) => (part.startsWith('sh\n') ? part.split('\n').slice(1) : []))
        // The inbox does not end by itself; cli.test.ts starts it.
        .filter((command) => /npx alert-transport (?!inbox)/.test(command))
      expect(commands).toHaveLength(6)
      const env = { ...process.env, NODE_OPTIONS: '', ...robotsOf(inbox), ...noHurry() }
      const SLACK_URL = String(inbox.channels.slack['url'])
      const sent: number[] = []
      for (const command of commands) {
        inbox.clear()
        const ended = await runCommand(['sh', '-c', command], { cwd: folder, env: { ...env, SLACK_URL } })
        expect(inTime(ended), command).toMatchObject({ code: 0, stderr: '' })
        expect(ended.stdout, command).not.toBe('')
        sent.push(inbox.received({ provider, ok: true }).length)
      }
      // check, explain, replay, send-test, watch in a pipe, watch around the application
      expect(sent).toEqual([0, 0, 0, 1, 1, 1])
      await rm(folder, { recursive: true })
    })

  it('and docs/testing.md shows a test with an inbox of its own that runs as written', async () => {
    const ended = await runInTime(snippet(readFileSync(join(root, 'docs/testing.md'), 'utf8'), 'inbox'), {
      env: noHurry(),
    })
    expect(ended).toMatchObject({ stderr: '', stdout: '1\n', code: 0 })
  })

  it('names only commands and files that exist', () => {
    for (const page of pages) {
      const text = readFileSync(join(root, page), 'utf8')
      for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(() => readFileSync(join(root, page, '..', link!)), `${page} → ${link}`).not.toThrow()
      }
    }
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const [, script] of readme.matchAll(/npx -y pnpm@10 (\w+)/g))
      expect(Object.keys(scripts)).toContain(script)
  })

  it.each([
    ['English', readme, 'From one line to rules:'],
    ['Chinese', chinese, '从一行配置到规则：'],
  ])('shows options in %s that pass the check', async (_language, page, before) => {
    const block = page.split(before)[1]!.match(/```js\n([\s\S]*?)```/)![1]!
    const examples = block
      .split(/^\/\/ \d · .*$/m)
      .slice(1)
      .map((text) => text.trim())
    expect(examples).toHaveLength(3)
    const options = examples.map((text) => new Function(`return (${text})`)())
    // The third one shows rules only; its channels are those of the second.
    const whole = [options[0], options[1], { ...options[1], ...options[2] }]
    for (const each of whole) expect(await problemsOf(each)).toEqual([])
  })
})

describe("the page on a provider of one's own", () => {
  it('shows a file that loads and delivers', async () => {
    const page = readFileSync(join(root, 'docs/providers/module.md'), 'utf8')
    const paged: string[] = []
    const server = createServer((request, response) => {
      paged.push(request.url ?? '')
      response.end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const folder = join(inject('app'), 'own-provider')
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'pager-provider.mjs'),
      snippet(page, 'module').replace('https://pager.example.com', `http://127.0.0.1:${port}`),
    )
    const source = `
      import { createHub } from 'alert-core'
      const hub = createHub({ channels: { pager: { type: 'module', module: './own-provider/pager-provider.mjs', options: { team: 'core' } } } })
      hub.subscribe((event) => console.log(event.type, event.why ?? ''))
      hub.publish({ severity: 'critical', error: new Error('x') })
      await hub.close()
    `
    const ended = await runInTime(source, { env: noHurry() })
    server.close()
    server.closeAllConnections()
    expect(ended.stdout).toMatch(/^delivered/m)
    expect(ended.stderr).toBe('')
    expect(paged).toEqual(['/core'])
  })
})
