/**
 * Answers the command line and other processes: a request is a line of JSON, and so is its answer. Every user
 * who may enter the state directory may ask.
 */
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Outcome, outcomeOf, type Rejection } from '../requests/pending-requests.ts'
import { isObject } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import type { ControlPort } from './hub-status.ts'
import { listSocketFiles, socketAddress, socketFile } from './socket-path.ts'

/** What a client may ask for. */
export type SocketRequest = 'status' | 'silence' | 'unsilence' | 'silences' | 'acknowledge' | 'explain'

/** One line of a client; with a number (`id`), its answer repeats that (`answer`). */
export interface SocketQuestion {
  readonly request: SocketRequest
  readonly given?: unknown
}

/** The line that answers it. */
export type SocketAnswer =
  | { readonly value: unknown }
  | { readonly error: { readonly code: string; readonly message: string } }

export interface SocketServer {
  close(): Promise<void>
}

const most = { connections: 32, lineChars: 65_536, requests: 1000 }
const idleMs = 30_000

/** Listens in the directory; undefined if that is not possible: alerting does not need it. */
export function serveSocket(directory: string, port: ControlPort): SocketServer | undefined {
  try {
    const file = socketFile(directory, randomBytes(8).toString('hex'))
    const address = socketAddress(file)
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      serve(socket, port)
    })
    server.maxConnections = most.connections
    server.on('error', () => {})
    server.unref()
    // Not exclusive, a cluster's primary would listen for its worker and still do so after the worker died.
    server.listen({ path: address, exclusive: true })
    if (!server.listening) return undefined
    if (address !== file) writeFileSync(file, '', { mode: 0o600 })
    void removeStale(directory, file)
    return { close: () => close(server, sockets, file, address) }
  } catch {
    return undefined
  }
}

function close(server: Server, sockets: ReadonlySet<Socket>, file: string, address: string): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
    rmSync(file, { force: true })
    if (process.platform !== 'win32') rmSync(address, { force: true })
  })
}

function serve(socket: Socket, port: ControlPort): void {
  let rest = ''
  let left = most.requests
  let working = Promise.resolve()
  socket.setEncoding('utf8')
  socket.unref()
  socket.setTimeout(idleMs, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: string) => {
    rest += chunk
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    left -= lines.length
    if (rest.length > most.lineChars || left < 0 || lines.some(({ length }) => length > most.lineChars)) {
      socket.destroy()
      return
    }
    for (const line of lines) working = working.then(() => reply(socket, line, port))
  })
}

async function reply(socket: Socket, line: string, port: ControlPort): Promise<void> {
  const answer = await answerLine(line, port)
  if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`)
}

const unreadable: Rejection = { code: 'ALERT_REQUEST_INVALID', message: 'The request cannot be read.' }

/** Answers a line of JSON. Never rejects. */
export async function answerLine(line: string, port: ControlPort): Promise<Outcome> {
  const question = parseJson(line)
  const number = isObject(question) && typeof question['id'] === 'number' ? { answer: question['id'] } : {}
  return { ...number, ...(await answerQuestion(question, port)) }
}

/** Never rejects. */
export function answerQuestion(question: unknown, port: ControlPort): Promise<Outcome> {
  return outcomeOf(async () => {
    if (!isObject(question)) throw new SyntaxError()
    return (await ask(port, question as unknown as SocketQuestion)) ?? null
  }, unreadable)
}

function ask(port: ControlPort, { request, given }: SocketQuestion): unknown {
  switch (request) {
    case 'status':
      return port.status()
    case 'silences':
      return silencesOf(port)
    case 'silence':
      return port.silence(given as never)
    case 'unsilence':
      return port.unsilence(String(given))
    case 'acknowledge': {
      const { id, ...options } = given as { id: string }
      return port.acknowledge(String(id), options)
    }
    case 'explain':
      return port.explain(given as string | object)
    default:
      throw new SyntaxError()
  }
}

async function silencesOf(port: ControlPort): Promise<unknown> {
  return (await port.status()).silences
}

/** Removes what processes left that were killed. */
async function removeStale(directory: string, own: string): Promise<void> {
  for (const file of listSocketFiles(directory)) {
    if (file === own || (await isAnswered(file))) continue
    rmSync(file, { force: true })
  }
}

/** True if in doubt. */
function isAnswered(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketAddress(file))
    socket.unref()
    socket.setTimeout(2000, () => end(true))
    socket.once('connect', () => end(true))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    )
    function end(answers: boolean): void {
      socket.destroy()
      resolve(answers)
    }
  })
}
