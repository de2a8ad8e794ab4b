/** Asks the hubs that use a state directory, each through its socket. */
import { connect } from 'node:net'
import { createLines } from '../read/lines.ts'
import { createPendingRequests, type Outcome } from '../requests/pending-requests.ts'
import { holdingClock } from '../time/clock.ts'
import type { SocketAnswer, SocketQuestion } from './serve-socket.ts'
import { listSocketFiles, socketAddress } from './socket-path.ts'

const timeoutMs = 10_000
const longestAnswer = 16 * 1024 * 1024

/** The answer of each hub that answers; throws the file system's error if the directory cannot be read. */
export async function askHubs(directory: string, question: SocketQuestion): Promise<readonly SocketAnswer[]> {
  const answers = await Promise.all(listSocketFiles(directory).map((file) => ask(file, question)))
  return answers.filter((answer) => answer !== undefined)
}

async function ask(file: string, question: SocketQuestion): Promise<SocketAnswer | undefined> {
  const socket = connect(socketAddress(file))
  const requests = createPendingRequests<SocketQuestion>({
    post: (id, asked) => socket.write(`${JSON.stringify({ ...asked, id })}\n`),
    clock: holdingClock,
    timeoutMs,
  })
  const lines = createLines(receive, requests.close, longestAnswer)
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => lines.write(chunk))
  socket.on('error', requests.close)
  socket.once('close', requests.close)

  function receive(line: string): void {
    try {
      const { answer, ...outcome } = JSON.parse(line) as Outcome & { readonly answer: number }
      requests.settle(answer, outcome)
    } catch {
      requests.close()
    }
  }

  const answer = await requests.ask(question)
  socket.destroy()
  return answer as SocketAnswer | undefined
}
