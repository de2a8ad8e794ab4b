// What the transports send to: an HTTP server (and a mute mail server) that answers well, late, never, or not
// at all.
import http from 'node:http'
import net from 'node:net'

/** `mode`: 'ok' | 'slow' (3 s) | 'hang'. `count()` is the number of requests that came. */
export async function openEndpoint(mode = 'ok') {
  let requests = 0
  const sockets = new Set()
  const server = http.createServer((request, response) => {
    requests++
    request.resume()
    if (mode === 'hang') return
    const answer = () => response.end(request.url.includes('slack') ? 'ok' : '{}')
    if (mode === 'slow') setTimeout(answer, 3_000)
    else request.on('end', answer)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const mail = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await Promise.all([listen(server), listen(mail)])
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    smtpPort: mail.address().port,
    count: () => requests,
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all([server, mail].map((each) => new Promise((resolve) => each.close(resolve))))
    },
  }
}

/** An address without a server. */
export async function deadAddress() {
  const { url, close } = await openEndpoint()
  await close()
  return url
}

const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
