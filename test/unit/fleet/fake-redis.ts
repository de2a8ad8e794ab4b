// A Redis in memory, as far as a fleet uses one: what its scripts do is written here once more, and clients
// connect to it as to a real one.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

const leaseMs = 4_000
const memberMs = 10_000
const lastMs = 5_000
const mostSubmitted = 2_000

type Reply = string | number | null | readonly Reply[]

/** What is under the keys of one fleet. */
interface Kept {
  lease: { readonly holder: string; readonly until: number } | undefined
  readonly members: Map<string, number>
  readonly inbox: Map<string, string>
  readonly state: Map<string, string>
  readonly sent: Map<string, string>
  readonly silences: Map<string, string>
}

export type FakeRedis = Awaited<ReturnType<typeof startFakeRedis>>

export interface FakeRedisOptions {
  readonly version?: string
  /** What it answers in place of carrying a command out; `*` stands for all others. */
  readonly refusals?: Readonly<Record<string, string>>
}

export async function startFakeRedis({ version = '7.0.15', refusals = {} }: FakeRedisOptions = {}) {
  const fleets = new Map<string, Kept>()
  const texts = new Map<string, string>()
  const scripts = new Map<string, string>()
  const sockets = new Set<Socket>()
  const calls = new Map<string, number>()
  let places = 0

  const commands: Readonly<Record<string, (...args: string[]) => Reply>> = {
    INFO: () => `# Server\r\nredis_version:${version}\r\n`,
    PING: () => 'PONG',
    AUTH: () => 'OK',
    SELECT: () => 'OK',
    QUIT: () => 'OK',
    GET: (key = '') => texts.get(key) ?? null,
    SET(key = '', value = '') {
      texts.set(key, value)
      return 'OK'
    },
    HGETALL: (key = '') => [...keptIn(key).state].flat(),
    XRANGE: (key = '', _from, _to, _count, most) =>
      [...keptIn(key).inbox].slice(0, Number(most)).map(([place, json]) => [place, ['d', json]]),
    EVALSHA(hash = '', ...args) {
      const script = scripts.get(hash)
      if (script === undefined) throw new Error('NOSCRIPT No matching script. Please use EVAL.')
      return run(script, args)
    },
    EVAL(script = '', ...args) {
      scripts.set(createHash('sha1').update(script).digest('hex'), script)
      return run(script, args)
    },
  }

  /** By one of its keys. */
  function keptIn(key: string): Kept {
    const prefix = key.slice(0, key.lastIndexOf(':'))
    const known = fleets.get(prefix)
    if (known !== undefined) return known
    const kept = {
      lease: undefined,
      members: new Map(),
      inbox: new Map(),
      state: new Map(),
      sent: new Map(),
      silences: new Map(),
    }
    fleets.set(prefix, kept)
    return kept
  }

  function run(script: string, [count = '', ...rest]: readonly string[]): Reply {
    const kept = keptIn(rest[0] ?? '')
    const args = rest.slice(Number(count))
    if (script.includes("return 'usable'")) return 'usable'
    if (script.includes("return 'differs'")) return save(kept, args)
    if (script.includes("return 'no-speaker'")) return ask(kept, args)
    if (script.includes("'ZCARD'")) return beat(kept, args)
    return resign(kept, args)
  }

  function holderOf(kept: Kept): string | undefined {
    return kept.lease !== undefined && kept.lease.until > Date.now() ? kept.lease.holder : undefined
  }

  function submit({ inbox }: Kept, json: string): void {
    inbox.set(`${Date.now()}-${places++}`, json)
  }

  function beat(kept: Kept, args: readonly string[]): Reply {
    const [id, renew, given, field = '', known, able, leaving, count] = args
    const now = Date.now()
    const deltas = args.slice(8, 8 + Number(count))
    const alerts = args.slice(8 + Number(count))
    let holder = holderOf(kept)
    const isFull = deltas.length > 0 && kept.inbox.size + deltas.length > mostSubmitted
    kept.members.set(id!, leaving === '1' ? 0 : now)
    for (const [member, at] of kept.members) if (at <= now - memberMs) kept.members.delete(member)
    const renews = renew !== '' && holder?.startsWith(`${id} ${renew} `) === true
    const take = renews ? renew : given
    if (renews || (take !== '' && holder === undefined)) {
      holder = `${id} ${take} ${now}`
      kept.lease = { holder, until: now + leaseMs }
    }
    if (!isFull) for (const delta of deltas) submit(kept, delta)
    const others = kept.members.size - (leaving === '1' ? 0 : 1)
    const [who, at] = (kept.silences.get('last') ?? '').split(' ')
    const isFresh = who !== undefined && Number(at) >= now - lastMs
    const claims = leaving === '1' && others === 0 && (!isFresh || who === id)
    if (claims) kept.silences.set('last', `${id} ${now}`)
    const last = claims ? id! : isFresh && others === 0 ? who : ''
    const silences = kept.silences.get('version') ?? '0'
    const ableAt = kept.silences.get('able') ?? '0'
    if (able === '1') kept.silences.set('able', String(now))
    return [
      String(now),
      holder ?? '',
      kept.state.get(field) ?? '',
      others + 1,
      silences,
      silences === known ? '' : (kept.silences.get('list') ?? ''),
      kept.state.get('@term') ?? '',
      kept.state.get('@state-id') ?? '',
      kept.state.get('@history') ?? '',
      isFull ? 1 : 0,
      ableAt,
      last,
      alerts.map((alert) => kept.sent.get(alert) ?? ''),
    ]
  }

  function save(kept: Kept, args: readonly string[]): Reply {
    const [
      id,
      term = '',
      revision = '',
      since,
      whole,
      silences = '',
      stateId = '',
      history = '',
      ahead = '',
    ] = args
    if (holderOf(kept)?.startsWith(`${id} ${term} `) !== true) return 'refused'
    const at = Number(kept.state.get('@revision') ?? -1)
    const isOwn = kept.state.get('@term') === term
    if (isOwn && at >= Number(revision)) return 'refused'
    if (whole === '0' && (!isOwn || at < Number(since))) return 'differs'
    if (whole === '1') for (const one of [kept.state, kept.sent]) one.clear()
    let n = 9
    for (const into of [kept.inbox, kept.state, kept.sent]) {
      for (let left = Number(args[n++]); left > 0; left--, n += 3) {
        if (args[n] === '-') into.delete(args[n + 1]!)
        else into.set(args[n + 1]!, args[n + 2]!)
      }
    }
    kept.state.set('@term', term).set('@revision', revision).set('@state-id', stateId)
    kept.state.set('@history', history).set('@ahead', ahead)
    if (silences !== '') kept.silences.set('list', silences).set('version', String(Date.now()))
    return 'done'
  }

  function ask(kept: Kept, [question = '']: readonly string[]): Reply {
    if (holderOf(kept) === undefined) return 'no-speaker'
    if (kept.inbox.size >= mostSubmitted) return 'full'
    submit(kept, question)
    return 'asked'
  }

  function resign(kept: Kept, [id, term]: readonly string[]): Reply {
    kept.members.delete(id!)
    if (kept.silences.get('last')?.startsWith(`${id} `)) kept.silences.delete('last')
    if (holderOf(kept)?.startsWith(`${id} ${term} `) === true) kept.lease = undefined
    return 'done'
  }

  function answer(request: readonly string[]): string {
    const [name = '', ...args] = request
    const command = name.toUpperCase()
    calls.set(command, (calls.get(command) ?? 0) + 1)
    try {
      const refusal = refusals[command] ?? refusals['*']
      if (refusal !== undefined) throw new Error(refusal)
      const carryOut = commands[command]
      if (carryOut === undefined) throw new Error(`ERR unknown command '${name}'`)
      return encode(carryOut(...args))
    } catch (error) {
      return `-${(error as Error).message}\r\n`
    }
  }

  const server = createServer((socket) => {
    const read = createReader()
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      for (const request of read(chunk)) socket.write(answer(request))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `redis://127.0.0.1:${port}`,
    /** What clients called, by command. */
    calls: () => new Map(calls),
    /** A call of the script `beat`, without a connection. */
    beat: (fleet: string, args: readonly string[]) => beat(keptIn(`alert:{${fleet}}:v1:`), args),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Requests are lists of texts with their lengths: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`. */
function createReader(): (chunk: Buffer) => string[][] {
  let rest: Buffer = Buffer.alloc(0)

  function next(): string[] | undefined {
    let at = 0
    const readNumber = () => {
      const end = rest.indexOf('\r\n', at)
      if (end < 0) return undefined
      const number = Number(rest.toString('latin1', at + 1, end))
      at = end + 2
      return number
    }
    const request: string[] = []
    for (let left = readNumber() ?? -1; left > 0; left--) {
      const length = readNumber()
      if (length === undefined || rest.length < at + length + 2) return undefined
      request.push(rest.toString('utf8', at, at + length))
      at += length + 2
    }
    if (request.length === 0) return undefined
    rest = rest.subarray(at)
    return request
  }

  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const requests: string[][] = []
    for (let request = next(); request !== undefined; request = next()) requests.push(request)
    return requests
  }
}

function encode(reply: Reply): string {
  if (reply === null) return '$-1\r\n'
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`
  return `*${reply.length}\r\n${reply.map(encode).join('')}`
}
