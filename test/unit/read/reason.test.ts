// What an error is titled by that is logged without a message of its own, and whose message is JSON or code.
import { IsEmail, IsInt, IsNotEmpty, type ValidationError, validate } from 'class-validator'
import { buildSchema, GraphQLError, graphql } from 'graphql'
import { type LoggerOptions, pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import { createHub } from '#core/index.ts'
import { reasonOf } from '#core/read/reason.ts'
import { openHook } from '../winston/hook.ts'
import { pinoLine, readRecord } from './lines.ts'

/** The titles of the alerts that these values raise as `logger.error(value)`, and the messages with them. */
async function alertsOf(values: readonly unknown[], options: object = {}, logger: LoggerOptions = {}) {
  const hook = await openHook()
  const hub = createHub({ ...hook.options, ...options } as never)
  for (const value of values) hub.write(pinoLine(logger, (log) => log.error(value)))
  await hub.close()
  await hook.close()
  return hook.posts.flatMap((post) =>
    post.alerts.map(({ headline }) => ({ headline, text: JSON.stringify(post) })),
  )
}

async function titleOf(value: unknown, options?: object): Promise<unknown> {
  const [alert, ...more] = await alertsOf([value], options)
  expect(more).toEqual([])
  return alert?.headline
}

const errorOf = (parse: () => unknown): unknown => {
  try {
    return parse()
  } catch (error) {
    return error
  }
}

/** As Prisma's client makes it, by the text that its engine gives it. */
class PrismaClientKnownRequestError extends Error {
  readonly code: string
  readonly clientVersion = '6.1.0'
  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

describe('Zod', () => {
  const input = { email: 'x', age: 'y', items: [{}] }
  const shape = <T extends typeof z | typeof z3>(zod: T) =>
    (zod as typeof z).object({
      email: (zod as typeof z).string().email(),
      age: (zod as typeof z).number(),
      items: (zod as typeof z).array((zod as typeof z).object({ sku: (zod as typeof z).string() })),
    })

  test.each([
    ['4', errorOf(() => shape(z).parse(input)), 'ZodError: email: Invalid email address (and 2 more)'],
    ['3', errorOf(() => shape(z3 as never).parse(input)), 'ZodError: email: Invalid email (and 2 more)'],
  ])('%s says where the first issue is, and how many there are', async (_, error, title) => {
    expect(await titleOf(error)).toBe(title)
  })

  test('says it in Chinese', async () => {
    const error = errorOf(() => shape(z).parse(input))
    expect(await titleOf(error, { locale: 'zh-CN' })).toBe(
      'ZodError: email: Invalid email address（另有 2 项）',
    )
  })

  test.each([
    ['deep', z.object({ items: z.array(z.object({ sku: z.string() })) }), { items: [{}] }, 'items.0.sku: '],
    ['in a union', z.object({ id: z.union([z.number(), z.boolean()]) }), { id: 'x' }, 'id: Invalid input'],
    ['at the top', z.string(), 1, 'Invalid input: expected string'],
    [
      'beside a word for a secret',
      z.object({ password: z.string().min(8) }),
      { password: 'x' },
      'password: Too small',
    ],
  ])('finds an issue %s', async (_, schema, value, start) => {
    expect(await titleOf(errorOf(() => schema.parse(value)))).toMatch(new RegExp(`^ZodError: ${start}`))
  })

  test('below a message of its own is the text', async () => {
    const err = errorOf(() => z.object({ email: z.email() }).parse({}))
    expect(await alertsOf([{ err, msg: 'signup failed' }])).toMatchObject([
      { headline: 'signup failed', text: expect.stringContaining('ZodError: email: Invalid input') },
    ])
  })

  test('two that differ in the value are one alert, with what they have in common', async () => {
    const errors = ['a', 'b'].map((key) =>
      errorOf(() => z.strictObject({ id: z.number() }).parse({ id: 1, [`extra_${key}`]: 1 })),
    )
    for (const { headline } of await alertsOf(errors)) expect(headline).toMatch(/Unrecognized key/)
  })
})

describe('Prisma', () => {
  const excerpt = [
    '\nInvalid `prisma.user.create()` invocation in',
    '/app/src/users/service.ts:12:34\n',
    '   9 ',
    '  10 async function signUp(input: Input) {',
    '→ 12   await prisma.user.create(',
  ]
  test.each([
    ['with the code', [...excerpt, 'Unique constraint failed on the fields: (`email`)'].join('\n')],
    [
      'without it',
      '\nInvalid `prisma.user.create()` invocation:\n\n\nUnique constraint failed on the fields: (`email`)',
    ],
  ])('says which call failed, and why: %s', async (_, message) => {
    expect(await titleOf(new PrismaClientKnownRequestError(message, 'P2002'))).toBe(
      'prisma.user.create(): Unique constraint failed on the fields: (`email`)',
    )
  })

  test('says what is wrong with the arguments', async () => {
    const call = ['{', '  data: {', '    name: "Ann",', '+   email: String', '  }', '})', '']
    const message = [
      ...excerpt.slice(0, 4),
      '→ 12   await prisma.user.create({',
      ...call,
      'Argument `email` is missing.',
    ]
    expect(await titleOf(new Error(message.join('\n')))).toBe(
      'prisma.user.create(): Argument `email` is missing.',
    )
  })

  test('says the reason before the advice', async () => {
    const reason = "Can't reach database server at `db.internal:5432`"
    const message = `\nInvalid \`prisma.user.findMany()\` invocation:\n\n\n${reason}\n\nPlease make sure your database server is running at \`db.internal:5432\`.`
    expect(await titleOf(new Error(message))).toBe(`prisma.user.findMany(): ${reason}`)
  })
})

describe('class-validator', () => {
  class Signup {
    email = 'x'
    age = 'y'
    name = ''
  }
  IsEmail()(Signup.prototype, 'email')
  IsInt()(Signup.prototype, 'age')
  IsNotEmpty()(Signup.prototype, 'name')
  const errors = () => validate(Object.assign(new Signup(), { secret: 'for-no-one-0001' }))

  test('says the constraints, and no value', async () => {
    const [alert] = await alertsOf([{ err: await errors() }])
    expect(alert?.headline).toMatch(/email must be an email/)
    expect(alert?.headline).toMatch(/age must be an integer number/)
    expect(JSON.stringify(alert)).not.toContain('for-no-one')
  })

  test('says them from a text with bullets', async () => {
    const all: readonly ValidationError[] = await errors()
    expect(await titleOf(new Error(String(all[0]).replace(/^(?=An)/, '')))).toMatch(
      /^An instance of Signup has failed the validation: property \w+ has failed/,
    )
  })
})

describe('GraphQL', () => {
  test('a list of errors says what each says', async () => {
    const schema = buildSchema('type Query { a: Int, b: Int }')
    const fail = (text: string) => () => {
      throw new GraphQLError(text)
    }
    const rootValue = { a: fail('the database is down'), b: fail('the cache is empty') }
    const { errors } = await graphql({ schema, source: '{ a b }', rootValue })
    expect(await titleOf({ errors })).toBe('the database is down; the cache is empty')
  })

  test('the request and the response behind a message are left out', async () => {
    const message = `Cannot query: {"response":{"errors":[],"status":200},"request":{"query":"${'{ a } '.repeat(50)}"}}`
    expect(await titleOf(new Error(message))).toBe('Cannot query')
  })
})

describe('several errors beside each other', () => {
  const refused = (address: string) =>
    Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' })
  const addresses = ['::1:5432', '127.0.0.1:5432']
  const gather = (errors: readonly Error[], message?: string) => new AggregateError(errors, message)

  test.each([
    ['by itself', gather(addresses.map(refused)), 'connect ECONNREFUSED ::1:5432, 127.0.0.1:5432'],
    [
      'with many addresses',
      gather(['a:1', 'b:1', 'c:1', 'd:1', 'e:1', 'f:1'].map(refused)),
      'connect ECONNREFUSED a:1, b:1, c:1, …',
    ],
    ['with the same text', gather([refused('a:1'), refused('a:1')]), 'connect ECONNREFUSED a:1'],
    [
      'of different kinds',
      gather([new Error('no such host'), new Error('timeout of the mirror')]),
      'no such host; timeout of the mirror',
    ],
    [
      'of Zod',
      gather(['a', 'b'].map((key) => errorOf(() => z.object({ [key]: z.string() }).parse({})) as Error)),
      /a: Invalid input: .*; b: Invalid input: /,
    ],
  ])('say in what they differ: %s', async (_, error, title) => {
    expect(await titleOf(error)).toEqual(typeof title === 'string' ? title : expect.stringMatching(title))
  })

  test('say it for Promise.any', async () => {
    const error = await Promise.any(addresses.map((address) => Promise.reject(refused(address)))).catch(
      (e) => e,
    )
    expect(await titleOf(error)).toBe('connect ECONNREFUSED ::1:5432, 127.0.0.1:5432')
  })

  test('say it as the cause of another error, where the serializer writes causes', async () => {
    const error = new Error('query failed', { cause: gather(addresses.map(refused)) })
    const serializers = { err: pino.stdSerializers.errWithCause }
    expect(await alertsOf([error], {}, { serializers })).toMatchObject([
      { headline: 'query failed', text: expect.stringContaining('::1:5432, 127.0.0.1:5432') },
    ])
  })
})

describe('other code', () => {
  test.each([
    [
      'a template',
      '/app/views/a.pug:3:5\n    1| p\n  > 3| +x\n---------^\n\nunexpected token "eos"',
      'unexpected token "eos"',
    ],
    [
      'a compiler',
      '/app/src/a.ts: Unexpected token (1:2)\n\n> 1 | let = 1\n    |     ^',
      '/app/src/a.ts: Unexpected token (1:2)',
    ],
    [
      'a bundler',
      'Build failed with 1 error:\nsrc/a.ts:1:2: ERROR: Could not resolve "x"',
      'Build failed with 1 error: src/a.ts:1:2: ERROR: Could not resolve "x"',
    ],
    [
      'a statement',
      `insert into "users" (${'"column", '.repeat(20)}"x") values ($1) - duplicate key value violates unique constraint "users_email_key"`,
      'duplicate key value violates unique constraint "users_email_key"',
    ],
    [
      'JSON that was cut',
      `[{"code":"custom","message":"sku is unknown","more":"${'x'.repeat(50)}`,
      'sku is unknown',
    ],
    ['problem+json', '{"type":"about:blank","title":"Out of credit","status":500}', 'Out of credit'],
  ])('says the reason of %s', async (_, message, title) => {
    expect(await titleOf(new Error(message))).toBe(title)
  })

  test.each([
    'order 7 failed',
    '[pay] order 7 failed',
    '{not json}',
    '[]',
    'two lines\nof a message',
    'select a plan',
    '',
  ])('leaves %j as it is', (message) => {
    expect(reasonOf(message)).toBeUndefined()
  })

  test('takes time linear in the message', () => {
    for (const unit of [
      '{',
      '["',
      '\n',
      '\n→ ',
      'a'.repeat(300),
      '"message":"\\',
      ' - ',
      '\nab',
      'select x - ',
    ])
      for (const start of ['', '[', 'Failed:\n', 'select ']) {
        const startedAt = process.cpuUsage().user
        reasonOf(start + unit.repeat(16_000 / unit.length))
        expect(process.cpuUsage().user - startedAt).toBeLessThan(1_000_000)
      }
  })
})

test('the key of an alert is not made of the title', () => {
  const error = errorOf(() => z.object({ email: z.email() }).parse({}))
  const record = readRecord(pinoLine({}, (log) => log.error(error)))
  expect(record.msg).toBe((error as Error).message)
  expect(recordKey(record, undefined)).toContain('[{code: invalid_type')
})
