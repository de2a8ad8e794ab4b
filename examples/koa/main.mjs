// A Koa service: koa-pino-logger logs what a middleware threw, with the id of the request.
import { once } from 'node:events'
import Router from '@koa/router'
import Koa from 'koa'
import koaPino from 'koa-pino-logger'

const app = new Koa()
// Koa's own output of each error, on stderr.
app.silent = true
app.use(
  koaPino({
    transport: {
      targets: [
        { target: 'pino/file', options: { destination: 1 } },
        {
          target: 'pino-alert-transport',
          options: {
            service: 'shop',
            // The error has a record of its own; that of the response only says that it failed.
            failedRequests: false,
            // Without a channel alerts appear as cards on stderr.
            channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
          },
        },
      ],
    },
  }),
)

const router = new Router()
router.get('/orders/:id/pay', (ctx) => {
  ctx.assert(ctx.params.id !== 'none', 404, 'no such order')
  throw new Error(`card gateway timeout for order ${ctx.params.id}`)
})
app.use(router.routes())

// Twenty customers try to pay, one asks for an unknown order: one problem, one message.
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
for (let id = 1001; id <= 1020; id += 1) await visit(id)
await visit('none')
server.close()
server.closeAllConnections()

function visit(id) {
  return fetch(`http://127.0.0.1:${server.address().port}/orders/${id}/pay`)
}
