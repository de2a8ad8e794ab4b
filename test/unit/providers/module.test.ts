import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import module from '#core/providers/module.ts'
import { aCard, aMessage, problems, send } from './support.ts'

let folder: string
const file = (name: string, source: string) => {
  const path = join(folder, name)
  writeFileSync(path, source)
  return path
}

/** As defineProvider() makes it, with a schema that need not be of our own zod. */
const source = (send: string, limits = '{}') => `
  const options = {
    safeParse: (given) => typeof given.room === 'string'
      ? { success: true, data: given }
      : { success: false, error: { issues: [{ path: ['room'], message: 'must be text' }] } },
  }
  export default { title: 'Mine', kind: 'chat', options, limits: ${limits}, open: (options) => ({ send: ${send} }) }`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-module-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a provider of the user', () => {
  it('is loaded by absolute path, by path from the working directory, and by url', async () => {
    const path = file('mine.mjs', source("async () => ({ status: 'delivered', note: options.room })"))
    const given = { options: { room: 'war room' } }
    for (const where of [path, `./${relative(process.cwd(), path)}`, new URL(`file://${path}`).href]) {
      expect(await send(module, { module: where, ...given })).toEqual({
        status: 'delivered',
        note: 'war room',
      })
    }
  })

  it('is fitted to its own limits', async () => {
    const path = file(
      'small.mjs',
      source(
        "async (message, { fit }) => ({ status: 'delivered', note: fit((part) => part.subject + part.cards.map((card) => card.text)) })",
        '{ maxChars: 200 }',
      ),
    )
    const message = aMessage({ cards: [aCard({ text: 'x'.repeat(10_000) })] })
    const receipt = await send(module, { module: path, options: { room: 'a' } }, message)
    expect(receipt.status === 'delivered' && receipt.note?.length).toBeLessThanOrEqual(200)
  })

  it('is looked up as a package of the application', async () => {
    expect(await send(module, { module: 'no-such-package-at-all' })).toMatchObject({
      status: 'failed',
      lasting: true,
      why: expect.stringContaining("'no-such-package-at-all' cannot be loaded"),
    })
  })

  it('has its options checked by its own schema', async () => {
    const path = file('checked.mjs', source("async () => ({ status: 'delivered' })"))
    expect(await send(module, { module: path, options: { room: 7 } })).toMatchObject({
      status: 'failed',
      why: expect.stringContaining('options.room: must be text'),
    })
  })

  it('must be a default export made by defineProvider()', async () => {
    const sources = {
      'a.mjs': 'export const x = 1',
      'b.mjs': 'export default () => {}',
      'c.cjs': 'module.exports = 7',
    }
    for (const [name, text] of Object.entries(sources)) {
      expect(await send(module, { module: file(name, text) })).toMatchObject({
        status: 'failed',
        why: expect.stringContaining('no default export'),
      })
    }
  })

  it('is closed with its channel', async () => {
    const log = file('closed.txt', '')
    const path = file(
      'closing.mjs',
      `import { writeFileSync } from 'node:fs'
      const options = { safeParse: (data) => ({ success: true, data }) }
      const sender = { send: async () => ({ status: 'delivered' }), close: () => writeFileSync(${JSON.stringify(log)}, 'closed') }
      export default { title: 'Mine', kind: 'chat', options, limits: {}, open: () => sender }`,
    )
    await send(module, { module: path })
    expect(readFileSync(log, 'utf8')).toBe('closed')
  })
})

it('says which option it needs', () => {
  expect(problems(module, {})).toEqual([expect.stringMatching(/^module: needs `module`/)])
})
