/**
 * What the transport writes for a log call that went through a real winston logger with the formats of the
 * case.
 */
import winston from 'winston'
import TransportStream from 'winston-transport'
import type { Info } from '#winston/info.ts'
import { writeLine } from '#winston/info-line.ts'
import { npmLevels } from '#winston/winston-levels.ts'

export type Format = winston.Logform.Format

/** A line as the core would parse it. */
export interface Line {
  readonly level: number
  readonly time: number
  readonly msg: string
  readonly alert?: unknown
  readonly err?: ErrorFields
  readonly [field: string]: unknown
}

export interface ErrorFields {
  readonly type: string
  readonly message: string
  readonly code?: unknown
  readonly stack?: string
  readonly cause?: ErrorFields
  readonly aggregateErrors?: readonly ErrorFields[]
  readonly [field: string]: unknown
}

export const now = 1_700_000_000_000

/** The line for an info that no logger made. */
export function lineOfInfo(info: object): Line {
  const line = writeLine(info as Info, npmLevels, now)
  if (!line.endsWith('}\n') || line.slice(0, -1).includes('\n')) throw new Error(`not one line: ${line}`)
  return JSON.parse(line)
}

/** The infos that reach a transport. */
export function infosOf(log: (logger: winston.Logger) => void, ...formats: Format[]): Info[] {
  const infos: Info[] = []
  class Sink extends TransportStream {
    override _write(info: Info, _encoding: BufferEncoding, done: () => void): void {
      this.log(info, done)
    }
    override log(info: Info, next: () => void): void {
      infos.push(info)
      next()
    }
  }
  const format = formats.length === 0 ? {} : { format: winston.format.combine(...formats) }
  log(winston.createLogger({ transports: [new Sink()], ...format }))
  return infos
}

/** Logs by `log`; returns what the first line says. */
export function lineOf(log: (logger: winston.Logger) => void, ...formats: Format[]): Line {
  return lineOfInfo(infosOf(log, ...formats)[0]!)
}
