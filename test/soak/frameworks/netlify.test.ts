// A function of Netlify as the page shows it, run by what `netlify dev` runs functions with.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Inbox, inTime, noHurry, openInbox, runCommand } from '../../e2e/app.ts'

const run = promisify(execFile)
const page = fileURLToPath(new URL('../../../docs/frameworks/lambda.md', import.meta.url))

/** What the page leaves to the reader. */
const before = `
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'

const alerts = alertStream({ service: 'shop', runIn: 'inline', channels: { slack: { url: '\${SLACK_URL}' } } })
const logger = pino({}, alerts)

async function work(request) {
  throw new Error('card gateway timeout for order ' + new URL(request.url).searchParams.get('order'))
}
`

/** What `netlify dev` does with a request. */
const platform = `
import { Reactive } from '@netlify/dev-utils'
import { FunctionsHandler } from '@netlify/functions-dev'
const functions = new FunctionsHandler({
  accountId: 'shop',
  config: new Reactive({}),
  destPath: 'built',
  geolocation: {},
  projectRoot: process.cwd(),
  settings: {},
  timeouts: {},
  userFunctionsPath: 'netlify/functions',
})
const request = new Request('https://shop.example.com/.netlify/functions/pay?order=1001', {
  headers: { 'x-nf-request-id': '01KBC9XK2D8V5T' },
})
const { handle } = await functions.match(request)
const response = await handle(request)
console.log(response.status, await response.text())
`

/** Its packages need a newer Node.js than ours. */
const newerNode = ['npx', '-y', 'node@24'] as const

let inbox: Inbox
let folder: string
beforeAll(async () => {
  inbox = await openInbox({ rateLimits: false })
  folder = await mkdtemp(join(tmpdir(), 'alert-netlify-'))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const places = join(inject('app'), 'tarballs')
  const tarballs = (await readdir(places)).map((name) => join(places, name))
  const packages = ['@netlify/functions-dev@2', '@netlify/dev-utils@6', 'pino@10', ...tarballs]
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], { cwd: folder })
  const [, snippet = ''] =
    /```js\n(export default async function pay[^`]+)```/.exec(await readFile(page, 'utf8')) ?? []
  await mkdir(join(folder, 'netlify/functions'), { recursive: true })
  await writeFile(join(folder, 'netlify/functions/pay.mjs'), before + snippet)
  await writeFile(join(folder, 'platform.mjs'), platform)
})
afterAll(async () => {
  await inbox.close()
  if (existsSync(folder)) await rm(folder, { recursive: true })
})

describe('a function of Netlify', () => {
  it('answers, and its alert is sent behind the answer', async () => {
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      SLACK_URL: String(inbox.channels.slack['url']),
      ...noHurry(),
    }
    const ended = await runCommand([...newerNode, 'platform.mjs'], { cwd: folder, env })
    expect(inTime(ended)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^500 \{"error":"failed"\}\n/m),
    })
    const [message, ...more] = inbox.received({ provider: 'slack', ok: true })
    expect(more).toEqual([])
    expect(message?.view.text).toContain('card gateway timeout for order 1001')
    expect(message?.view.text).toContain('01KBC9XK2D8V5T')
  })
})
