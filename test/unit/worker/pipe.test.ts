import { EventEmitter, once } from 'node:events'
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPipe } from '#core/worker/pipe.ts'

let server: Server
let writing: Socket
let reading: Socket

beforeEach(async () => {
  server = createServer({ pauseOnConnect: true })
  const accepted = once(server, 'connection')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  writing = connect((server.address() as { port: number }).port, '127.0.0.1')
  ;[reading] = (await accepted) as [Socket]
  if (writing.connecting) await once(writing, 'connect')
})

afterEach(() => {
  writing.destroy()
  reading.destroy()
  server.close()
})

const text = 'x'.repeat(64 * 1024)

/** A full pipe without a reader. */
function fullPipe() {
  const heard = new EventEmitter()
  const pipe = createPipe(
    writing,
    () => heard.emit('drained'),
    () => heard.emit('broken'),
  )
  let sent = text.length
  while (pipe.write(text)) sent += text.length
  return { pipe, sent, drained: once(heard, 'drained'), broken: once(heard, 'broken') }
}

describe('a pipe', () => {
  it('that was full takes everything once it is read, also after a wait in between', async () => {
    const { pipe, sent, drained } = fullPipe()
    pipe.drain(1)
    let read = 0
    const isRead = new Promise<void>((done) => {
      reading.on('data', ({ length }) => {
        read += length
        if (read === sent) done()
      })
    })
    reading.resume()
    await drained
    await isRead
    expect(pipe.write('y')).toBe(true)
  })

  it.skipIf(process.platform === 'win32')(
    'that is closed does not write to a file that was opened in its place',
    async () => {
      const { broken } = fullPipe()
      const { fd } = (writing as unknown as { _handle: { fd: number } })._handle
      const directory = mkdtempSync(join(tmpdir(), 'alert-pipe-'))
      const opened: number[] = []
      try {
        writing.destroy()
        while (!opened.includes(fd) && opened.length < 100) {
          opened.push(openSync(join(directory, `${opened.length}`), 'w'))
        }
        expect(opened).toContain(fd)
        await broken
        expect(fstatSync(fd).size).toBe(0)
      } finally {
        opened.forEach(closeSync)
        rmSync(directory, { recursive: true })
      }
    },
  )
})
