// Runs the service. Without SENTRY_DSN a server of this machine takes what Sentry would get, and counts it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'

let errors = 0
const server = createServer(async (request, response) => {
  const isPacked = request.headers['content-encoding'] === 'gzip'
  const envelope = await text(isPacked ? request.pipe(createGunzip()) : request)
  errors += envelope.split('\n').filter((line) => line.includes('"exception":')).length
  response.end('{}')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

const dsn = process.env.SENTRY_DSN ?? `http://public@127.0.0.1:${server.address().port}/1`
const service = spawn(process.execPath, ['--import', './instrument.mjs', 'service.mjs'], {
  stdio: 'inherit',
  env: { ...process.env, SENTRY_DSN: dsn },
})
const [code] = await once(service, 'close')
server.close()
server.closeAllConnections()
console.log(`Sentry got ${errors} errors.`)
process.exitCode = code
