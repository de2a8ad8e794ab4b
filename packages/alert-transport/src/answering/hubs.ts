/**
 * Where the hubs of a running service are asked: through the sockets in its state directory, the Redis that
 * its processes share, or by the url of its page.
 */
import { readFile } from 'node:fs/promises'
import {
  type AlertOptions,
  askHubs,
  askRedis,
  type HubStatus,
  type RedisPlace,
  type SocketAnswer,
  type SocketQuestion,
  signLink,
} from 'alert-core'
import { readConfig } from '../commands/read-config.ts'
import { isObject } from '../fake/json.ts'

/** The flags of every command that asks. */
export interface WhereFlags {
  readonly config?: string
  readonly stateDir?: string
  readonly redis?: string
  readonly fleet?: string
  readonly url?: string
}

/** The hubs of one service. */
export interface Hubs {
  /** The answer of each; rejects if none answers, and says what to do. */
  ask(question: SocketQuestion): Promise<readonly SocketAnswer[]>
  status(): Promise<readonly HubStatus[]>
  /** A signed link to the page at this address; undefined if the secret is not known here. */
  pageLink(address: string): string | undefined
}

const requestMs = 60_000
/** A link that is printed may end in a log: it holds for an hour. */
const linkMs = 3_600_000
const timeoutMs = 15_000

/** Reads where they are from the flags, and from the configuration if one is named. */
export async function findHubs({ config, stateDir, redis, fleet, url }: WhereFlags): Promise<Hubs> {
  if ([stateDir, redis, url].filter((place) => place !== undefined).length > 1)
    throw new Error('give one of --state-dir, --redis and --url')
  const options = config === undefined ? {} : await readConfig(config)
  const isNamed = stateDir !== undefined || redis !== undefined || url !== undefined
  const ofService = options.control?.secret
  // To ask in a directory or a Redis needs no secret.
  const secret = () => secretOf(ofService).catch(() => undefined)
  const shared = redis === undefined && isNamed ? undefined : await redisPlace(options, { url: redis, fleet })
  if (shared !== undefined)
    return hubsOf(async (question) => [await askRedis(shared, question)], await secret())
  const directory = stateDir ?? (isNamed ? undefined : filled(options.state?.dir))
  if (directory !== undefined) return hubsOf((question) => askDirectory(directory, question), await secret())
  const address = url ?? filled(options.control?.url)
  if (address !== undefined) {
    const secret = await secretOf(ofService)
    if (secret === undefined)
      throw new Error('--url needs the secret of `control`: name it by --config, or set ALERT_CONTROL_SECRET')
    return hubsOf((question) => askUrl(address, secret, question), secret)
  }
  if (config === undefined)
    throw new Error(
      'say which service: --config <file>, --state-dir <directory>, --redis <address>, or --url <address>',
    )
  throw new Error(
    `${config} has none of state.dir, state.redis and control.url: set one, and start the service with it`,
  )
}

/** With `state.redis`, the directory holds no alerts. */
async function redisPlace(
  { state, service, env, dryRun }: AlertOptions,
  given: { readonly url: string | undefined; readonly fleet: string | undefined },
): Promise<RedisPlace | undefined> {
  const inConfig: { readonly url?: unknown; readonly fleet?: unknown; readonly sentinels?: unknown } =
    isObject(state?.redis) && 'url' in state.redis ? state.redis : { url: state?.redis }
  const url = given.url ?? (await textIn(inConfig.url))
  if (url === undefined) return undefined
  const fleet = given.fleet ?? filled(inConfig.fleet)
  const name = filled(service)
  const environment = filled(env)
  if (fleet === undefined && name === undefined)
    throw new Error(
      '--redis needs the service: --config <file> with `service` or state.redis.fleet, or --fleet <name>',
    )
  const { sentinels } = inConfig
  return {
    url,
    ...(fleet === undefined ? {} : { fleet }),
    ...(name === undefined ? {} : { service: name }),
    ...(environment === undefined ? {} : { env: environment }),
    ...(dryRun === true ? { dryRun } : {}),
    ...(Array.isArray(sentinels) ? { sentinels: sentinels.map((one) => filled(one) ?? '') } : {}),
  }
}

/** A text of the configuration, with the variables of the environment in it. */
function filled(given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined
  return given.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = process.env[name]
    if (value === undefined) throw new Error(`the environment variable ${name} is not set`)
    return value
  })
}

async function secretOf(given: unknown): Promise<string | undefined> {
  return (await textIn(given)) ?? process.env['ALERT_CONTROL_SECRET']
}

/** As the service reads it: a text, `${NAME}` or `{ file }`. */
async function textIn(given: unknown): Promise<string | undefined> {
  if (!isObject(given) || typeof given['file'] !== 'string') return filled(given)
  const { file } = given
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`cannot read ${file}: ${cause.code ?? cause.message}`)
  })
  return text.trim()
}

function hubsOf(ask: Hubs['ask'], secret: string | undefined): Hubs {
  return {
    ask,
    pageLink(address) {
      if (secret === undefined) return undefined
      return `${address.replace(/\/+$/, '')}/?t=${signLink(secret, 'status', Date.now() + linkMs)}`
    },
    async status() {
      const answers = await ask({ request: 'status' })
      return answers.map((answer) => answered(answer) as HubStatus)
    },
  }
}

async function askDirectory(directory: string, question: SocketQuestion): Promise<readonly SocketAnswer[]> {
  const answers = await askHubs(directory, question).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'it does not exist' : (cause.code ?? cause.message)
    throw new Error(
      `cannot read the state directory ${directory} (${why}): give the state.dir of the running service`,
    )
  })
  if (answers.length === 0)
    throw new Error(
      `no process listens in ${directory}: the service does not run, runs in another container or as another user, or has another state.dir`,
    )
  return answers
}

async function askUrl(
  url: string,
  secret: string,
  question: SocketQuestion,
): Promise<readonly SocketAnswer[]> {
  const place = `${url.replace(/\/+$/, '')}/requests`
  if (!URL.canParse(place)) throw new Error(`--url must be an address such as https://alerts.example.com`)
  const response = await fetch(place, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-alert-token': signLink(secret, 'requests', Date.now() + requestMs),
    },
    body: JSON.stringify(question),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: { cause?: NodeJS.ErrnoException; message: string }) => {
    throw new Error(`${new URL(place).host} does not answer (${cause.cause?.code ?? cause.message})`)
  })
  if (response.status === 403)
    throw new Error(
      `${new URL(place).host} refused: the secret of \`control\` is another one, or the clock is wrong`,
    )
  if (response.status === 421)
    throw new Error(
      `${new URL(place).host} refused this host name: use the address in \`control.url\`, or let the reverse proxy pass the header Host on`,
    )
  if (!response.ok)
    throw new Error(`${new URL(place).host} answered ${response.status}: is it the url of \`control\`?`)
  return [(await response.json()) as SocketAnswer]
}

/** Throws what the hub said if it refused. */
export function answered(answer: SocketAnswer): unknown {
  if ('error' in answer) throw new Error(answer.error.message)
  return answer.value
}
