/** HTTP clients, sockets, files, processes, and what a server of ours says of requests that it refuses. */
import { execFile, spawn } from 'node:child_process'
import dns from 'node:dns/promises'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import { createServer } from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import tls from 'node:tls'
import { promisify } from 'node:util'
import { closingPort, httpPort, listen, refusedPort, silentPort, textPort } from './servers.mjs'

export async function network() {
  return [...(await httpCases()), ...(await nodeCases()), ...(await serverCases())]
}

const statuses = [400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504]

async function httpCases() {
  const http = await httpPort()
  const silent = await silentPort()
  const closing = await closingPort()
  const nonsense = await textPort('hello there\r\n\r\n')
  const plainText = await textPort('SSH-2.0-OpenSSH_9.6\r\n')
  const clients = {
    axios: async (target, timeout) => {
      const { default: axios } = await import('axios')
      const { data } = await axios.get(target, { timeout, maxRedirects: 3 })
      return data
    },
    got: async (target, timeout) => {
      const { default: got } = await import('got')
      return await got(target, { timeout: { request: timeout }, retry: { limit: 0 }, maxRedirects: 3 }).json()
    },
    undici: async (target, timeout) => {
      const { request } = await import('undici')
      const { statusCode, body } = await request(target, { headersTimeout: timeout, bodyTimeout: timeout })
      if (statusCode > 299) throw new Error(`GET ${target} returned ${statusCode}`)
      return await body.json()
    },
    fetch: async (target, timeout) => {
      const response = await fetch(target, { signal: AbortSignal.timeout(timeout) })
      if (!response.ok) throw new Error(`${target} responded with ${response.status} ${response.statusText}`)
      return await response.json()
    },
    'node-fetch': async (target, timeout) => {
      const { default: nodeFetch } = await import('node-fetch')
      const response = await nodeFetch(target, { signal: AbortSignal.timeout(timeout), follow: 3 })
      if (!response.ok) throw new Error(`${target} responded with ${response.status} ${response.statusText}`)
      return await response.json()
    },
    superagent: async (target, timeout) => {
      const { default: superagent } = await import('superagent')
      await superagent.get(target).timeout(timeout).redirects(3)
    },
  }
  const cases = []
  for (const [library, get] of Object.entries(clients)) {
    const at = (port, path) => (v) => get(`http://127.0.0.1:${port}/${path}/${v.number}`, 1_500)
    const add = (problem, run) => cases.push([library, `${library}: ${problem}`, run])
    for (const status of statuses)
      add(`status ${status}`, (v) => get(`http://127.0.0.1:${http}/status/${status}?id=${v.number}`, 1_500))
    cases.push([
      library,
      `${library}: refused`,
      async (v) => get(`http://127.0.0.1:${await refusedPort()}/orders/${v.number}`, 1_500),
    ])
    add('timeout', (v) => get(`http://127.0.0.1:${silent}/orders/${v.number}`, 150))
    add('hang up', at(closing, 'orders'))
    add('nonsense', at(nonsense, 'orders'))
    add('cut body', at(http, 'cut'))
    cases.push([library, library === 'got' ? 'got: no json' : 'json: unexpected token', at(http, 'text')])
    add('redirects', at(http, 'redirect'))
    add('plain server behind https', (v) => get(`https://127.0.0.1:${plainText}/${v.number}`, 1_500))
    add('invalid url', (v) => get(`not-a-url-${v.number}`, 500))
    add('unsupported protocol', (v) => get(`gopher://127.0.0.1/${v.number}`, 500))
  }
  const { WebSocket, WebSocketServer } = await import('ws')
  const socket =
    (port, path = '') =>
    async () => {
      const client = new WebSocket(`ws://127.0.0.1:${port}/${path}`, { handshakeTimeout: 150 })
      await new Promise((resolve, reject) => client.on('error', reject).on('open', resolve))
    }
  for (const status of [400, 401, 403, 404, 500, 502, 503])
    cases.push(['ws', `ws: status ${status}`, (v) => socket(http, `status/${status}?id=${v.number}`)()])
  cases.push(['ws', 'ws: timeout', socket(silent)])
  cases.push(['ws', 'ws: hang up', socket(closing)])
  cases.push(['ws', 'ws: status 200', socket(http, 'json')])
  cases.push(['ws', 'ws: invalid url', (v) => new WebSocket(`nope-${v.number}`)])
  cases.push(['ws', 'ws: not open', () => new WebSocket('ws://127.0.0.1:1').on('error', () => {}).send('a')])
  cases.push([
    'ws',
    'ws: close code',
    () => new WebSocket('ws://127.0.0.1:1').on('error', () => {}).close((v) => v, 'x'),
  ])
  cases.push([
    'ws',
    'ws: payload too large',
    async (v) => {
      const server = createServer()
      const port = await listen(server)
      const wss = new WebSocketServer({ server, maxPayload: 10 })
      const failed = new Promise((_, reject) =>
        wss.on('connection', (connected) => connected.on('error', reject)),
      )
      const client = new WebSocket(`ws://127.0.0.1:${port}`)
      client.on('error', () => {}).on('open', () => client.send('x'.repeat(100 + v.number)))
      await failed
    },
  ])
  const { io } = await import('socket.io-client')
  const ioCase =
    (port, timeout = 300) =>
    async () => {
      const client = io(`http://127.0.0.1:${port}`, { reconnection: false, timeout })
      try {
        await new Promise((resolve, reject) => client.on('connect_error', reject).on('connect', resolve))
      } finally {
        client.close()
      }
    }
  cases.push(['socket.io-client', 'socket.io-client: refused', async () => ioCase(await refusedPort())()])
  cases.push(['socket.io-client', 'socket.io-client: timeout', ioCase(silent)])
  const s3 = (port) => async (v) => {
    const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3')
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-central-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    await client.send(new GetObjectCommand({ Bucket: 'reports', Key: `${v.word}.json` }))
  }
  const s3Error = (status, code, message) =>
    listen(
      createServer((_, response) =>
        response
          .writeHead(status, { 'content-type': 'application/xml' })
          .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`),
      ),
    )
  cases.push([
    '@aws-sdk/client-s3',
    '@aws-sdk/client-s3: no key',
    s3(await s3Error(404, 'NoSuchKey', 'The specified key does not exist.')),
  ])
  cases.push([
    '@aws-sdk/client-s3',
    '@aws-sdk/client-s3: no bucket',
    s3(await s3Error(404, 'NoSuchBucket', 'The specified bucket does not exist')),
  ])
  cases.push([
    '@aws-sdk/client-s3',
    '@aws-sdk/client-s3: denied',
    s3(await s3Error(403, 'AccessDenied', 'Access Denied')),
  ])
  cases.push([
    '@aws-sdk/client-s3',
    '@aws-sdk/client-s3: slow down',
    s3(await s3Error(503, 'SlowDown', 'Please reduce your request rate.')),
  ])
  return cases
}

async function nodeCases() {
  const run = promisify(execFile)
  const plain = await textPort('hello')
  const busy = await silentPort()
  const root = process.getuid?.() === 0
  const path = (v) => `${tmpdir()}/${v.word.replace(/\W/g, '')}-${v.hex8}/${v.number}.json`
  const node = (problem, call) => ['node', `node: ${problem}`, call]
  const undefinedName = (name) =>
    node(`reading ${name}`, () => {
      const nothing = JSON.parse('{}').missing
      return nothing[name]
    })
  const script = (text) => (v) =>
    run(process.execPath, ['-e', text, '--', `job-${v.number}`], { timeout: 2_000 })
  const exits = [1, 2, 137].map((code) =>
    node(`exit code ${code}`, async () => {
      const child = spawn(process.execPath, ['-e', `process.exit(${code})`])
      const [exit, signal] = await once(child, 'exit')
      throw new Error(`worker ${child.pid} exited with code ${exit} and signal ${signal}`)
    }),
  )
  return [
    ['node', 'node: refused', async () => once(net.connect(await refusedPort(), '127.0.0.1'), 'connect')],
    node('no such host', (v) => dns.lookup(`db-${v.number}.invalid`)),
    node('address in use', () => once(net.createServer().listen(busy, '127.0.0.1'), 'listening')),
    node('address not available', (v) =>
      once(net.createServer().listen(0, `203.0.113.${v.index + 1}`), 'listening'),
    ),
    node('port out of range', (v) => net.connect(70_000 + v.number, '127.0.0.1')),
    node('tls against plain', () => once(tls.connect({ port: plain, host: '127.0.0.1' }), 'secureConnect')),
    node('open missing', (v) => fs.readFile(path(v))),
    node('scandir missing', (v) => fs.readdir(path(v))),
    ['node', 'stat missing', (v) => fs.stat(path(v))],
    node('unlink missing', (v) => fs.unlink(path(v))),
    node('rename missing', (v) => fs.rename(path(v), `${path(v)}.old`)),
    node('mkdir missing parent', (v) => fs.mkdir(`${path(v)}/a`)),
    node('read a directory', () => fs.readFile(tmpdir())),
    ...(root ? [] : [node('permission', () => fs.writeFile('/proc/1/mem', 'x'))]),
    node('command missing', (v) => run(`tool-${v.number}`, ['--version'])),
    ...exits,
    node('killed by SIGTERM', async () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      child.kill('SIGTERM')
      const [exit, signal] = await once(child, 'exit')
      throw new Error(`worker ${child.pid} exited with code ${exit} and signal ${signal}`)
    }),
    node('failed command', script('process.exit(3)')),
    undefinedName('id'),
    undefinedName('map'),
    undefinedName('length'),
    node('set of undefined', () => {
      const nothing = JSON.parse('{}').missing
      nothing.total = 1
    }),
    node('null reading id', () => JSON.parse('null').id),
    node('no function getUser', () => ({}).getUser()),
    node('no function sendMail', () => ({}).sendMail()),
    node('not iterable', () => [...JSON.parse('{"a":1}').a]),
    node('not defined orderId', () => new Function('return orderId')()),
    node('not defined userId', () => new Function('return userId')()),
    node('assign to const', () => new Function('const a = 1; a = 2')()),
    node('bigint mix', () => 1n + JSON.parse('1')),
    node('invalid array length', (v) => new Array(-v.number - 1)),
    node('stack overflow', () =>
      (function again() {
        return again() + 1
      })(),
    ),
    ['node', 'json: unexpected token', (v) => JSON.parse(`${v.word}<`)],
    ['node', 'json: property', () => JSON.parse('{"a":1')],
    ['node', 'json: property', (v) => JSON.parse(`{"id": ${v.number} "b": 1}`)],
    node('circular json', () => {
      const order = {}
      order.self = order
      JSON.stringify(order)
    }),
    node('invalid date', (v) => new Date(v.word).toISOString()),
    node('uri malformed', () => decodeURIComponent('%')),
    node('invalid url', (v) => new URL(`//${v.word}:x`)),
    node('module ./orders', () => import('./no-such-orders.mjs')),
    node('package leftpad', () => import('no-such-leftpad')),
    node('buffer argument', (v) => Buffer.from(v.number)),
    node('argument type path', () => fs.readFile({})),
    node('abort', () => fetch('http://127.0.0.1:1', { signal: AbortSignal.abort() })),
  ]
}

async function serverCases() {
  const { default: express } = await import('express')
  const { default: multer } = await import('multer')
  const { default: Fastify } = await import('fastify')
  const withExpress = (configure, request) => async (v) => {
    const app = express()
    let failed
    configure(app, v)
    app.post('/orders', (_, response) => response.end('ok'))
    app.use((error, _request, response, _next) => {
      failed = error
      response.status(500).end()
    })
    const port = await listen(createServer(app))
    await request(`http://127.0.0.1:${port}/orders`, v)
    throw failed ?? new Error('skip')
  }
  const post =
    (body, headers = { 'content-type': 'application/json' }) =>
    (target, v) =>
      fetch(target, { method: 'POST', headers, body: typeof body === 'function' ? body(v) : body })
  const json = (options) => (app) => app.use(express.json(options))
  const form =
    (name, size = 10) =>
    (target, v) => {
      const body = new FormData()
      body.append(name, new Blob(['x'.repeat(size + v.number)]), `${v.word}.png`)
      return fetch(target, { method: 'POST', body })
    }
  const upload = (options, use) => (app) => app.use(use(multer(options)))
  const fastify =
    (options, schema, body, headers = { 'content-type': 'application/json' }) =>
    async (v) => {
      const app = Fastify(options)
      app.post('/orders', { schema }, () => 'ok')
      let failed
      app.setErrorHandler((error, _request, reply) => {
        failed = error
        reply.code(400).send()
      })
      await app.inject({
        method: 'POST',
        url: '/orders',
        headers,
        payload: typeof body === 'function' ? body(v) : body,
      })
      await app.close()
      throw failed ?? new Error('skip')
    }
  const bodySchema = {
    body: {
      type: 'object',
      required: ['email'],
      properties: { email: { type: 'string', format: 'email' }, total: { type: 'integer', minimum: 1 } },
    },
  }
  return [
    [
      'body-parser',
      'body-parser: json',
      withExpress(
        json(),
        post((v) => `{"id": ${v.number},, `),
      ),
    ],
    [
      'body-parser',
      'body-parser: too large',
      withExpress(
        json({ limit: 10 }),
        post((v) => JSON.stringify({ id: v.number, text: 'x'.repeat(50) })),
      ),
    ],
    [
      'body-parser',
      'body-parser: encoding',
      withExpress(json(), post('x', { 'content-type': 'application/json', 'content-encoding': 'br2' })),
    ],
    [
      'body-parser',
      'body-parser: charset',
      withExpress(json(), post('{}', { 'content-type': 'application/json; charset=klingon' })),
    ],
    [
      'body-parser',
      'body-parser: too many parameters',
      withExpress(
        (app) => app.use(express.urlencoded({ parameterLimit: 1 })),
        post('a=1&b=2', { 'content-type': 'application/x-www-form-urlencoded' }),
      ),
    ],
    [
      'express',
      'express: decode param',
      withExpress(
        (app) => app.post('/:id', () => {}),
        (target) => fetch(`${target}/../%c0`, { method: 'POST' }),
      ),
    ],
    [
      'multer',
      'multer: file too large',
      withExpress(
        upload({ limits: { fileSize: 5 } }, (m) => m.single('photo')),
        form('photo'),
      ),
    ],
    [
      'multer',
      'multer: unexpected field',
      withExpress(
        upload({}, (m) => m.single('photo')),
        form('avatar'),
      ),
    ],
    [
      'multer',
      'multer: too many files',
      withExpress(
        upload({ limits: { files: 0 } }, (m) => m.single('photo')),
        form('photo'),
      ),
    ],
    [
      'multer',
      'multer: no boundary',
      withExpress(
        upload({}, (m) => m.single('photo')),
        post('x', { 'content-type': 'multipart/form-data' }),
      ),
    ],
    [
      'fastify',
      'fastify: required email',
      fastify({}, bodySchema, (v) => JSON.stringify({ total: v.number })),
    ],
    ['fastify', 'fastify: format email', fastify({}, bodySchema, (v) => JSON.stringify({ email: v.word }))],
    [
      'fastify',
      'fastify: minimum total',
      fastify({}, bodySchema, (v) => JSON.stringify({ email: v.email, total: -v.number })),
    ],
    [
      'fastify',
      'fastify: type total',
      fastify({}, bodySchema, (v) => JSON.stringify({ email: v.email, total: v.word })),
    ],
    ['fastify', 'fastify: json', fastify({}, undefined, (v) => `{"id": ${v.number},, `)],
    ['fastify', 'fastify: empty body', fastify({}, undefined, '')],
    [
      'fastify',
      'fastify: too large',
      fastify({ bodyLimit: 5 }, undefined, (v) => JSON.stringify({ id: v.number })),
    ],
    ['fastify', 'fastify: media type', fastify({}, undefined, 'x', { 'content-type': 'text/weird' })],
    [
      'fastify',
      'fastify: duplicated route',
      async () => {
        const app = Fastify()
        app.get('/a', () => 'a')
        app.get('/a', () => 'a')
      },
    ],
  ]
}
