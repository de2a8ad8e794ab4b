/**
 * What an editor shows for an option, asked from TypeScript's language server about the built declarations.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { optionsJsonSchema } from '#core/options/json-schema.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A program; each `‸` stands before an option of which the editor is asked. */
const marked = `import type { AlertOptions } from 'alert-core'
export const options: AlertOptions = {
  ‸level: 'error',
  ‸limits: { ‸alerts: 5 },
  ‸context: { ‸lines: 3 },
  ‸channels: {
    slack: { ‸url: 'x', ‸minSeverity: 'error', ‸wait: 0, ‸interval: '1m', ‸limit: [{ ‸count: 1, per: '1h' }] },
    people: { ‸type: 'email', ‸from: 'x', ‸to: 'x', ‸auth: { ‸user: 'x' } },
    chat: { type: 'telegram', ‸token: 'x', chat: 1 },
  },
  ‸rules: [{ ‸name: 'a', ‸groupBy: ['x'] }],
  ‸silences: [{ match: {}, ‸until: '2030-01-01T00:00:00Z' }],
}
`
const pieces = marked.split('‸')
const positions = pieces.slice(1).map((piece, index) => {
  const lines = pieces
    .slice(0, index + 1)
    .join('')
    .split('\n')
  return { line: lines.length - 1, character: lines.at(-1)!.length, key: /^\w+/.exec(piece)![0] }
})

const { properties, definitions } = optionsJsonSchema() as unknown as Part & {
  definitions: Record<string, Part>
}
const owners: readonly Part[] = [
  { properties },
  ...['limits', 'context', 'silences'].map((key) => properties![key]!),
  ...['rule', 'channel', 'slack channel', 'email channel', 'telegram channel'].map(
    (key) => definitions[key]!,
  ),
  definitions['channel']!.properties!['limit']!,
  definitions['email channel']!.properties!['auth']!,
]
/** Every description of an option of this name. */
const descriptions = (key: string) =>
  owners
    .flatMap((owner) => [owner, owner.items ?? {}, ...(owner.anyOf ?? [])])
    .flatMap((holder) => holder.properties?.[key]?.description ?? [])

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hover-')))
const uri = pathToFileURL(join(folder, 'main.ts')).href
let server: Server

beforeAll(async () => {
  symlinkSync(join(root, 'test/node_modules'), join(folder, 'node_modules'))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    '{ "compilerOptions": { "module": "nodenext", "strict": true } }',
  )
  writeFileSync(join(folder, 'main.ts'), pieces.join(''))
  server = startServer()
  await server.ask('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  })
  server.notify('initialized', {})
  const textDocument = { uri, languageId: 'typescript', version: 1, text: pieces.join('') }
  server.notify('textDocument/didOpen', { textDocument })
})
afterAll(() => {
  server.child.kill()
  rmSync(folder, { recursive: true, force: true })
})

it.each(positions)('an editor shows what $key means', async ({ key, line, character }) => {
  const shown = await server.ask('textDocument/hover', {
    textDocument: { uri },
    position: { line, character },
  })
  const text = plain(JSON.stringify(shown))
  expect(descriptions(key)).not.toEqual([])
  expect(descriptions(key).some((description) => text.includes(plain(description)))).toBe(true)
})

/** Without what a line break, JSON, or an escape for Markdown changes. */
function plain(text: string): string {
  return text
    .replaceAll(/\\n|[\s\\`"]+/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim()
}

interface Part {
  readonly description?: string
  readonly properties?: Record<string, Part>
  readonly items?: Part
  readonly anyOf?: readonly Part[]
}

interface Server {
  readonly child: ChildProcess
  ask(method: string, params: object): Promise<unknown>
  notify(method: string, params: object): void
}

/** TypeScript's language server: JSON-RPC over stdio, each message after a header with its length. */
function startServer(): Server {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const child = spawn(process.execPath, [tsc, '--lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const asked = new Map<number, (answer: unknown) => void>()
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  let received = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const start = received.indexOf('\r\n\r\n') + 4
      const length = Number(
        /Content-Length: (\d+)/i.exec(received.subarray(0, Math.max(start, 0)).toString())?.[1],
      )
      if (start < 4 || received.length < start + length) return
      const { id, method, params, result } = JSON.parse(received.subarray(start, start + length).toString())
      received = received.subarray(start + length)
      if (method === undefined) asked.get(id)?.(result)
      else if (id !== undefined) send({ id, result: params?.items?.map(() => null) ?? null })
    }
  })
  return {
    child,
    ask: (method, params) =>
      new Promise((resolve) => {
        const id = asked.size + 1
        asked.set(id, resolve)
        send({ id, method, params })
      }),
    notify: (method, params) => send({ method, params }),
  }
}
