/** Databases, caches and queues: bad queries to real servers, and everything that a connection can meet. */
import { closingPort, linesPort, refusedPort, silentPort, textPort } from './servers.mjs'

/** One after another: `[library, problem, run]`, where `run` throws what the library says. */
export async function databases({ postgresPort, redisPort }) {
  return [...(await postgresCases(postgresPort)), ...redisCases(redisPort), ...(await connectionCases())]
}

const schema = `
  create table if not exists users (id uuid primary key, email text not null, age int, constraint users_email_key unique (email));
  create table if not exists orders (id serial primary key, user_id uuid references users, total numeric(6, 2) not null,
    status varchar(8), constraint orders_total_check check (total >= 0));
  create table if not exists invoices (id serial primary key, order_id int not null references orders, number text not null,
    constraint invoices_number_key unique (number))`

async function postgresCases(port) {
  if (port === undefined) return []
  const { default: pg } = await import('pg')
  const { default: postgres } = await import('postgres')
  const { default: knex } = await import('knex')
  const { Sequelize, DataTypes } = await import('sequelize')
  const where = { host: '127.0.0.1', port, user: 'app', database: 'postgres' }
  const withClient = async (use) => {
    const client = new pg.Client(where)
    client.on('error', () => {})
    await client.connect()
    try {
      return await use(client)
    } finally {
      await client.end().catch(() => {})
    }
  }
  await withClient((client) => client.query(schema))
  const query = (text) => (v) =>
    withClient((client) => client.query(typeof text === 'function' ? text(v) : text))
  const user = (v) => `insert into users values ('${v.uuid}', '${v.email}', 1)`
  const queries = {
    'unique users.email': (v) => `${user(v)}; insert into users values ('${v.otherUuid}', '${v.email}', 2)`,
    'unique users.id': (v) =>
      `insert into users values ('${v.otherUuid}', 'x${v.email}', 1), ('${v.otherUuid}', 'y${v.email}', 1)`,
    'unique invoices.number': (v) =>
      `insert into orders (total) values (1); insert into invoices (order_id, number) select id, '${v.word}' from orders; insert into invoices (order_id, number) select id, '${v.word}' from orders`,
    'foreign key orders.user_id': (v) => `insert into orders (user_id, total) values ('${v.missingUuid}', 1)`,
    'foreign key invoices.order_id': (v) =>
      `insert into invoices (order_id, number) values (${v.number}, 'a')`,
    'not null users.email': (v) => `insert into users values ('${v.missingUuid}', null, 1)`,
    'not null orders.total': 'insert into orders (total) values (null)',
    'check orders.total': (v) => `insert into orders (total) values (-${(v.number % 90) + 1})`,
    'numeric overflow': (v) => `insert into orders (total) values (${v.number}000000)`,
    'too long': (v) => `insert into orders (total, status) values (1, '${v.word}-${v.word}')`,
    'bad uuid': (v) => `select * from users where id = '${v.word}'`,
    'bad integer': (v) => `select '${v.word}'::int`,
    'bad timestamp': (v) => `select '${v.word}'::timestamp`,
    'bad json': (v) => `select '{${v.word}'::json`,
    'bad enum boolean': (v) => `select '${v.word}'::boolean`,
    'no relation ordres': 'select * from ordres',
    'no relation usres': 'select * from usres',
    'no column totl': 'select totl from orders',
    'no column emial': 'select emial from users',
    'no function lowr': 'select lowr(email) from users',
    'no schema audit': 'select * from audit.events',
    'syntax at from': 'select from from users',
    'syntax at where': 'select * where where',
    'unterminated string': "select 'abc",
    'division by zero': 'select 1/0',
    'statement timeout': (v) => `set statement_timeout = ${20 + v.index}; select pg_sleep(3)`,
    'read only insert': 'begin read only; insert into orders (total) values (1)',
    'read only update': 'begin read only; update orders set total = 1',
    'group by':
      'select email, count(*) from users group by id, age having email = age::text order by 2, missing_name',
    'too many parameters': (v) => `prepare p${v.index} (int) as select $1; execute p${v.index}(1, 2)`,
    'permission denied': 'create role reader; set role reader; select * from orders',
    'no role auditor': 'set role auditor',
    'no such database': null,
    'smallint out of range': (v) => `select ${40_000 + v.number}::smallint`,
    'ambiguous column': 'select id from users, orders',
    'duplicate table': 'create table users (id int)',
    'cannot drop': 'drop table orders',
    'invalid regular expression': (v) => `select 'a' ~ '(${v.word}'`,
    'array subscript': (v) => `select '{1,2'::int[], ${v.number}`,
    'subquery rows': 'select (select generate_series(1, 3))',
  }
  const cases = []
  for (const [problem, text] of Object.entries(queries))
    if (text !== null) cases.push(['pg', `postgres: ${problem}`, query(text)])
  const fresh = (more) => async () => {
    const client = new pg.Client({ ...where, ...more })
    client.on('error', () => {})
    await client.connect()
    await client.end()
  }
  cases.push(['pg', 'postgres: no database', (v) => fresh({ database: `shop_${v.number}` })()])
  cases.push(['pg', 'postgres: no role billing', fresh({ user: 'billing' })])
  cases.push(['pg', 'pg: no ssl', fresh({ ssl: true })])
  cases.push([
    'pg',
    'pg: client closed',
    async () => {
      const client = new pg.Client(where)
      await client.connect()
      await client.end()
      await client.query('select 1')
    },
  ])
  cases.push([
    'pg',
    'pg: connected twice',
    async () => {
      const client = new pg.Client(where)
      await client.connect()
      try {
        await client.connect()
      } finally {
        await client.end()
      }
    },
  ])
  cases.push([
    'pg',
    'postgres: terminated by administrator',
    () => withClient((client) => client.query('select pg_terminate_backend(pg_backend_pid())')),
  ])
  cases.push([
    'pg',
    'pg: query read timeout',
    async () => {
      const client = new pg.Client({ ...where, query_timeout: 50 })
      await client.connect()
      try {
        await client.query('select pg_sleep(0.4)')
      } finally {
        await client.end()
      }
    },
  ])
  cases.push([
    'pg',
    'pg: pool timeout',
    async () => {
      const pool = new pg.Pool({ ...where, max: 1, connectionTimeoutMillis: 50 })
      const client = await pool.connect()
      try {
        await pool.connect()
      } finally {
        client.release()
        await pool.end()
      }
    },
  ])
  cases.push([
    'pg',
    'postgres: too many clients',
    async () => {
      const clients = Array.from({ length: 12 }, () => new pg.Client(where))
      for (const client of clients) client.on('error', () => {})
      const results = await Promise.allSettled(clients.map((client) => client.connect()))
      await Promise.allSettled(clients.map((client) => client.end()))
      const failed = results.find(
        ({ status, reason }) => status === 'rejected' && /already/.test(reason.message),
      )
      throw failed?.reason ?? new Error('skip')
    },
  ])
  const withKnex = (use) => async (v) => {
    const db = knex({
      client: 'pg',
      connection: where,
      pool: { min: 0, max: 1 },
      acquireConnectionTimeout: 200,
    })
    try {
      await use(db, v)
    } finally {
      db.destroy()
    }
  }
  cases.push(['knex', 'knex: no column totl', withKnex((db) => db('orders').select('totl'))])
  cases.push(['knex', 'knex: no column curency', withKnex((db) => db('orders').where({ curency: 'EUR' }))])
  cases.push(['knex', 'knex: no relation', withKnex((db) => db('ordres').where({ id: 1 }))])
  cases.push([
    'knex',
    'knex: undefined binding user_id',
    withKnex((db) => db('orders').where({ user_id: undefined })),
  ])
  cases.push([
    'knex',
    'knex: undefined binding total',
    withKnex((db) => db('orders').where({ total: undefined })),
  ])
  cases.push(['knex', 'knex: empty update', withKnex((db) => db('orders').update({}))])
  cases.push([
    'knex',
    'knex: pool timeout',
    withKnex(async (db) => {
      const transaction = await db.transaction()
      await db('orders')
        .select('id')
        .finally(() => transaction.rollback())
    }),
  ])
  cases.push(['knex', 'knex: unknown client', async () => knex({ client: 'pgg' })])
  const withSequelize = (use) => async (v) => {
    const db = new Sequelize('postgres://app@127.0.0.1/postgres', {
      port,
      dialect: 'postgres',
      logging: false,
      pool: { max: 1 },
    })
    const User = db.define(
      'User',
      {
        email: { type: DataTypes.STRING, allowNull: false, validate: { isEmail: true } },
        age: { type: DataTypes.INTEGER, validate: { min: 1 } },
      },
      { tableName: 'users', timestamps: false },
    )
    try {
      await use({ db, User }, v)
    } finally {
      await db.close().catch(() => {})
    }
  }
  cases.push(['sequelize', 'sequelize: null email', withSequelize(({ User }) => User.create({}))])
  cases.push([
    'sequelize',
    'sequelize: email format',
    withSequelize(({ User }, v) => User.create({ email: v.word })),
  ])
  cases.push([
    'sequelize',
    'sequelize: min age',
    withSequelize(({ User }, v) => User.create({ email: v.email, age: -v.number })),
  ])
  cases.push([
    'sequelize',
    'postgres: bad integer',
    withSequelize(({ User }, v) => User.findAll({ where: { age: { $foo: v.number } } })),
  ])
  cases.push([
    'sequelize',
    'sequelize: no association',
    withSequelize(({ User, db }) => User.findAll({ include: db.define('Order', {}) })),
  ])
  cases.push([
    'sequelize',
    'sequelize: undefined where',
    withSequelize(({ User }) => User.findAll({ where: { email: undefined } })),
  ])
  cases.push([
    'sequelize',
    'sequelize: unknown dialect',
    async () => new Sequelize('x', 'y', 'z', { dialect: 'postgress' }),
  ])
  const withPostgres = (use) => async (v) => {
    const sql = postgres({ ...where, username: 'app', max: 1, onnotice: () => {} })
    try {
      await use(sql, v)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  cases.push(['postgres', 'postgres.js: undefined value', withPostgres((sql) => sql`select ${undefined}`)])
  cases.push(['postgres', 'postgres: no relation ordres', withPostgres((sql) => sql`select * from ordres`)])
  cases.push([
    'postgres',
    'postgres: bad uuid',
    withPostgres((sql, v) => sql`select * from users where id = ${v.word}::text::uuid`),
  ])
  return cases
}

function redisCases(port) {
  if (port === undefined) return []
  const withIoredis = (use) => async (v) => {
    const { default: Redis } = await import('ioredis')
    const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 0 })
    redis.on('error', () => {})
    try {
      await use(redis, v)
    } finally {
      redis.disconnect()
    }
  }
  const withRedis = (use) => async (v) => {
    const { createClient } = await import('redis')
    const client = createClient({ url: `redis://127.0.0.1:${port}` })
    client.on('error', () => {})
    await client.connect()
    try {
      await use(client, v)
    } finally {
      client.destroy()
    }
  }
  const commands = {
    'wrong type': async (call, v) => {
      await call('SET', `k:${v.word}`, 'x')
      await call('LPUSH', `k:${v.word}`, '1')
    },
    'not an integer': async (call, v) => {
      await call('SET', `i:${v.number}`, v.word)
      await call('INCR', `i:${v.number}`)
    },
    'unknown command': (call, v) => call('GETT', `k:${v.number}`),
    'wrong number of arguments for get': (call) => call('GET'),
    'wrong number of arguments for set': (call) => call('SET', 'a'),
    'syntax error': (call, v) => call('SET', `k:${v.number}`, '1', 'EXX', '1'),
    'script error': (call, v) => call('EVAL', `return redis.call('LPUSH', KEYS[1], '1')`, '1', `k:${v.word}`),
    'no script': (call, v) => call('EVALSHA', v.hex40, '0'),
    'invalid expire': (call, v) => call('SET', `k:${v.number}`, '1', 'EX', '-1'),
    'no such consumer group': (call, v) =>
      call('XREADGROUP', 'GROUP', `jobs`, `c-${v.number}`, 'STREAMS', 'tasks', '>'),
    'index out of range': async (call, v) => {
      await call('RPUSH', `l:${v.number}`, '1')
      await call('LSET', `l:${v.number}`, String(v.number + 9), 'x')
    },
    'no such key': (call, v) => call('RENAME', `none:${v.word}`, 'b'),
    'exec without multi': (call) => call('EXEC'),
    'auth without password': (call, v) => call('AUTH', v.word),
    'auth failed': (call, v) => call('AUTH', v.user, v.word),
    'db index': (call, v) => call('SELECT', String(100 + v.number)),
    'cluster disabled': (call) => call('CLUSTER', 'INFO'),
    'out of memory': async (call, v) => {
      for (let n = 0; n < 40; n++) await call('SET', `big:${v.number}:${n}`, 'x'.repeat(100_000))
    },
    'subscribe with group': (call) => call('XGROUP', 'CREATE', 'none', 'jobs', '0'),
  }
  const cases = []
  for (const [problem, run] of Object.entries(commands)) {
    cases.push([
      'ioredis',
      `redis: ${problem}`,
      withIoredis((redis, v) => run((...args) => redis.call(...args), v)),
    ])
    cases.push([
      'redis',
      `redis: ${problem}`,
      withRedis((client, v) => run((...args) => client.sendCommand(args), v)),
    ])
  }
  cases.push([
    'ioredis',
    'ioredis: closed',
    withIoredis(async (redis) => {
      await redis.ping()
      redis.disconnect()
      await redis.get('a')
    }),
  ])
  cases.push([
    'redis',
    'redis: client closed',
    withRedis(async (client) => {
      client.destroy()
      await client.get('a')
    }),
  ])
  cases.push(['redis', 'redis: socket opened twice', withRedis((client) => client.connect())])
  cases.push(['redis', 'redis: invalid argument type', withRedis((client) => client.set('a', { a: 1 }))])
  return cases
}

async function connectionCases() {
  const url = (protocol, port, path = '') => `${protocol}://127.0.0.1:${port}${path}`
  const first = (emitter, name = 'error') =>
    new Promise((_, reject) => emitter.on(name, (error) => reject(error)))
  const clients = {
    pg: async (port) => {
      const { default: pg } = await import('pg')
      await new pg.Client({ host: '127.0.0.1', port, user: 'app', connectionTimeoutMillis: 400 }).connect()
    },
    mysql2: async (port) => {
      const { createConnection } = await import('mysql2/promise')
      await createConnection({ host: '127.0.0.1', port, user: 'app', connectTimeout: 400 })
    },
    ioredis: async (port) => {
      const { default: Redis } = await import('ioredis')
      const redis = new Redis({ host: '127.0.0.1', port, retryStrategy: null, connectTimeout: 400 })
      try {
        await first(redis)
      } finally {
        redis.disconnect()
      }
    },
    'ioredis retries': async (port) => {
      const { default: Redis } = await import('ioredis')
      const redis = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: 1, retryStrategy: () => 10 })
      redis.on('error', () => {})
      try {
        await redis.get('a')
      } finally {
        redis.disconnect()
      }
    },
    redis: async (port) => {
      const { createClient } = await import('redis')
      const client = createClient({
        url: url('redis', port),
        socket: { reconnectStrategy: false, connectTimeout: 400 },
      })
      client.on('error', () => {})
      await client.connect()
    },
    mongodb: async (port) => {
      const { MongoClient } = await import('mongodb')
      const client = new MongoClient(url('mongodb', port), {
        serverSelectionTimeoutMS: 400,
        connectTimeoutMS: 200,
      })
      try {
        await client.connect()
      } finally {
        await client.close()
      }
    },
    mongoose: async (port) => {
      const { default: mongoose } = await import('mongoose')
      await mongoose
        .createConnection(url('mongodb', port, '/shop'), { serverSelectionTimeoutMS: 300 })
        .asPromise()
    },
    amqplib: async (port) => {
      const { connect } = await import('amqplib')
      await connect(url('amqp', port), { timeout: 400 })
    },
    kafkajs: async (port) => {
      const { Kafka, logLevel } = await import('kafkajs')
      const kafka = new Kafka({
        brokers: [`127.0.0.1:${port}`],
        connectionTimeout: 300,
        requestTimeout: 300,
        logLevel: logLevel.NOTHING,
        retry: { retries: 1, initialRetryTime: 10 },
      })
      await kafka.admin().connect()
    },
    mqtt: async (port) => {
      const { connectAsync } = await import('mqtt')
      await connectAsync(url('mqtt', port), { connectTimeout: 400, reconnectPeriod: 0 }, false)
    },
    nats: async (port) => {
      const { connect } = await import('nats')
      await connect({ servers: `127.0.0.1:${port}`, timeout: 400, maxReconnectAttempts: 0, reconnect: false })
    },
    '@elastic/elasticsearch': async (port) => {
      const { Client } = await import('@elastic/elasticsearch')
      await new Client({ node: url('http', port), maxRetries: 0, requestTimeout: 400 }).info()
    },
    tedious: async (port) => {
      const { Connection } = await import('tedious')
      const connection = new Connection({
        server: '127.0.0.1',
        options: { port, connectTimeout: 400, encrypt: false },
        authentication: { type: 'default', options: { userName: 'app', password: 'x' } },
      })
      await new Promise((resolve, reject) =>
        connection.connect((error) => (error ? reject(error) : resolve())),
      )
    },
    ssh2: async (port) => {
      const { default: ssh2 } = await import('ssh2')
      const client = new ssh2.Client()
      const failed = first(client)
      client.connect({ host: '127.0.0.1', port, username: 'app', readyTimeout: 400 })
      await failed
    },
    ldapts: async (port) => {
      const { Client } = await import('ldapts')
      await new Client({ url: url('ldap', port), connectTimeout: 300, timeout: 300 }).bind('cn=app', 'x')
    },
    '@grpc/grpc-js': async (port) => {
      const grpc = (await import('@grpc/grpc-js')).default
      const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
      const plain = (value) => value
      await new Promise((resolve, reject) =>
        client.makeUnaryRequest(
          '/shop.Orders/Get',
          plain,
          plain,
          Buffer.from(''),
          new grpc.Metadata(),
          { deadline: Date.now() + 900 },
          (error) => (error ? reject(error) : resolve()),
        ),
      )
    },
  }
  const nonsense = 'HTTP/1.1 400 Bad Request\r\n\r\n'
  const silent = await silentPort()
  const closing = await closingPort()
  const cases = []
  for (const [library, connect] of Object.entries(clients)) {
    const name = library.replace(' retries', '')
    cases.push([name, `${library}: refused`, async () => connect(await refusedPort())])
    cases.push([name, `${library}: silent server`, async () => connect(await silentPort())])
    cases.push([name, `${library}: server hangs up`, async () => connect(await closingPort())])
    cases.push([name, `${library}: server hangs up later`, async () => connect(await closingPort(true))])
    cases.push([name, `${library}: nonsense`, async () => connect(await textPort(nonsense))])
  }
  const mail = (greeting, replies) => async (v) => {
    const port = await linesPort(greeting, replies(v))
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      ignoreTLS: true,
      greetingTimeout: 400,
      connectionTimeout: 400,
      auth: { user: 'app', pass: 'x' },
    })
    await transport.sendMail({ from: 'a@example.org', to: v.email, subject: 'x', text: 'x' })
  }
  const hello = '220 mail.example.org ESMTP\r\n'
  const features = '250-mail.example.org\r\n250 AUTH PLAIN\r\n'
  const open = '235 2.7.0 ok\r\n'
  cases.push(
    [
      'nodemailer',
      'nodemailer: refused',
      async () => {
        const { createTransport } = await import('nodemailer')
        await createTransport({ host: '127.0.0.1', port: await refusedPort() }).verify()
      },
    ],
    [
      'nodemailer',
      'nodemailer: no greeting',
      async () => {
        const { createTransport } = await import('nodemailer')
        await createTransport({ host: '127.0.0.1', port: silent, greetingTimeout: 200 }).verify()
      },
    ],
    [
      'nodemailer',
      'nodemailer: hangs up',
      async () => {
        const { createTransport } = await import('nodemailer')
        await createTransport({ host: '127.0.0.1', port: closing, greetingTimeout: 200 }).verify()
      },
    ],
    ['nodemailer', 'smtp: greeting 421', mail('421 4.3.2 try later\r\n', () => [''])],
    ['nodemailer', 'smtp: greeting 554', mail('554 5.7.1 go away\r\n', () => [''])],
    [
      'nodemailer',
      'smtp: login 535',
      mail(hello, () => [features, '535 5.7.8 Error: authentication failed\r\n']),
    ],
    [
      'nodemailer',
      'smtp: login 534',
      mail(hello, () => [features, '534 5.7.9 Application-specific password required\r\n']),
    ],
    ['nodemailer', 'smtp: sender 550', mail(hello, () => [features, open, '550 5.7.1 sender refused\r\n'])],
    [
      'nodemailer',
      'smtp: recipient 550',
      mail(hello, (v) => [features, open, '250 ok\r\n', `550 5.1.1 <${v.email}>: unknown\r\n`]),
    ],
    [
      'nodemailer',
      'smtp: recipient 452',
      mail(hello, (v) => [features, open, '250 ok\r\n', `452 4.2.2 <${v.email}>: over quota\r\n`]),
    ],
    [
      'nodemailer',
      'smtp: message 552',
      mail(hello, () => [features, open, '250 ok\r\n', '250 ok\r\n', '354 go\r\n', '552 5.3.4 too big\r\n']),
    ],
    [
      'nodemailer',
      'nodemailer: no recipients',
      async () => {
        const { createTransport } = await import('nodemailer')
        await createTransport({
          host: '127.0.0.1',
          port: await linesPort(hello, [features, '250 ok\r\n']),
          ignoreTLS: true,
        }).sendMail({ from: 'a@example.org', text: 'x' })
      },
    ],
  )
  return cases
}
