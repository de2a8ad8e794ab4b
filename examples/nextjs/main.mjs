// Starts the built application, lets twenty customers pay, one ask for an unknown order and one look at an
// order that breaks: two problems, one message. Then it ends the server as a platform does.
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
const port = process.env.PORT ?? '3000'
const server = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', port], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const lines = createInterface(server.stdout)
lines.on('line', (line) => console.log(line))
for await (const [line] of on(lines, 'line')) if (line.includes('Ready in')) break

for (let id = 1001; id <= 1020; id += 1) await visit(`/orders/${id}/pay`, `order-${id}`)
await visit('/orders/none/pay')
await visit('/orders/none')
await visit('/orders/1001')
server.kill('SIGTERM')
await once(server, 'exit')

function visit(path, id = 'none') {
  return fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-request-id': id } })
}
