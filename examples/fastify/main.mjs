// A fastify service: its own logger is pino, and it logs what a handler threw with the request's id.
import Fastify from 'fastify'

const app = Fastify({
  logger: {
    transport: {
      targets: [
        { target: 'pino/file', options: { destination: 1 } },
        {
          target: 'pino-alert-transport',
          options: {
            service: 'shop',
            // Without a channel alerts appear as cards on stderr.
            channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
          },
        },
      ],
    },
  },
})

app.get('/orders/:id/pay', async ({ params }) => {
  if (params.id === 'none') throw Object.assign(new Error('no such order'), { statusCode: 404 })
  throw new Error(`card gateway timeout for order ${params.id}`)
})

// Twenty customers try to pay, one asks for an unknown order: one problem, one message.
const address = await app.listen({ port: 0, host: '127.0.0.1' })
for (let id = 1001; id <= 1020; id += 1) await fetch(`${address}/orders/${id}/pay`)
await fetch(`${address}/orders/none/pay`)
await app.close()
