import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parameterize } from '#core/fingerprint/parameterize.ts'
import { fuzz, inSoak } from '../../soak.ts'
import { bestRatio, linear } from '../text/linear.ts'

const masked: readonly [kind: string, message: string, key: string][] = [
  ['numbers', 'order 4711 of -5 or 1,234.56', 'order <*> of <*> or <*>'],
  ['hex numbers', 'at 0x7ffee3b0', 'at <*>'],
  ['uuids', 'job 550e8400-e29b-41d4-a716-446655440000 lost', 'job <*> lost'],
  ['uuids that begin with letters', 'job deadbeef-cafe-4abc-beef-fadedfaced00 lost', 'job <*> lost'],
  ['hashes', 'commit 3f2a1b9c4d5e6f70 missing, and ffffffffffff', 'commit <*> missing, and <*>'],
  ['object ids', 'document 507f1f77bcf86cd799439011 locked', 'document <*> locked'],
  ['base62 ids', 'charge pi_3MtwBwLkdIwHu7ix28a3tqPa of cus_NffrFeUfNV2Hib', 'charge <*> of <*>'],
  ['ids with a name before them', 'pod payments-7f9c4d5b6-x2x9z evicted', 'pod payments-<*> evicted'],
  ['ids with words behind them', 'us-east-1-payments-queue is full', 'us-east-<*>-payments-queue is full'],
  ['ids without a digit', 'session AbCdEfGhIjKlMnOpQrSt expired', 'session <*> expired'],
  ['ipv4', 'from 10.0.0.1 and 10.0.0.2:40312', 'from <*> and <*>'],
  ['ipv6', 'from 2001:db8::ff00:42:8329 or fe80::1', 'from <*> or <*>'],
  ['mac addresses', 'link 00:1B:44:11:3A:B7 down', 'link <*> down'],
  ['ISO dates', 'since 2024-01-02T03:04:05.678Z', 'since <*>'],
  ['dates in words', 'at Fri Jun 17 2005 07:07:00 GMT+0000 it was 5 Jan 1999', 'at <*> it was <*>'],
  ['times', 'at 12:34:56,789 sharp', 'at <*> sharp'],
  ['durations', 'took 1h30m, 900ms, 1.2 s, 5 minutes', 'took <*>'],
  ['short times', 'lifetime <1 sec', 'lifetime <*>'],
  ['sizes', 'of 5.2 KB or 12MB or 7 bytes', 'of <*> or <*> or <*>'],
  ['percentages', 'disk 95% or 95.5 % full', 'disk <*> or <*> full'],
  ['versions', 'Node.js v20.11.1', 'Node.js <*>'],
  [
    'paths',
    "open '/var/lib/app/4711.json' or /etc/passwd or C:\\x\\y.txt or ../z",
    'open <*> or <*> or <*> or <*>',
  ],
  ['emails', 'mail to bob.smith+x@example.org bounced', 'mail to <*> bounced'],
  [
    'urls, host kept',
    'GET https://api.example.com/v1/orders/7?x=1&y=a,b failed',
    'GET https://api.example.com/<*> failed',
  ],
  [
    'urls with credentials and port',
    'redis://:pw@cache.internal:6379/0 gone',
    'redis://<*>@cache.internal:<*>/<*> gone',
  ],
  ['quoted values', `user 'alice' in "Main Street" or \`x\` or “a b”`, 'user <*> in <*> or <*> or <*>'],
  ['values of keys', 'id=17 uid: 4 [x=0x1f] {n:5}', 'id=<*> uid: <*> [x=<*>] {n:<*>}'],
  ['lists', 'ids 1, 2, 3 and a1, b2', 'ids <*> and <*>'],
  [
    'ids of several numbers with their name',
    'block rdd_42_20 of container_01_0002_x7 stored',
    'block <*> of <*> stored',
  ],
  [
    'files of a package',
    'start com.example.app/.ui.Main and com.example.app/com.lib.Other',
    'start <*> and <*>',
  ],
  ['lists of named ids', 'delete blk_1 blk_22 blk_333', 'delete blk_<*>'],
  ['JSON', 'got {"id":"abc","n":5}', 'got {<*>}'],
  ['what only says a value again', '2048 bytes (2 KB) from 10.0.0.1 (host-7.example.net)', '<*> from <*>'],
  [
    'names of people',
    'login failed for user alice, by account bob',
    'login failed for user <*>, by account <*>',
  ],
  ['the peer that a message begins with', 'q1.example.com:443 closed', '<*> closed'],
  [
    'numbers between Chinese characters',
    '订单123支付失败，耗时5秒，用户「张三」',
    '订单<*>支付失败，耗时<*>秒，用户<*>',
  ],
  [
    'names behind a Chinese noun',
    '用户 张三 登录失败, 客户 alice 不存在, 用户李四(7)超时',
    '用户 <*> 登录失败, 客户 <*> 不存在, 用户<*> 超时',
  ],
  ['titles in Chinese brackets', '文件《合同甲》不存在, 『乙』', '文件<*>不存在, <*>'],
  ['low quotes', 'файл „отчёт“ и „план” и ‘a b’', 'файл <*> и <*> и <*>'],
  ['full-width digits', '订单１２３４支付失败', '订单<*>支付失败'],
  ['a day with its month', 'am 3. März und 4 décembre fehlt', 'am <*> und <*> fehlt'],
  ['tickets', 'see #ABC-123 and #17', 'see <*> and <*>'],
  ['hosts with a number in their name', 'peer web-17.eu.example.com closed', 'peer <*> closed'],
  ['the same with a port', 'to db-17.eu.example.com:40312 closed', 'to <*> closed'],
  ['hosts that called', 'refused rhost=mail.example.org user=root', 'refused rhost=<*> user=root'],
  ['resources of a cloud', 'denied on arn:aws:s3:::reports/x', 'denied on <*>'],
  ['values that look like names from the code', `user 'JOHN', tenant "acmeCorp"`, 'user <*>, tenant <*>'],
  ['terminal colours', '\u001b[31mfailed\u001b[39m 5', 'failed <*>'],
]
test.each(masked)('%s vary', (_kind, message, key) => {
  expect(parameterize(message)).toBe(key)
})

const kept: readonly [kind: string, message: string][] = [
  ['words', "it can't be done; won't do"],
  ['hosts', 'getaddrinfo ENOTFOUND db.internal'],
  ['hosts of services', 'connect to redis-master.prod.svc.cluster.local refused'],
  ['codes of the system', 'read ECONNRESET'],
  ['codes of databases', 'E11000 duplicate key'],
  ['HTTP statuses', 'Request failed with status code 503'],
  ['statuses after a sign', 'status=404, status: 500, HTTP 502'],
  ['exit codes', 'exit code 137, signal 9, errno: -111'],
  ['names from the code', "Cannot read properties of undefined (reading 'userId')"],
  ['codes in quotes', "code: 'ECONNREFUSED'"],
  ['names of types', '[object Object] is not a TypeError'],
  ['flags', 'ready=true, retry: false'],
  [
    'names of a schema',
    `constraint "users_email_key" of relation "users", column 'email', key 'users.email'`,
  ],
  ['names of events and jobs', 'no handler for event "order.created", job "send-email"'],
  ['names of models and modules', `model "User", module './routes', package '@nestjs/core'`],
  ['paths into a value', 'items.name.email must be an email'],
  ['properties that are read', "Cannot read properties of undefined (reading 'id')"],
  ['names in backticks', 'Argument `email` of `prisma.user.create()`'],
  ['names that a sentence is about', `"email" is required, "age" must be a number`],
  ['technical words that hold a digit', 'utf8 sha256 http2 s3:GetObject p95 aes-256-gcm x509 TLSv1.2'],
  ['words that are written together', 'getCertMgrIAMToken of SQLServerXMLReader'],
  ['answers of a server', 'Unexpected server response: 502'],
  ['media types and alternatives', 'application/vnd.api+json or req.body/req.query, and/or'],
  ['classes', 'MySQLConnectionManagerException in getRunningAppProcesses'],
]
test.each(kept)('%s stay', (_kind, message) => {
  expect(parameterize(message)).toBe(message)
})

test('a port that names a kind of server stays, as its address does not', () => {
  expect(parameterize('connect ECONNREFUSED 127.0.0.1:5432')).toBe('connect ECONNREFUSED <*>:5432')
  expect(parameterize('connect ECONNREFUSED ::1:6379')).toBe('connect ECONNREFUSED <*>:6379')
  expect(parameterize('connect ECONNREFUSED 10.0.0.9:40000')).toBe('connect ECONNREFUSED <*>')
})

test('a name keeps its words where its only number, a date or its place in the sentence says which it is', () => {
  expect(parameterize('on worker_3 died')).toBe('on worker_<*> died')
  expect(parameterize('job backup_20261130_0300 and backup_2026_11_30 failed')).toBe(
    'job backup_<*> and backup_<*> failed',
  )
  expect(parameterize('rdd_42_20 lost')).toBe('rdd_<*> lost')
  expect(parameterize('relation "events_12_01" does not exist')).toBe('relation "events_<*>" does not exist')
})

test('a field with a number is not taken for a host with a port', () => {
  expect(parameterize('state.topAmount:12 is too large')).toBe('state.topAmount:<*> is too large')
})

test.each([
  ['Cannot query field "email" on type "User".', 'Cannot query field "phone" on type "User".'],
  [
    "Cannot read properties of undefined (reading 'id')",
    "Cannot read properties of undefined (reading 'name')",
  ],
  ['relation "orders" does not exist', 'relation "users" does not exist'],
  ["Cannot find module 'sharp'", "Cannot find module 'canvas'"],
  ['用户 登录失败', '用户 余额不足'],
  ['错误: 重复键违反唯一约束"users_email_key"', '错误: 重复键违反唯一约束"users_phone_key"'],
  ['关系 "orders" 不存在', '关系 "invoices" 不存在'],
  ['字段 "email" 不存在', '字段 "phone" 不存在'],
  ['字段「邮箱」不能为空', '字段「手机号」不能为空'],
  ['队列“支付回调”消费失败', '队列“发货通知”消费失败'],
  ['数据库：“orders” 无法连接', '数据库：“users” 无法连接'],
  ['接口返回 500', '接口返回 503'],
  ['接口返回了503，稍后重试', '接口返回了502，稍后重试'],
  ['错误码: 10001', '错误码: 10002'],
  ['请求 /users 失败', '请求 /orders 失败'],
  ['request /users failed', 'request /orders failed'],
  ['Request to /users timed out', 'Request to /orders timed out'],
])('%j and %j are two problems', (one, other) => {
  expect(parameterize(one)).not.toBe(parameterize(other))
})

test.each([
  ['用户“张三”登录失败', '用户“李四”登录失败'],
  ['合同《合同甲》审核失败', '合同《合同乙》审核失败'],
  ['接口返回 500 条', '接口返回 503 条'],
  ['请求 /users/4711 失败', '请求 /users/4712 失败'],
  ['request to /users/4711?x=1 failed', 'request to /users/4712 failed'],
  ['字段「订单4711」不能为空', '字段「订单4712」不能为空'],
  ['open /var/a failed', 'open /var/b failed'],
])('%j and %j are one problem', (one, other) => {
  expect(parameterize(one)).toBe(parameterize(other))
})

test('the route of a request stays, without its values and its query', () => {
  expect(parameterize('Cannot GET /api/v2/orders/4711/items?x=1')).toBe('Cannot GET /api/v2/orders/<*>/items')
  expect(parameterize('Route POST:/users/507f1f77bcf86cd799439011 not found')).toBe(
    'Route POST:/users/<*> not found',
  )
})

test('a message that is JSON counts by its structure and its distinctive values', () => {
  const one = '{"event":"payment_failed","orderId":4711,"user":"alice","status":503}'
  expect(parameterize(one)).toBe('{event: payment_failed, orderId: <*>, status: 503, user: <*>}')
  expect(parameterize('{"user":"bob", "status":503, "orderId":4712, "event":"payment_failed"}')).toBe(
    parameterize(one),
  )
  expect(parameterize(one.replace('payment_failed', 'disk_full'))).not.toBe(parameterize(one))
  expect(parameterize('[{"id":1},{"id":2}]')).toBe('[{id: <*>}]')
  expect(parameterize('{"a":')).toBe('{<*>:')
})

test('a list of issues over many lines counts by what is wrong with which field', () => {
  const issues = (field: string, index: number) =>
    JSON.stringify(
      [{ code: 'invalid_type', path: ['items', index, field], message: 'expected string' }],
      undefined,
      2,
    )
  expect(parameterize(issues('email', 3))).toBe(
    '[{code: invalid_type, message: expected string, path: [items, <*>, email]}]',
  )
  expect(parameterize(issues('email', 3))).toBe(parameterize(issues('email', 12)))
  expect(parameterize(issues('email', 3))).not.toBe(parameterize(issues('phone', 3)))
})

test('a line that only introduces the reason is joined with the reason', () => {
  expect(
    parameterize(
      '\nInvalid `prisma.user.create()` invocation:\n\n\nUnique constraint failed on the fields: (`email`)',
    ),
  ).toBe('Invalid `prisma.user.create()` invocation: Unique constraint failed on the fields: (`email`)')
  expect(
    parameterize(
      'Invalid `db.user.create()` invocation in\n/app/a.js:10:2\n\n  7 x\n\nArgument `id` is missing.',
    ),
  ).toBe('Invalid `db.user.create()` invocation in Argument `id` is missing.')
  expect(parameterize('[\n  not json 5')).toBe('[ not json <*>')
  expect(parameterize('Error:\n    at f (x.js:1:1)')).toBe('Error:')
})

test('the reason behind a piece of the program counts, not the program', () => {
  const failed = (reason: string, line = 10) =>
    parameterize(
      `\nInvalid \`db.user.create()\` invocation in\n/app/a.ts:${line}:2\n\n   ${line - 1} try {\n→ ${line} await db.user.create(\n${reason}`,
    )
  const email = failed('Unique constraint failed on the fields: (`email`)')
  expect(email).toBe(
    'Invalid `db.user.create()` invocation in Unique constraint failed on the fields: (`email`)',
  )
  expect(failed('Unique constraint failed on the fields: (`phone`)')).not.toBe(email)
  expect(failed('Unique constraint failed on the fields: (`email`)', 44)).toBe(email)
  const open = '{ data: {\n  id: 5\n} })\n\n'
  expect(failed(`${open}Argument \`name\` is missing.`)).not.toBe(
    failed(`${open}Argument \`id\` is missing.`),
  )
})

test('of a stack of another language the reason counts, wherever it stands', () => {
  const python = (reason: string, line = 12) =>
    parameterize(
      `job failed: Traceback (most recent call last):\n  File "/srv/a.py", line ${line}, in main\n    run()\n${reason}\n`,
    )
  expect(python('ValueError: bad input')).toBe(
    'job failed: Traceback (most recent call last): ValueError: bad input',
  )
  expect(python('ValueError: bad input', 40)).toBe(python('ValueError: bad input'))
  expect(python('KeyError: sku')).not.toBe(python('ValueError: bad input'))
  const java = (cause: string) =>
    parameterize(
      `remote: java.lang.IllegalStateException: no pool\n\tat com.Pool.get(Pool.java:1)\nCaused by: java.io.IOException: x\n\t... 3 more\nCaused by: ${cause}\n\t... 9 more`,
    )
  expect(java('java.net.ConnectException: refused')).toBe(
    'remote: java.lang.IllegalStateException: no pool Caused by: java.net.ConnectException: refused',
  )
  expect(java('java.net.UnknownHostException: db')).not.toBe(java('java.net.ConnectException: refused'))
})

test("another error's message in quotes is part of the message", () => {
  expect(parameterize('failed: "connect ECONNREFUSED 10.0.0.1"')).toBe('failed: "connect ECONNREFUSED <*>"')
  expect(parameterize('failed: "connect ETIMEDOUT 10.0.0.1"')).not.toBe(
    parameterize('failed: "connect ECONNREFUSED 10.0.0.1"'),
  )
})

test('the first line counts, and of that 2 000 characters', () => {
  expect(parameterize('\n\n  boom 5\nat f (x.js:1:1)')).toBe('boom <*>')
  expect(parameterize(`a ${'word '.repeat(1_000)}`).length).toBeLessThanOrEqual(2_000)
  expect(parameterize(`${'1a=2,'.repeat(1_000)}`).length).toBeLessThanOrEqual(2_000)
  expect(parameterize(`${'x '.repeat(1_500)}one`)).toBe(parameterize(`${'x '.repeat(1_500)}two`))
  expect(parameterize('')).toBe('')
})

const abc = 'abcdefghijklmnopqrstuvwxyz'
const base62 = `${abc}${abc.toUpperCase()}0123456789`
const text = (letters: string, size: number) =>
  fc.array(fc.constantFrom(...letters), { minLength: size, maxLength: size }).map((units) => units.join(''))

test.each([
  ['uuids', fc.uuid()],
  ['hex of 16', text('0123456789abcdef', 16)],
  ['object ids', text('0123456789abcdef', 24)],
  ['ULIDs', text('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26)],
  ['nanoids', text(`${base62}_-`, 21)],
  ["Stripe's ids", text(base62, 24).map((id) => `pi_${id}`)],
  [
    'pods',
    fc
      .tuple(text('bcdfghjklmnpqrstvwxz2456789', 9), text('bcdfghjklmnpqrstvwxz2456789', 5))
      .map(([a, b]) => `pay-${a}-${b}`),
  ],
  ['ipv4', fc.ipV4()],
  [
    'ipv6',
    fc.array(text('0123456789abcdef', 4), { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  ],
  ['emails', fc.tuple(text(abc, 7), text(abc, 5)).map(([a, b]) => `${a}.x@${b}.org`)],
  ['integers', fc.integer()],
  ['numbers', fc.double({ noNaN: true, noDefaultInfinity: true })],
  [
    'dates',
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
  ],
])('thousands of %s make a handful of keys at most', (_kind, values) => {
  const drawn = fc.sample(fc.tuple(values, values), { numRuns: 3_000, seed: 7 })
  const keys = new Set(drawn.map(([one, other]) => parameterize(`job ${one} failed for x=${other} now`)))
  expect(keys.size).toBeLessThanOrEqual(30)
})

const fragments = fc.constantFrom(
  ...[
    'a',
    'word',
    'x1',
    '5',
    '10.0.0.1',
    '5432',
    '::',
    ':',
    '://',
    '/',
    '//',
    '.',
    '-',
    '_',
    '=',
    '@',
    '#',
    '%',
    '&',
    '?',
    '!',
    ',',
    ';',
    '|',
  ],
  ...[
    '<',
    '>',
    '<*>',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ' ',
    '\t',
    '\n',
    "'",
    '"',
    '`',
    '\\',
    '“',
    '”',
    '「',
    '」',
    '订单',
    'é',
    '😀',
    '\ud800',
    '\u0001',
  ],
  ...[
    'ms',
    'KB',
    'Jun',
    'Fri',
    'for user ',
    'status',
    'code',
    'error ',
    'E11000',
    'GET ',
    "can't",
    'userId',
    'ECONNREFUSED',
    'TypeError',
  ],
  ...[
    'example.com',
    'db.internal',
    'web-7.example.com',
    'localhost',
    'utf8',
    'column "',
    "reading '",
    '#A-1',
    'März',
    '3. ',
    '用户 ',
    '张三',
    '《',
    '》',
    '„',
    '１２',
    'GET /a/7?b',
    'arn:x::y',
    '{"code":5,"a":[1]}',
    '" is required',
    'Error:\n\n',
    'cus_NffrFe',
    'deadbeef',
    'AbCdEfGhIjKl',
    '/var/x',
    'C:\\x',
    '\u001b[31m',
    '2024-01-02T10:00:00Z',
  ],
  ...[
    'GET /x 500 ',
    'HTTP/1.1" ',
    'returned ',
    'failed: ',
    'exited with ',
    'closed 1006',
    'with code ',
    'login: 535 ',
    'SQLSTATE[',
    '状态码 ',
    '接口返回 ',
    '约束"a_b"',
    '字段「邮箱」',
    '请求 /',
    'request to /a/',
    '502',
    'P2002',
    'Bad',
    'rows ',
    'from ',
    'near "select" ',
    'reason "no such queue" ',
    'address2"',
    'rdd_1_',
    '2026_',
    'com.a/.b.',
  ],
)

test.each([
  '#B_rddms#',
  '#__apprdd_rddms_js',
  'a::5/|AbCdEfGhIjKl',
  'a::5/|AbCdEfGhIjKl.',
  'at 7, a::5/ 8 ms',
  '"a" is required<*>',
  '"a" is required-4711-x',
  'arn:x::y://3. web-7.example.com状态码 ',
  'GET rdd_1_/2026_utf8',
  'key user_1_/20_utf8',
])(
  'a second pass changes nothing of %j, where what is masked changes what the rest of the word is',
  (message) => {
    const key = parameterize(message)
    expect(parameterize(key)).toBe(key)
  },
)

test('a second pass changes nothing', () => {
  const message = fc.oneof(
    fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(fragments, { maxLength: 800 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.webUrl({ withQueryParameters: true }),
  )
  fc.assert(
    fc.property(message, (given) => {
      const key = parameterize(given)
      expect(parameterize(key)).toBe(key)
      expect(key.length).toBeLessThanOrEqual(2_000)
    }),
    fuzz(inSoak(20_000, 4_000)),
  )
})

test.each([
  ['one character', 'a'],
  ['blanks', ' '],
  ['quotes', '"'],
  ['quotes that never close', "'x "],
  ['brackets', '('],
  ['numbers', '1 '],
  ['marks', '<*>'],
  ['addresses', 'http://a?b=c,'],
  ['backslashes', '\\"'],
  ['persons', 'for user '],
  ['dates', 'Jan 1 '],
  ['values said again', '5 (a.b'],
  ['statuses', 'GET /x 500 '],
  ['codes', 'exit code 5 '],
  ['answers', 'returned 502 '],
  ['quoted reasons', 'reason "a b c" '],
])('time is bounded for a million characters of %s', (_kind, unit) => {
  const ratio = bestRatio((size) => unit.repeat(size), parameterize, 2_000)
  expect(ratio).toBeLessThan(linear)
})
