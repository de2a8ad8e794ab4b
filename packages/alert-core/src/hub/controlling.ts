/**
 * How a hub is reached from outside: through the socket in its state directory, by the page that
 * `controlHandler` serves, and on a port of its own.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Control, type ControlAnswer, type ControlRequest, createControl } from '../control/control.ts'
import { serveControl } from '../control/control-handler.ts'
import type { ControlPort, HubStatus } from '../control/hub-status.ts'
import { noControl } from '../control/no-control.ts'
import {
  answerQuestion,
  type SocketRequest,
  type SocketServer,
  serveSocket,
} from '../control/serve-socket.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import type { Plan } from '../options.ts'
import { type Outcome, valueIn } from '../requests/pending-requests.ts'
import { isObjectOrList } from '../text/get-path.ts'
import type { Clock } from '../time/clock.ts'
import type { InternalErrors } from './internal-errors.ts'

/** The hub of this process answers at once. */
type HubPort = Omit<ControlPort, 'status'> & { status(): HubStatus }

export interface ControllingOptions {
  readonly plan: Plan
  /** The hub, with a status that does not say where the page is served. */
  readonly port: HubPort
  readonly fleet: Pick<Fleet, 'ask'>
  readonly clock: Clock
  /** False for the hub of a replay or a test. */
  readonly isReachable: boolean
  readonly reportLater: InternalErrors['reportLater']
}

export interface Controlling {
  /** Of the hub of this process. */
  status(): HubStatus
  /** What can be asked of the hub, answered by the process of its fleet that notifies. */
  readonly shared: ControlPort
  /** Answers for other processes of the fleet. Never rejects. */
  answer(question: unknown): Promise<Outcome>
  control(request: ControlRequest): Promise<ControlAnswer>
  /** Where people reach the page: `control.url`, else where it listens, once it does. */
  address(): string | undefined
  close(): void
}

export function openControlling(options: ControllingOptions): Controlling {
  const { plan, fleet, clock, isReachable, reportLater } = options
  const port: HubPort = { ...options.port, status: () => withPage(options.port.status(), address()) }
  const shared = sharedPort(port, fleet, address)
  const inFleet = plan.redis?.sample === false ? withoutTexts(port) : port
  const answer: Control | undefined =
    plan.control &&
    createControl({ plan: plan.control, port: shared, clock, timeZone: plan.channels[0]?.timeZone })
  const control = async (request: ControlRequest) => (await answer?.(request)) ?? noControl
  let socket: SocketServer | undefined
  let server: Server | undefined

  if (isReachable && plan.enabled && plan.stateDir !== undefined) socket = serveSocket(plan.stateDir, port)
  const { port: number, host } = plan.control ?? {}
  if (plan.enabled && number !== undefined && host !== undefined)
    server = serveControl({ control }, { port: number, host }, (why) =>
      reportLater('ALERT_CONTROL_UNUSABLE', `The page cannot be served at ${host}:${number} (${why}).`),
    )

  function address(): string | undefined {
    if (plan.control?.url !== undefined) return plan.control.url
    const bound = server?.address()
    return isObjectOrList(bound) ? addressOf(bound) : undefined
  }

  return {
    control,
    shared,
    status: port.status,
    answer: (question) => answerQuestion(question, inFleet),
    address,
    close() {
      void socket?.close()
      server?.close()
      server?.closeAllConnections()
    },
  }
}

const askMs = 3_000

/** Any process may be asked: the one that notifies knows what fires. */
function sharedPort(
  port: ControlPort,
  fleet: Pick<Fleet, 'ask'>,
  address: () => string | undefined,
): ControlPort {
  async function ask<Value>(
    request: SocketRequest,
    given: unknown,
    here: () => Value | Promise<Value>,
  ): Promise<Value> {
    const value = valueIn((await fleet.ask?.({ request, given }, askMs)) ?? {})
    return value === undefined ? here() : (value as Value)
  }

  return {
    status: async () => withPage(await ask('status', undefined, port.status), address()),
    silence: (silence) => ask('silence', silence, () => port.silence(silence)),
    unsilence: (id) => ask('unsilence', id, () => port.unsilence(id)),
    acknowledge: (id, options) => ask('acknowledge', { ...options, id }, () => port.acknowledge(id, options)),
    explain: port.explain,
  }
}

/** No text of a record is to be in Redis, through which the answer goes. */
function withoutTexts(port: HubPort): ControlPort {
  return {
    ...port,
    status() {
      const { alerts, day, ...status } = port.status()
      return {
        ...status,
        alerts: alerts.map((alert) => ({ ...alert, headline: alert.rule })),
        day: day.map((life) => ({ ...life, headline: life.shortId })),
      }
    },
  }
}

/** With the page of this process, which is another one than that of the process that notifies. */
function withPage({ page: _, ...status }: HubStatus, page: string | undefined): HubStatus {
  return page === undefined ? status : { ...status, page }
}

function addressOf({ address, port }: AddressInfo): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`
}
