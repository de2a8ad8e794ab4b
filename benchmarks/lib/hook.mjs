// A webhook that keeps what came, and can be late, silent, or not there at all.
import { once } from 'node:events'
import http from 'node:http'

/** `mode`: 'healthy' | 'slow' (3 s) | 'hung' | 'refused'. */
export async function openHook(mode) {
  const bodies = []
  const sockets = new Set()
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      bodies.push(body)
      const answer = () => response.end(request.url.includes('slack') ? 'ok' : '{}')
      if (mode === 'slow') setTimeout(answer, 3_000)
      else if (mode !== 'hung') answer()
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`

  async function close() {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }

  if (mode === 'refused') await close()
  return { url, bodies, isQuiet: () => sockets.size === 0, close }
}
