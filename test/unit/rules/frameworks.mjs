// What frameworks log of wrong requests: `node frameworks.mjs <name>` writes the lines. Wrong are JSON that
// cannot be parsed, a missing order, a wrong query; one request of each framework fails for another reason.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Writable } from 'node:stream'
import { ApolloServer } from '@apollo/server'
import { BadRequest, NotFound } from '@feathersjs/errors'
import { feathers } from '@feathersjs/feathers'
import { bodyParser, errorHandler, koa as feathersKoa, rest } from '@feathersjs/koa'
import express from 'express'
import expressWinston from 'express-winston'
import { createSchema, createYoga } from 'graphql-yoga'
import Koa from 'koa'
import { pino } from 'pino'
import winston from 'winston'

async function withServer(listener, visit) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await visit(`http://127.0.0.1:${server.address().port}`)
  server.close()
}

const get = (url) => fetch(url).then((answer) => answer.text())
const post = (url, body) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }).then((answer) => answer.text())

const writable = (write) =>
  new Writable({
    write(chunk, _encoding, done) {
      write(String(chunk))
      done()
    },
  })

const expressWithWinston = async (write) => {
  const logger = winston.createLogger({
    format: winston.format.json(),
    transports: [new winston.transports.Stream({ stream: writable(write) })],
  })
  const app = express()
  app.use(express.json())
  app.get('/missing', (_, __, next) => next(Object.assign(new Error('no such order'), { status: 404 })))
  app.get('/fails', (_, __, next) => next(new Error('the database is down')))
  app.use(expressWinston.errorLogger({ winstonInstance: logger }))
  app.use((error, _, response, __) => {
    response.status(error.status ?? 500).end()
  })
  await withServer(app, async (url) => {
    await post(url, '{')
    await get(`${url}/missing`)
    await get(`${url}/fails`)
  })
}

const koa = async (write) => {
  const log = pino({}, { write })
  const app = new Koa()
  app.on('error', (error) => log.error(error))
  app.use((context) => {
    if (context.path === '/fails') throw new Error('the database is down')
    if (context.path === '/invalid') context.throw(400, 'amount must be a number')
    context.throw(404, 'no such order')
  })
  await withServer(app.callback(), async (url) => {
    for (const path of ['/invalid', '/missing', '/fails']) await get(url + path)
  })
}

const feathersErrors = async (write) => {
  const log = pino({}, { write })
  const app = feathersKoa(feathers())
  app.use(errorHandler()).use(bodyParser()).configure(rest())
  app.use('orders', {
    async get(id) {
      if (id === 'fails') throw new Error('the database is down')
      throw id === 'invalid' ? new BadRequest('amount must be a number', { amount: 'x' }) : new NotFound()
    },
  })
  app.hooks({ error: { all: [async (context) => log.error(context.error)] } })
  await withServer(app.callback(), async (url) => {
    for (const id of ['invalid', 'missing', 'fails']) await get(`${url}/orders/${id}`)
  })
}

const typeDefs = 'type Query { order(id: Int!): String, fails: String }'
const resolvers = {
  Query: {
    fails: () => {
      throw new Error('the database is down')
    },
  },
}
const queries = ['{ nothing }', '{ order(id: "x") }', '{ order(', '{ fails }']

const apollo = async (write) => {
  const log = pino({}, { write })
  const server = new ApolloServer({
    typeDefs,
    resolvers,
    logger: log,
    plugins: [
      {
        requestDidStart: async () => ({
          didEncounterErrors: async ({ errors }) => {
            for (const error of errors) log.error(error)
          },
        }),
      },
    ],
  })
  for (const query of queries) await server.executeOperation({ query })
  await server.stop()
}

const yoga = async (write) => {
  const log = pino({}, { write })
  const server = createYoga({
    schema: createSchema({ typeDefs, resolvers }),
    logging: false,
    plugins: [
      {
        onResultProcess: ({ result }) => {
          for (const error of ('errors' in result && result.errors) || []) log.error(error)
        },
      },
    ],
  })
  await withServer(server, async (url) => {
    for (const query of queries) await post(`${url}/graphql`, { query })
  })
}

const frameworks = {
  'express-winston': expressWithWinston,
  Koa: koa,
  Feathers: feathersErrors,
  Apollo: apollo,
  Yoga: yoga,
}

await frameworks[process.argv[2]]((line) => process.stdout.write(line))
