/**
 * The options of the transport: the core's own, and beside them winston-transport's.
 */
import type { AlertOptions } from 'alert-core'
import { assertOptions, isObject, remember } from 'alert-core/adapter'
import type TransportStream from 'winston-transport'

/** What winston-transport itself takes; `level` is the core's, the threshold of alerts. */
export type WinstonOptions = Pick<
  TransportStream.TransportStreamOptions,
  'format' | 'silent' | 'handleExceptions' | 'handleRejections'
>

/** All options of the transport. */
export type AlertTransportOptions = AlertOptions & WinstonOptions

const defaultLevel = 'error'
const assertOnce = remember(assertOptions)

/** The part for the core. */
export function alertPart(options: AlertTransportOptions): AlertOptions {
  // The check names what is not an object.
  if (!isObject(options)) return options
  const { format, silent, handleExceptions, handleRejections, ...rest } = options
  return rest
}

/**
 * The part for winston-transport. Throws an AlertError that names every problem of the other part by its
 * path.
 */
export function winstonPart(options: AlertTransportOptions): TransportStream.TransportStreamOptions {
  assertOnce(alertPart(options))
  const { format, silent, handleExceptions, handleRejections, level = defaultLevel } = options
  const given = { format, silent, handleExceptions, handleRejections, level }
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && typeof value !== 'number'),
  )
}
