/**
 * Messages of a fleet over a socket: lines of JSON. Anything else closes the link.
 */
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { isObject } from '../text/get-path.ts'
import type { Link, LinkListener, Message } from './lease-types.ts'

/** A delta has at most 16 KiB; the silences of a process may be more. */
const longestLine = 1024 * 1024
/** A process that does not read so much is not written to any more: its link is closed. */
const mostUnsent = 8 * 1024 * 1024

export function openLink(socket: Socket): Link {
  const decoder = new StringDecoder('utf8')
  let listener: LinkListener | undefined
  let rest = ''
  let isClosed = false
  socket.unref()
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine) socket.destroy()
    for (const line of lines) if (!isClosed) hear(line)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
    listener?.closed()
  })

  function hear(line: string): void {
    const message = parseJson(line)
    if (isObject(message)) listener?.message(message as unknown as Message)
    else socket.destroy()
  }

  return {
    send(message) {
      if (isClosed || socket.destroyed) return
      if (socket.writableLength > mostUnsent) socket.destroy()
      else socket.write(`${JSON.stringify(message)}\n`)
    },
    receive(next) {
      listener = next
    },
    close() {
      // What was written is still sent.
      socket.end()
    },
  }
}

/** Another program, or another version, may say anything. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
