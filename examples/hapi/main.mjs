// A hapi service: hapi-pino logs what a handler threw, with the id of the request.
import Boom from '@hapi/boom'
import Hapi from '@hapi/hapi'
import hapiPino from 'hapi-pino'

const server = Hapi.server({ host: '127.0.0.1' })
await server.register({
  plugin: hapiPino,
  options: {
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
server.route({
  method: 'GET',
  path: '/orders/{id}/pay',
  handler({ params }) {
    if (params.id === 'none') throw Boom.notFound('no such order')
    throw new Error(`card gateway timeout for order ${params.id}`)
  },
})

// Twenty customers try to pay, one asks for an unknown order: one problem, one message.
await server.start()
for (let id = 1001; id <= 1020; id += 1) await visit(id)
await visit('none')
await server.stop()

function visit(id) {
  return fetch(`${server.info.uri}/orders/${id}/pay`)
}
