/** Asks the hubs that use a state directory, each through its socket. */
import { connect } from 'node:net'
import type { SocketAnswer, SocketQuestion } from './serve-socket.ts'
import { listSocketFiles, socketAddress } from './socket-path.ts'

const timeoutMs = 10_000
const longestAnswer = 16 * 1024 * 1024

/** The answer of each hub that answers; throws the file system's error if the directory cannot be read. */
export async function askHubs(directory: string, question: SocketQuestion): Promise<readonly SocketAnswer[]> {
  const answers = await Promise.all(listSocketFiles(directory).map((file) => ask(file, question)))
  return answers.filter((answer) => answer !== undefined)
}

function ask(file: string, question: SocketQuestion): Promise<SocketAnswer | undefined> {
  return new Promise((resolve) => {
    const socket = connect(socketAddress(file))
    let text = ''
    socket.setEncoding('utf8')
    socket.setTimeout(timeoutMs, () => end(undefined))
    socket.once('error', () => end(undefined))
    socket.once('close', () => end(undefined))
    socket.once('connect', () => socket.write(`${JSON.stringify(question)}\n`))
    socket.on('data', (chunk: string) => {
      text += chunk
      const stop = text.indexOf('\n')
      if (stop >= 0) end(read(text.slice(0, stop)))
      else if (text.length > longestAnswer) end(undefined)
    })
    function end(answer: SocketAnswer | undefined): void {
      resolve(answer)
      socket.destroy()
    }
  })
}

function read(line: string): SocketAnswer | undefined {
  try {
    return JSON.parse(line) as SocketAnswer
  } catch {
    return undefined
  }
}
