/**
 * Every block of shell, YAML, JSON and JavaScript in the documents is checked: options by the check of the
 * options, commands by the command line itself, the rest by its types or by a test that runs it.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { AlertOptions } from 'alert-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import { createProgram } from '#cli/program.ts'
import { decideWithoutSecrets } from '#cli/replay/decide-only.ts'
import { type CodeBlock, codeBlocks, commandsOf } from './code-blocks.ts'
import { filesOf, read, root } from './sources.ts'

const named = ({ page, line, language }: CodeBlock) => `${page}:${line} ${language}`
const inLanguage = (language: string) =>
  codeBlocks.filter((block) => block.language === language).map((block) => [named(block), block] as const)

/** What another test runs or compares, by the first line: the file of the test, and its title. */
const elsewhere: Readonly<Record<string, readonly [file: string, title: string]>> = {
  '// 1 · every record at error and above, on one channel': [
    'test/e2e/readme.test.ts',
    'shows options in %s that pass the check',
  ],
  '// 1 · error 及以上的所有日志，发到一个通道': [
    'test/e2e/readme.test.ts',
    'shows options in %s that pass the check',
  ],
  "import { createHub } from 'alert-core'\n\nlet hub": [
    'test/soak/frameworks/workers.test.ts',
    'a Cloudflare worker',
  ],
  'export default async function pay(request, context)': [
    'test/soak/frameworks/netlify.test.ts',
    'a function of Netlify',
  ],
}

it('knows the languages of all blocks', () => {
  const languages = new Set(codeBlocks.map(({ language }) => language))
  expect([...languages].toSorted()).toEqual(['', 'js', 'json', 'sh', 'yaml'])
})

it.each(Object.entries(elsewhere))('%j … is a block that another test names', (start, [file, title]) => {
  expect(codeBlocks.some(({ text }) => text.startsWith(start))).toBe(true)
  expect(read(file)).toContain(title)
})

// ── options: JSON, YAML, and JavaScript that is an object

/** In the words of the check; the variables and the files of another machine may be missing here. */
function problemsOf(options: unknown): readonly unknown[] {
  const { problems } = decideWithoutSecrets(options as AlertOptions)
  return problems.filter(({ code }) => code !== 'unreadable-file')
}

describe('options', () => {
  it.each(inLanguage('json'))('%s pass the check', (_name, { text }) => {
    expect(problemsOf(JSON.parse(text))).toEqual([])
  })

  it.each(inLanguage('yaml').filter(([, { text }]) => !text.includes('volumeMounts')))(
    '%s pass the check',
    (_name, { text }) => {
      expect(problemsOf(parse(text))).toEqual([])
    },
  )

  it.each(filesOf('examples', '.yaml'))('those in %s pass the check', (path) => {
    const documents = parseAllDocuments(read(path)).map((document) => {
      expect(document.errors).toEqual([])
      return document.toJS()
    })
    const options = documents.flatMap((document) => {
      if (document.kind === undefined) return [document]
      return document.kind === 'ConfigMap'
        ? Object.values<string>(document.data).map((each) => parse(each))
        : []
    })
    expect(options.length).toBeGreaterThan(0)
    for (const each of options) expect(problemsOf(each)).toEqual([])
  })

  it.each(inLanguage('js').filter(([, { text }]) => isOptions(text)))(
    '%s pass the check',
    (_name, { text }) => {
      const code = text.startsWith('{') ? text : `{ ${text} }`
      const value = new Function(`return (${code})`)()
      expect(problemsOf('type' in value ? { ...groups, channels: { one: value } } : value)).toEqual([])
    },
  )
})

/** The groups that a channel which is shown alone names. */
const groups = { recipients: { ops: ['ops@example.com'] } }

function isOptions(text: string): boolean {
  return text.startsWith('{') || text.startsWith('channels:')
}

it('docs/frameworks/docker.md shows a part of the manifests of its example', () => {
  const [block] = codeBlocks.filter(({ text }) => text.includes('volumeMounts'))
  const manifests = parseAllDocuments(read('examples/docker/kubernetes.yaml')).map((each) => each.toJS())
  const [container] = manifests.find(({ kind }) => kind === 'Deployment').spec.template.spec.containers
  const shown = Object.entries<unknown[]>(parse(block!.text))
  for (const [key, items] of shown) expect(container[key]).toEqual(expect.arrayContaining(items))
})

// ── commands

describe('commands', () => {
  let inbox: Inbox
  beforeAll(async () => {
    inbox = await createInbox()
  })
  afterAll(() => inbox.close())

  const lines = codeBlocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ page, text }) =>
      text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => [page, line] as const),
    )

  it.each(lines)('%s: %s', async (page, line) => {
    const commands = commandsOf(line)
    expect(commands).not.toEqual([])
    for (const [program = '', ...args] of commands) await check(program, args, page)
  })

  async function check(program: string, args: readonly string[], page: string): Promise<void> {
    if (program === 'npx' && args[0] === 'alert-transport') await parsed(args.slice(1))
    else if (program === 'npx') {
      expect(args.slice(0, 2)).toEqual(['-y', 'pnpm@10'])
      expect(Object.keys(JSON.parse(read('package.json')).scripts)).toContain(args[2])
    } else if (program === 'npm') checkNpm(args, page)
    else if (program === 'export') for (const pair of args) checkVariable(pair)
    else if (program === 'curl') {
      const response = await fetch(args.at(-1)!.replace('http://127.0.0.1:8025', inbox.url))
      expect(response.status).toBe(200)
    } else if (program === 'deno') {
      const tested = /Deno: \[(.*)\]/.exec(read('test/soak/frameworks/bun-deno.test.ts'))![1]!
      for (const flag of args.filter((arg) => arg.startsWith('-'))) expect(tested).toContain(`'${flag}'`)
    } else expect([program, ...args]).toEqual(['node', 'app.js'])
  }

  /** By the command line itself, whose commands do nothing here. */
  async function parsed(args: readonly string[]): Promise<void> {
    const commandLine = createProgram({ out: () => {}, signal: new AbortController().signal })
    for (const command of [commandLine, ...commandLine.commands])
      command.exitOverride().configureOutput({ writeErr() {} })
    for (const command of commandLine.commands) command.action(() => {})
    await commandLine.parseAsync(args, { from: 'user' })
    for (const record of args.filter((arg) => arg.startsWith('{'))) JSON.parse(record)
  }

  function checkNpm([command = '', ...packages]: readonly string[], page: string): void {
    const manifest = join(page, '../package.json')
    if (command === 'start') expect(JSON.parse(read(manifest)).scripts).toHaveProperty('start')
    else {
      expect(command).toBe('install')
      const ofExamples = linkedExamples(page).flatMap(({ dependencies }) => Object.keys(dependencies))
      const isKnown = (name: string) =>
        ofExamples.includes(name) || existsSync(join(root, 'test/node_modules', name))
      expect(packages.filter((name) => !isKnown(name))).toEqual([])
    }
  }

  /** Their manifests. */
  function linkedExamples(page: string): readonly { readonly dependencies: object }[] {
    const links = read(page).matchAll(/\]\(\.\.\/\.\.\/examples\/([\w-]+)\//g)
    return [...links].map(([, example]) => JSON.parse(read(`examples/${example}/package.json`)))
  }

  /** Of a channel: its address is that of the inbox on its usual port, its secret the inbox's. */
  function checkVariable(pair: string): void {
    const [name = '', value = ''] = pair.split(/=(.*)/)
    const [, channel = '', option = ''] = /^([A-Z]+)_([A-Z]+)$/.exec(name)!
    const options = inbox.channels[channel.toLowerCase() as 'slack'] as Readonly<Record<string, unknown>>
    const given = String(options[option.toLowerCase()])
    expect(value).toBe(given.replace(inbox.url, 'http://127.0.0.1:8025'))
  }
})

it('each page of a framework says what to install, except those of runtimes and of what runs processes', () => {
  const pages = filesOf('docs/frameworks', '.md').filter((page) => !/(?:bun-deno|docker|pm2)\.md$/.test(page))
  expect(pages).not.toEqual([])
  const install = /^npm install .*(?:pino|winston)-alert-transport$/m
  expect(pages.filter((page) => !install.test(read(page)))).toEqual([])
})

// ── JavaScript: run by a test, or checked by its types

/** What a page's blocks need: names that their text explains, and where their packages are installed. */
const surroundings: Readonly<Record<string, { readonly packages?: string; readonly before: string }>> = {
  'README.md': { before: "declare const logger: import('pino').Logger, err: Error" },
  'README.zh-CN.md': { before: "declare const logger: import('pino').Logger, err: Error" },
  'docs/answering.md': {
    before: `import fastifyOf from 'fastify'; import type Koa from 'koa'; import mount from 'koa-mount'
      import http from 'node:http'; import type { alertTransport } from 'pino-alert-transport'
      declare const app: import('express').Express & Koa, transport: ReturnType<typeof alertTransport>
      const fastify = fastifyOf()`,
  },
  'docs/bundlers.md': {
    before: "declare const build: typeof import('esbuild').build, webpack: typeof import('webpack')",
  },
  'docs/exit.md': {
    before: "declare const logger: import('pino').Logger, main: () => Promise<void>",
  },
  'docs/frameworks/bullmq.md': {
    packages: 'examples/bullmq',
    before: "declare const worker: import('bullmq').Worker, logger: import('pino').Logger",
  },
  'docs/frameworks/bun-deno.md': { before: "declare const logger: import('pino').Logger" },
  'docs/frameworks/express.md': {
    before: `import express from 'express'; import { pinoHttp } from 'pino-http'
      declare const logger: import('pino').Logger
      const app = express()`,
  },
  'docs/frameworks/fastify.md': { before: "import Fastify from 'fastify'" },
  'docs/frameworks/koa.md': {
    before: `import Koa from 'koa'; import pino from 'pino'
      const app = new Koa()`,
  },
  'docs/frameworks/lambda.md': {
    packages: 'examples/lambda',
    before: `import pino from 'pino'; import { alertStream } from 'pino-alert-transport'
      import { GlobalContextStorageProvider, type lambdaRequestTracker, pinoLambdaDestination } from 'pino-lambda'
      declare const withRequest: ReturnType<typeof lambdaRequestTracker>, work: (event: unknown) => Promise<unknown>`,
  },
  'docs/frameworks/opentelemetry.md': { before: "import { alertStream } from 'pino-alert-transport'" },
  'docs/frameworks/pm2.md': { before: "import { alertTransport } from 'pino-alert-transport'" },
  'docs/frameworks/sentry.md': {
    packages: 'examples/sentry',
    before: `import * as Sentry from '@sentry/node'; import pino from 'pino'
      import { alertStream } from 'pino-alert-transport'`,
  },
  'docs/records.md': { before: "declare const logger: import('pino').Logger, err: Error" },
  'docs/reload.md': {
    before: `import type { alertTransport } from 'pino-alert-transport'
      declare const transport: ReturnType<typeof alertTransport>`,
  },
  'docs/testing.md': { before: "import { alertTransport } from 'pino-alert-transport'" },
}

/** The block of a page that is unlike the others: by its first line. */
const unlike: Readonly<Record<string, { readonly packages?: string; readonly before: string }>> = {
  "import { waitUntil } from '@vercel/functions'": {
    packages: 'examples/serverless',
    before: `declare const logger: import('pino').Logger, work: (request: Request) => Promise<unknown>
      declare const alerts: ReturnType<typeof import('pino-alert-transport').alertStream>`,
  },
}

const executed = new Set(codeBlocks.filter(({ test }) => test !== undefined).map(({ text }) => text))
const typed = inLanguage('js').filter(
  ([, { text }]) =>
    !isOptions(text) &&
    !executed.has(text) &&
    !Object.keys(elsewhere).some((start) => text.startsWith(start)),
)

describe('JavaScript', () => {
  it.each(codeBlocks.filter(({ test }) => test !== undefined).map((block) => [named(block), block.test!]))(
    '%s is run by the end-to-end test of the snippet %s',
    (_name, test) => {
      expect(read('test/e2e/readme.test.ts')).toContain(`'${test}'`)
    },
  )

  it('is right by its types where no test runs it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'alert-blocks-'))
    try {
      await writeAll(folder)
      const tsc = join(root, 'test/node_modules/.bin/tsc')
      const { stdout } = await promisify(execFile)(tsc, ['-p', folder], { cwd: folder }).catch(
        (cause) => cause,
      )
      expect(stdout).toBe('')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

/** A folder for each set of packages, a file for each block. */
async function writeAll(folder: string): Promise<void> {
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    noEmit: true,
    strict: false,
    skipLibCheck: true,
    typeRoots: [join(root, 'test/node_modules/@types')],
    types: ['node'],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*/*.ts'] }))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [, { page, line, text }] of typed) {
    const around = unlike[text.split('\n')[0]!] ?? surroundings[page]
    const packages = around?.packages ?? 'test'
    const place = join(folder, packages.replace('/', '-'))
    if (!existsSync(place)) {
      await mkdir(place)
      await symlink(join(root, packages, 'node_modules'), join(place, 'node_modules'))
      // What docs/frameworks/nextjs.md imports from the application.
      await writeFile(join(place, 'logger.d.ts'), "export const logger: import('pino').Logger")
    }
    const file = `${page.replaceAll('/', '-')}-${line}.ts`
    await writeFile(join(place, file), `${around?.before ?? ''}\n${text}\nexport {}\n`)
  }
}
