// A channel of type 'module': alerts go where your own file sends them. PAGER_URL says where that is; without
// it a pager is started here that prints what it gets.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'

const pager = process.env.PAGER_URL ? undefined : await startPager()

const transport = alertTransport({
  service: 'warehouse',
  channels: {
    pager: {
      type: 'module',
      module: './pager-provider.mjs',
      options: { url: process.env.PAGER_URL ?? pager.url, team: 'logistics' },
    },
  },
})
const logger = pino({ transport })

for (const shelf of [12, 48, 7]) logger.error(new Error(`scanner ${shelf} does not answer`), 'scan failed')

await transport.close()
pager?.server.close()

async function startPager() {
  const server = createServer(async (request, response) => {
    console.log('the pager got', JSON.parse(await text(request)))
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${server.address().port}` }
}
