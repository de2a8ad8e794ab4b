// What clients, drivers, validators and frameworks throw or reject with, in the shapes that pino writes.
import { inspect } from 'node:util'
import { Ajv } from 'ajv'
import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import { concise, textsOf } from '#core/render/describe.ts'
import { pinoLine, readRecord } from './lines.ts'

const own = '    at charge (/srv/app/src/pay.js:42:11)'
const stack = (head: string, ...more: readonly string[]) => [head, own, ...more].join('\n')
const record = (err: unknown, msg = 'request failed') => readRecord({ level: 50, msg, err })
const keyOf = (err: unknown) => recordKey(record(err), undefined)
const titleOf = (err: unknown) => concise(textsOf(record(err, ''))).message

describe('words, code and root cause are read of an error of', () => {
  const pgDetail = {
    code: '23505',
    detail: 'Key (email)=(a@b.c) already exists.',
    constraint: 'users_email_key',
    severity: 'ERROR',
    routine: '_bt_check_unique',
  }
  const duplicate = 'duplicate key value violates unique constraint "users_email_key"'

  test.each<[string, object, object]>([
    [
      'undici',
      {
        type: 'TypeError',
        message:
          'fetch failed: Connect Timeout Error (attempted address: api.example.com:443, timeout: 10000ms)',
        stack: stack(
          'TypeError: fetch failed',
          'caused by: ConnectTimeoutError: Connect Timeout Error (attempted address: api.example.com:443, timeout: 10000ms)',
          '    at onConnectTimeout (node:internal/deps/undici/undici:2331:28)',
        ),
      },
      { message: 'fetch failed', root: { type: 'ConnectTimeoutError' } },
    ],
    [
      'mysql2',
      {
        type: 'Error',
        message: "Duplicate entry 'a@b.c' for key 'users.email'",
        stack: stack("Error: Duplicate entry 'a@b.c' for key 'users.email'"),
        code: 'ER_DUP_ENTRY',
        errno: 1062,
        sql: 'INSERT INTO users SET email = ?',
        sqlState: '23000',
        sqlMessage: "Duplicate entry 'a@b.c' for key 'users.email'",
      },
      { message: "Duplicate entry 'a@b.c' for key 'users.email'", code: 'ER_DUP_ENTRY' },
    ],
    [
      'pg',
      {
        type: 'DatabaseError',
        message: duplicate,
        stack: stack(`error: ${duplicate}`),
        name: 'error',
        ...pgDetail,
      },
      { type: 'DatabaseError', message: duplicate, code: '23505' },
    ],
    [
      'TypeORM',
      {
        type: 'QueryFailedError',
        message: duplicate,
        stack: stack(`QueryFailedError: ${duplicate}`),
        query: 'INSERT INTO "users" ("email") VALUES ($1)',
        driverError: {
          type: 'DatabaseError',
          message: duplicate,
          stack: stack(`error: ${duplicate}`),
          ...pgDetail,
        },
        ...pgDetail,
      },
      { type: 'QueryFailedError', code: '23505', root: { message: duplicate, code: '23505' } },
    ],
    [
      'Sequelize',
      {
        type: 'UniqueConstraintError',
        message: 'Validation error',
        stack: stack('SequelizeUniqueConstraintError: Validation error'),
        name: 'SequelizeUniqueConstraintError',
        errors: [
          { message: 'email must be unique', type: 'unique violation', path: 'email', value: 'a@b.c' },
        ],
        parent: {
          type: 'DatabaseError',
          message: duplicate,
          stack: stack(`error: ${duplicate}`),
          ...pgDetail,
        },
        fields: { email: 'a@b.c' },
      },
      { message: 'Validation error', root: { message: duplicate, code: '23505' } },
    ],
    [
      'Drizzle',
      {
        type: 'DrizzleQueryError',
        message: `Failed query: select "id" from "users" where "id" = $1\nparams: 17: ${duplicate}`,
        stack: stack(
          'Error: Failed query: select "id" from "users" where "id" = $1\nparams: 17',
          `caused by: error: ${duplicate}`,
          '    at Parser.parseErrorMessage (/srv/app/node_modules/pg-protocol/dist/parser.js:285:98)',
        ),
      },
      { type: 'DrizzleQueryError', root: { message: expect.stringContaining(duplicate) } },
    ],
    [
      'MongoDB, which found no server',
      {
        type: 'MongoServerSelectionError',
        message: 'connect ECONNREFUSED 127.0.0.1:27017',
        stack: stack('MongoServerSelectionError: connect ECONNREFUSED 127.0.0.1:27017'),
        reason: { type: 'Unknown', servers: {}, stale: false, compatible: true },
        cause: { type: 'MongoNetworkError', message: 'connect ECONNREFUSED 127.0.0.1:27017' },
      },
      { type: 'MongoServerSelectionError', message: 'connect ECONNREFUSED 127.0.0.1:27017' },
    ],
    [
      'KafkaJS',
      {
        type: 'KafkaJSNumberOfRetriesExceeded',
        message: 'Connection error: connect ECONNREFUSED 10.0.0.1:9092',
        stack: stack('KafkaJSNonRetriableError\n  Caused by: KafkaJSConnectionError: Connection error'),
        name: 'KafkaJSNumberOfRetriesExceeded',
        retriable: false,
        originalError: {
          type: 'KafkaJSConnectionError',
          message: 'Connection error: connect ECONNREFUSED 10.0.0.1:9092',
          code: 'ECONNREFUSED',
        },
      },
      { type: 'KafkaJSNumberOfRetriesExceeded', root: { code: 'ECONNREFUSED' } },
    ],
    [
      'amqplib',
      {
        type: 'IllegalOperationError',
        message: 'Channel closed',
        stack: stack('IllegalOperationError: Channel closed'),
        stackAtStateChange: 'Stack capture: Channel closed by server: 404 (NOT-FOUND)\n    at x (/y.js:1:1)',
      },
      { type: 'IllegalOperationError', message: 'Channel closed' },
    ],
    [
      'ioredis',
      {
        type: 'ReplyError',
        message: 'OOM command not allowed',
        stack:
          'ReplyError: OOM command not allowed\n    at parseError (/srv/app/node_modules/redis-parser/lib/parser.js:179:12)',
        command: { name: 'set', args: ['k', 'v'] },
      },
      { type: 'ReplyError', message: 'OOM command not allowed' },
    ],
    [
      'Axios, of both addresses',
      {
        type: 'AxiosError',
        message: '',
        stack: stack('AggregateError'),
        code: 'ECONNREFUSED',
        config: { url: '/pay', method: 'post' },
        cause: {
          type: 'AggregateError',
          message: '',
          code: 'ECONNREFUSED',
          aggregateErrors: [
            { type: 'Error', message: 'connect ECONNREFUSED ::1:443', code: 'ECONNREFUSED' },
            { type: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:443', code: 'ECONNREFUSED' },
          ],
        },
      },
      { message: 'connect ECONNREFUSED ::1:443', code: 'ECONNREFUSED' },
    ],
    [
      'the AWS SDK',
      {
        type: 'NoSuchKey',
        message: 'The specified key does not exist.',
        stack:
          'NoSuchKey: The specified key does not exist.\n    at de_NoSuchKeyRes (/srv/app/node_modules/x.js:1:1)',
        $metadata: { httpStatusCode: 404, requestId: 'R1', attempts: 1 },
        Code: 'NoSuchKey',
      },
      { type: 'NoSuchKey', message: 'The specified key does not exist.' },
    ],
    [
      'grpc-js',
      {
        type: 'Error',
        message: '14 UNAVAILABLE: No connection established',
        stack: stack('Error: 14 UNAVAILABLE: No connection established'),
        code: 14,
        details: 'No connection established',
        metadata: {},
      },
      { message: '14 UNAVAILABLE: No connection established', code: '14' },
    ],
    [
      'Stripe',
      {
        type: 'StripeCardError',
        message: 'Your card was declined.',
        stack: stack('Error: Your card was declined.'),
        rawType: 'card_error',
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        statusCode: 402,
      },
      { type: 'StripeCardError', code: 'card_declined' },
    ],
    [
      'OpenAI',
      {
        type: 'RateLimitError',
        message: '429 You exceeded your current quota',
        stack: stack('Error: 429 You exceeded your current quota'),
        status: 429,
        error: {
          message: 'You exceeded your current quota',
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        },
        code: 'insufficient_quota',
      },
      { type: 'RateLimitError', message: '429 You exceeded your current quota', code: 'insufficient_quota' },
    ],
    [
      'tedious',
      {
        type: 'RequestError',
        message: "Invalid object name 'Orders'.",
        stack: stack("RequestError: Invalid object name 'Orders'."),
        code: 'EREQUEST',
        originalError: { info: { message: "Invalid object name 'Orders'.", number: 208 } },
        number: 208,
        class: 16,
      },
      { type: 'RequestError', code: 'EREQUEST', message: "Invalid object name 'Orders'." },
    ],
    [
      'Temporal',
      {
        type: 'ActivityFailure',
        message: 'Activity task failed: card declined',
        stack: stack(
          'ActivityFailure: Activity task failed',
          'caused by: ApplicationFailure: card declined',
          own,
        ),
        activityType: 'charge',
      },
      { message: 'Activity task failed', root: { type: 'ApplicationFailure', message: 'card declined' } },
    ],
    [
      "Nest's RPC",
      {
        type: 'RpcException',
        message: 'Rpc Exception',
        stack: stack('Error: Rpc Exception'),
        error: { code: 'E_STOCK', message: 'out of stock' },
      },
      { message: 'Rpc Exception', root: { message: 'out of stock', code: 'E_STOCK' } },
    ],
    [
      'an event',
      { type: 'error', message: '', error: { type: 'Error', message: 'socket hang up', code: 'ECONNRESET' } },
      { message: 'socket hang up', root: { code: 'ECONNRESET' } },
    ],
    [
      "a command's result of MongoDB",
      { ok: 0, errmsg: 'not primary', code: 10107 },
      { message: 'not primary', code: '10107' },
    ],
    [
      'WeChat',
      { errcode: 40001, errmsg: 'invalid credential' },
      { message: 'invalid credential', code: '40001' },
    ],
    [
      'a mini program',
      { errCode: -1, errMsg: 'request:fail timeout' },
      { message: 'request:fail timeout', code: '-1' },
    ],
  ])('%s', (_library, err, expected) => {
    expect(record(err).err).toMatchObject(expected)
  })
})

const issues = {
  zod: (field: string) => z.object({ [field]: z.string() }).safeParse({}).error!.issues,
  ajv: (field: string) => {
    const check = new Ajv().compile({ properties: { [field]: { type: 'string' } } })
    check({ [field]: 1 })
    return check.errors!
  },
}

describe('two problems are two alerts of', () => {
  test.each<[string, (part: string) => unknown, string, string]>([
    ["Zod's issues", issues.zod, 'email', 'phone'],
    ["Ajv's errors", issues.ajv, 'email', 'phone'],
    ["Ajv's errors below a name", (field) => ({ errors: issues.ajv(field) }), 'email', 'phone'],
    [
      "Zod's error without its class",
      (field) => ({ name: 'ZodError', issues: issues.zod(field) }),
      'email',
      'phone',
    ],
    [
      "Zod's text",
      (field) => z.prettifyError(z.object({ [field]: z.string() }).safeParse({}).error!),
      'email',
      'phone',
    ],
    [
      "Zod's flat form",
      (field) => z.flattenError(z.object({ [field]: z.string() }).safeParse({}).error!),
      'email',
      'phone',
    ],
    [
      'express-validator',
      (field) => [{ type: 'field', msg: 'Invalid value', path: field, location: 'body' }],
      'email',
      'phone',
    ],
    [
      'Joi',
      (field) => ({
        type: 'ValidationError',
        message: `"${field}" is required`,
        details: [{ message: `"${field}" is required`, path: [field], type: 'any.required' }],
      }),
      'email',
      'phone',
    ],
    [
      'Yup',
      (field) => ({
        type: 'ValidationError',
        message: '2 errors occurred',
        errors: [`${field} is a required field`, 'age must be a number'],
        inner: [{ message: `${field} is a required field` }, { message: 'age must be a number' }],
      }),
      'email',
      'phone',
    ],
    ['Rails and Django', (field) => ({ errors: { [field]: ['has already been taken'] } }), 'email', 'phone'],
    [
      'a remote procedure',
      (text) => ({ type: 'RpcException', message: 'Rpc Exception', error: { message: text } }),
      'out of stock',
      'no such order',
    ],
    [
      'Elasticsearch',
      (index) => ({
        type: 'ResponseError',
        message: `index_not_found_exception\n\tRoot causes:\n\t\tindex_not_found_exception: no such index [${index}]`,
        meta: { statusCode: 404 },
      }),
      'orders',
      'users',
    ],
    [
      'Moleculer',
      (name) => ({ type: 'ServiceNotFoundError', message: `Service '${name}.get' is not found.` }),
      'posts',
      'users',
    ],
    [
      'Oracle',
      (name) => ({ message: `ORA-00001: unique constraint (SHOP.${name}) violated` }),
      'USERS_EMAIL',
      'USERS_PHONE',
    ],
    ['a GraphQL server', (text) => new GraphQLError(text).toJSON(), 'stock is unknown', 'price is unknown'],
    [
      'Drizzle',
      (table) => ({ message: `Failed query: insert into "${table}" ("n") values ($1)\nparams: 1` }),
      'orders',
      'users',
    ],
  ])('%s', (_library, make, one, other) => {
    expect(keyOf(make(one))).not.toBe(keyOf(make(other)))
  })
})

describe('one problem is one alert of', () => {
  test.each<[string, (part: string) => unknown, string, string]>([
    [
      "a list's item",
      (n) => [{ path: ['items', Number(n), 'sku'], message: 'Required', code: 'custom' }],
      '0',
      '17',
    ],
    [
      'rows of a statement',
      (rows) => ({ message: `Failed query: insert into "orders" ("sku", "n") values ${rows}\nparams: a,1` }),
      '($1, $2)',
      '($1, $2), ($3, $4), ($5, $6)',
    ],
    [
      'rows with question marks',
      (rows) => ({ message: `insert into t values ${rows} failed` }),
      '(?, ?)',
      '(?, ?),(?, ?)',
    ],
    [
      'a deadline of gRPC',
      (time) => ({
        message: `4 DEADLINE_EXCEEDED: Deadline exceeded after ${time},remote_addr=10.0.0.7:50051`,
        code: 4,
      }),
      '10.002s',
      '5.001s',
    ],
    [
      'a response of got',
      (id) => ({
        message: `Request failed with status code 502 (Bad Gateway): GET https://api.example.com/orders/${id}`,
      }),
      '17',
      '18',
    ],
    [
      'a page of Playwright',
      (ms) => ({ message: `page.goto: Timeout ${ms}ms exceeded.\nCall log:\n  - navigating to x` }),
      '30000',
      '5000',
    ],
    [
      'a response that was rejected',
      (at) => ({ status: 502, statusText: 'Bad Gateway', headers: { date: at } }),
      'Tue, 01 Dec 2026',
      'Wed, 02 Dec 2026',
    ],
    [
      'a command',
      (file) => ({ message: `Command failed: ffmpeg -i ${file}\nmoov atom not found`, code: 1 }),
      '/tmp/a.mp4',
      '/tmp/b.mp4',
    ],
    [
      'the type of a value',
      (type) => ({ message: `Cast to Number failed for value "x" (type ${type}) at path "total"` }),
      'Object',
      'number',
    ],
  ])('%s', (_library, make, one, other) => {
    expect(keyOf(make(one))).toBe(keyOf(make(other)))
  })
})

describe('what Node shows of an error, as text,', () => {
  const failed = (code: string, cause?: unknown) => {
    const inner = cause ?? Object.assign(new Error(`connect ${code} 127.0.0.1:5432`), { code })
    const error = new Error('query failed', { cause: inner })
    error.stack = stack('Error: query failed')
    return error
  }

  test('says its cause and its code', () => {
    for (const way of ['err', 'msg']) {
      const { err } = readRecord({ level: 50, [way]: inspect(failed('ECONNREFUSED')) })
      expect(err).toMatchObject({
        type: 'Error',
        message: 'query failed',
        root: { type: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:5432' },
      })
    }
    const text = inspect(Object.assign(failed('ENOSPC', 'disk full'), { code: 'E_QUERY' }))
    expect(record(text).err).toMatchObject({ code: 'E_QUERY', root: { message: 'disk full' } })
    expect(keyOf(inspect(failed('ENOSPC')))).not.toBe(keyOf(inspect(failed('ECONNREFUSED'))))
  })

  test('says the first that it gathers', () => {
    const error = new AggregateError([new Error('replica is down')], 'all failed')
    expect(record(inspect(error)).err).toMatchObject({
      type: 'AggregateError',
      message: 'all failed',
      root: { message: 'replica is down' },
    })
  })

  test('has its place before the fields', () => {
    const error = Object.assign(new Error('boom'), { stack: stack('Error: boom'), code: 'E1' })
    expect(keyOf(inspect(error))).toContain('charge (src/pay)')
  })

  test('has a type that does not end in Error', () => {
    const error = { stack: stack('NoSuchKey: The specified key does not exist.') }
    expect(record(error).err).toMatchObject({
      type: 'NoSuchKey',
      message: 'The specified key does not exist.',
    })
    expect(record(stack('Warning: no')).err).toMatchObject({ message: 'Warning: no' })
  })
})

describe('the title says where and why', () => {
  test.each<[string, unknown, string | RegExp]>([
    [
      "Zod's text",
      z.prettifyError(z.object({ email: z.string() }).safeParse({}).error!),
      /^✖ Invalid input.* → at email$/,
    ],
    [
      'Elasticsearch',
      {
        message:
          'index_not_found_exception\n\tRoot causes:\n\t\tindex_not_found_exception: no such index [orders]',
      },
      'index_not_found_exception: no such index [orders]',
    ],
    ["Ajv's errors", issues.ajv('email'), 'email: must be string'],
    ["Zod's issues", issues.zod('email'), /^email: Invalid input/],
  ])('of %s', (_library, err, title) => {
    expect(titleOf(err)).toEqual(typeof title === 'string' ? title : expect.stringMatching(title))
  })
})

describe('an error is found in a record of', () => {
  const lambda = { errorType: 'TypeError', errorMessage: 'charge failed' }
  test.each<[string, object, object]>([
    [
      'AWS Lambda',
      { level: 'ERROR', message: 'charge failed', ...lambda, stackTrace: ['TypeError: charge failed', own] },
      {
        level: 50,
        err: { type: 'TypeError', message: 'charge failed', stack: expect.stringContaining('pay.js:42') },
      },
    ],
    [
      'an event of BullMQ',
      { level: 50, msg: 'job failed', failedReason: 'no such order' },
      { err: { message: 'no such order' } },
    ],
    [
      'Effect',
      {
        logLevel: 'ERROR',
        message: 'payment failed',
        timestamp: '2026-12-01T10:00:00Z',
        cause: stack('Error: charge failed'),
      },
      { level: 50, msg: 'payment failed', err: { type: 'Error', message: 'charge failed' } },
    ],
    [
      'one that names it in words',
      { level: 50, msg: 'payment failed', error_message: 'declined', error_code: 'E7' },
      { err: { message: 'declined', code: 'E7' } },
    ],
    [
      "Nest's JSON",
      {
        level: 'error',
        pid: 1,
        timestamp: 1_790_000_000_000,
        message: 'charge failed',
        context: 'Pay',
        stack: stack('TypeError: charge failed'),
      },
      { level: 50, err: { type: 'TypeError', message: 'charge failed' } },
    ],
  ])('%s', (_logger, line, expected) => {
    expect(readRecord(line)).toMatchObject(expected)
  })

  test('words of an error beside an error that is known do not replace it', () => {
    const err = { type: 'Error', message: 'boom' }
    expect(readRecord({ level: 50, msg: 'x', err, errorMessage: 'other' }).err).toEqual(err)
    expect(readRecord({ level: 50, msg: 'x', errorCode: 7 }).err).toBeUndefined()
    expect(readRecord({ level: 50, msg: 'x', cause: 'a request of its user' }).err).toBeUndefined()
  })
})

test('errors inside of errors under any name take time linear in their number', () => {
  const nest = (name: string, depth: number) =>
    Array.from({ length: depth }).reduce<object>(
      (inner, _, n) => ({ message: `m${n}`, [name]: name === 'errors' ? [inner] : inner }),
      { message: 'root' },
    )
  for (const name of ['cause', 'parent', 'inner', 'originalError', 'error', 'errors'])
    for (const depth of [12, 30, 50]) {
      const line = JSON.stringify({ level: 50, err: nest(name, depth) })
      expect(line.length).toBeLessThan(2_048)
      expect(readRecord(line).err?.message).toBe(`m${depth - 1}`)
    }
})

test('an error below a name in a real line is read', () => {
  const error = Object.assign(new Error('Rpc Exception'), { error: new Error('out of stock') })
  expect(readRecord(pinoLine({}, (logger) => logger.error(error))).err?.root?.message).toBe('out of stock')
})

describe('the title says what went wrong, and two problems are two alerts, of', () => {
  const model = (text: string) =>
    `429 {"type":"error","error":{"type":"api_error","message":"${text}"},"request_id":"req_1"}`
  const viem = (text: string) =>
    `HTTP request failed.\n\nStatus: 429\nURL: https://rpc.example.com\nRequest body: {"id":7}\n\nDetails: ${text}\nVersion: viem@2.21.0`
  const nunjucks = (text: string) => `(/srv/app/views/mail.njk) [Line 3, Column 12]\n  Error: ${text}`

  test.each<[string, (text: string) => string, (text: string) => string]>([
    ["Anthropic's client", model, (text) => `429 ${text}`],
    ['viem', viem, (text) => `HTTP request failed: ${text}`],
    ['nunjucks', nunjucks, (text) => text],
  ])('%s', (_library, write, title) => {
    const errors = ['no tokens are left', 'the prompt is unreadable'].map((text) => {
      const message = write(text)
      return { type: 'Error', message, stack: stack(`Error: ${message}`) }
    })
    expect(errors.map(titleOf)).toEqual([title('no tokens are left'), title('the prompt is unreadable')])
    expect(new Set(errors.map(keyOf)).size).toBe(2)
  })

  test("a cause that pg threw, whose name is 'error'", () => {
    const duplicate = 'duplicate key value violates unique constraint "users_email_key"'
    const message = `Failed query: insert into "users": ${duplicate}`
    const folded = stack(
      'Error: Failed query: insert into "users"',
      `caused by: error: ${duplicate}`,
      '    at Parser.parseErrorMessage (/srv/app/node_modules/pg-protocol/dist/parser.js:285:98)',
    )
    expect(record({ type: 'DrizzleQueryError', message, stack: folded }).err).toMatchObject({
      message: 'Failed query: insert into "users"',
      root: { type: 'error', message: duplicate },
    })
  })
})
