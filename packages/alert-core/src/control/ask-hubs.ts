/** Asks the hubs of a service: each through its socket, or the one that notifies for a fleet in Redis. */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { fleetName } from '../fleet/fleet-name.ts'
import { redisAddressProblem } from '../fleet/redis-address.ts'
import { createLines } from '../read/lines.ts'
import { createPendingRequests, type Outcome } from '../requests/pending-requests.ts'
import { keys } from '../state/state-format.ts'
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

// ── through Redis

/** Which fleet is asked: by its name, or by what names it in the options. */
export interface RedisPlace {
  readonly url: string
  readonly sentinels?: readonly string[]
  readonly fleet?: string
  readonly service?: string
  readonly env?: string
  readonly dryRun?: boolean
}

/**
 * The answer of the process that notifies. Rejects with a sentence that says what to do if Redis cannot be
 * used, if no process notifies, or if it does not answer within 10 seconds.
 */
export async function askRedis(
  { url, sentinels, ...identity }: RedisPlace,
  question: SocketQuestion,
): Promise<SocketAnswer> {
  const problem = redisAddressProblem(url)
  if (problem !== undefined) throw new Error(`the address of Redis ${problem}`)
  const name = fleetName(identity)
  const [{ createRedisConnection }, { createRedisQuestions }] = await Promise.all([
    import('../fleet/redis-connection.ts'),
    import('../fleet/redis-questions.ts'),
  ])
  const store = createRedisConnection({
    url,
    fleet: name,
    memberKey: keys.member,
    ...(sentinels && { sentinels }),
  })
  const newId = () => randomBytes(6).toString('hex')
  // Neither the connection nor its own limits keep a process alive.
  const untilAnswered = holdingClock.after(Number.POSITIVE_INFINITY, () => {})
  try {
    const asked = await createRedisQuestions({ store, clock: holdingClock, newId })(question, timeoutMs)
    if ('outcome' in asked) return asked.outcome as SocketAnswer
    throw new Error(reasons[asked.why](name))
  } finally {
    untilAnswered.cancel()
    store.close()
  }
}

const reasons = {
  'no-speaker': (name: string) =>
    `no process of the fleet '${name}' notifies: the service does not run, or has another name (service and env, or state.redis.fleet)`,
  full: (name: string) => `too much waits to be counted in the fleet '${name}': try again in a minute`,
  asked: (name: string) => `the process that notifies for the fleet '${name}' does not answer`,
} as const
