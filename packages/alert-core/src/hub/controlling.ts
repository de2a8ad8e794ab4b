/**
 * How a hub is reached from outside: through the socket in its state directory, by the page that
 * `controlHandler` serves, and on a port of its own.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Control, type ControlAnswer, type ControlRequest, createControl } from '../control/control.ts'
import { serveControl } from '../control/control-handler.ts'
import type { ControlPort } from '../control/hub-status.ts'
import { noControl } from '../control/no-control.ts'
import { type SocketServer, serveSocket } from '../control/serve-socket.ts'
import type { Plan } from '../options.ts'
import type { Clock } from '../time/clock.ts'
import type { InternalErrors } from './internal-errors.ts'

/** What it depends on. */
export interface ControllingOptions {
  readonly plan: Plan
  readonly port: ControlPort
  readonly clock: Clock
  /** False for the hub of a replay or a test. */
  readonly isReachable: boolean
  readonly reportLater: InternalErrors['reportLater']
}

export interface Controlling {
  /** Answers a request for the page. */
  control(request: ControlRequest): Promise<ControlAnswer>
  /** Where it listens, once it does: 'http://127.0.0.1:9465'. */
  address(): string | undefined
  close(): void
}

export function openControlling(options: ControllingOptions): Controlling {
  const { plan, port, clock, isReachable, reportLater } = options
  const answer: Control | undefined =
    plan.control && createControl({ plan: plan.control, port, clock, timeZone: plan.channels[0]?.timeZone })
  const control = async (request: ControlRequest) => (await answer?.(request)) ?? noControl
  let socket: SocketServer | undefined
  let server: Server | undefined

  if (isReachable && plan.enabled && plan.stateDir !== undefined) socket = serveSocket(plan.stateDir, port)
  const { port: number, host } = plan.control ?? {}
  if (plan.enabled && number !== undefined && host !== undefined)
    server = serveControl({ control }, { port: number, host }, (why) =>
      reportLater('ALERT_CONTROL_UNUSABLE', `The page cannot be served at ${host}:${number} (${why}).`),
    )

  return {
    control,
    address() {
      const bound = server?.address()
      return typeof bound === 'object' && bound !== null ? addressOf(bound) : undefined
    },
    close() {
      void socket?.close()
      server?.close()
      server?.closeAllConnections()
    },
  }
}

function addressOf({ address, port }: AddressInfo): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`
}
