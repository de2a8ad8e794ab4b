/**
 * Writes the skeleton of a provider and its tables: `npx -y pnpm@10 new:provider <name> [title]`. It compiles, and
 * `test/contract/complete.test.ts` lists what is left to write. What only the vendor's pages say stands as TODO. Nothing that exists is overwritten.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toCamel } from './generate-tables.mjs'

const root = new URL('../', import.meta.url)

/** The files of a new provider by their path from the root of the repository. */
export function skeleton(name, title) {
  const camel = toCamel(name)
  const settingsType = `${camel[0].toUpperCase()}${camel.slice(1)}Settings`

  const provider = `/**
 * ${title}: TODO: the address of the API's page. What a message becomes there, and what its answer means.
 */
import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { writePlain } from '../provider/markup.ts'
import { endpoint } from '../provider/option-fields.ts'
import { defineProvider, secret } from '../provider/provider.ts'
import { required } from '../provider/schema.ts'

const options = () =>
  z.object({
    token: secret(required(z.string().check(z.regex(/^\\S+$/, 'must be the token of …')), 'Token of …')),
    endpoint: endpoint('https://api.${name}.example/messages', 'Where the API is'),
  })

export default defineProvider({
  title: '${title}',
  kind: 'chat',
  options,
  limits: {},
  supports: {},
  open: ({ token, endpoint }) =>
    createHttpSender({
      urls: [endpoint],
      secrets: [token],
      write: (_message, { fit }) => ({
        headers: { authorization: \`Bearer \${token}\` },
        body: fit((part) => JSON.stringify({ text: writePlain(part) })),
      }),
      toReceipt,
    }),
})

/** A 2xx alone is not success: the body has to say so. */
function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered') return byStatus
  return failUnknown(reply, '${title}')
}
`

  const fake = `/**
 * ${title}: what it takes and what it refuses. TODO: the address of the API's page
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import { defineHttpFake, type FakeContext, type Saying } from '../fake/fake.ts'
import { asObject, asText, isObject } from '../fake/json.ts'

export interface ${settingsType} {
  readonly token: string
}

const says: Record<Saying, Answer> = {
  refuse: jsonAnswer(400, { error: 'bad request' }),
  'rate-limited': jsonAnswer(429, { error: 'too many requests' }, { 'retry-after': '30' }),
  'too-long': jsonAnswer(413, { error: 'too long' }),
}

/** The fake ${title}. */
export const ${camel} = defineHttpFake<${settingsType}>({
  title: '${title}',
  settings: { token: 'inbox-${name}-token' },
  say: (what) => says[what],
  channel: (base, { token }) => ({ token, endpoint: \`\${base}/messages\` }),
  refusal,
  accept: () => jsonAnswer(200, {}),
  view,
})

function refusal(
  request: FakeRequest,
  { settings }: FakeContext<${settingsType}>,
): Answer | undefined {
  if (request.method !== 'POST' || request.path !== '/messages') return jsonAnswer(404, { error: 'not found' })
  if (request.headers['authorization'] !== \`Bearer \${settings.token}\`)
    return jsonAnswer(401, { error: 'unauthorized' })
  return isJsonRequest(request) && isObject(request.json) ? undefined : says.refuse
}

function view(request: FakeRequest): View {
  const text = asText(asObject(request.json)['text'])
  return { text, mentions: [], bytes: request.raw.length, size: text.length, unit: 'characters', notes: [] }
}
`

  const app = `/** ${title}. TODO: the address of the page that shows its messages */
import { chat } from '../frames/frame.js'
import { asObject, asText } from '../json.js'
import { plainText } from '../markup/inline.js'

export function ${camel}({ at, json }) {
  return chat({ at }, plainText(asText(asObject(json)['text'])))
}
`

  const page = `# ${title}

\`\`\`js
channels: { '${name}': { token: '\${TOKEN}' } }
\`\`\`

TODO: where the token comes from.

- **Delivered** means TODO
- **Rate**: TODO
- **Size**: TODO

![A message as ${title} shows it, in the inbox](../images/${name}.png)

<!-- generated -->

<!-- /generated -->
`

  const row = `import type { ProviderRow } from '../row.ts'

export const ${camel}: ProviderRow = {
  check: { right: { token: 'abc' }, missing: [/^token: is missing/], wrong: [] },
  replies: [{ options: { token: 'abc' }, replies: [] }],
  refuses: { requests: [] },
  pictures: [],
}
`

  const changeset = `---
'alert-core': minor
'alert-transport': minor
---

New provider: ${title} (\`type: '${name}'\`).
`

  return {
    [`packages/alert-core/src/providers/${name}.ts`]: provider,
    [`packages/alert-transport/src/fakes/${name}.ts`]: fake,
    [`packages/alert-transport/page/apps/${name}.js`]: app,
    [`docs/providers/${name}.md`]: page,
    [`.changeset/provider-${name}.md`]: changeset,
    [`test/contract/rows/${name}.ts`]: row,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeProvider(process.argv[2] ?? '', process.argv[3])

function writeProvider(name, title = name) {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
    console.error(
      "usage: npx -y pnpm@10 new:provider <name> [title], the name in small letters: it becomes the channel's `type`",
    )
    process.exit(1)
  }
  const files = skeleton(name, title)
  const there = Object.keys(files).filter((path) => existsSync(new URL(path, root)))
  if (there.length > 0) {
    console.error(`${there.join(', ')}: exists already`)
    process.exit(1)
  }
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(new URL(path, root), text)
    console.log(`wrote ${path}`)
  }
  const run = (path, ...args) =>
    execFileSync(process.execPath, [fileURLToPath(new URL(path, root)), ...args], {
      cwd: fileURLToPath(root),
      stdio: 'inherit',
    })
  run('scripts/generate-tables.mjs')
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...Object.keys(files))
  console.log(`
1. The packages, and the types of the new channel:  npx -y pnpm@10 build
2. What is left to write:  npx vitest run test/contract/complete.test.ts -t ${name}
3. The contract suite:     npx vitest run test/contract -t ${name}
4. Picture and tables:     npx -y pnpm@10 screenshots ${name} && npx -y pnpm@10 run docs`)
}
