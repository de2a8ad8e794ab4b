/**
 * The one error class, and the tables of all codes. Errors are thrown only before start, on the caller's thread;
 * everything later is a value, an event or a process warning, whose codes stand in the second table.
 */

/** Every code that is thrown, with the sentence that explains it; the reference page is generated from this table. */
export const errorCodes = {
  ALERT_OPTIONS_INVALID: 'One or more options are wrong; the message names each by its path.',
  ALERT_WORKER_UNREACHABLE:
    'Nobody could do what a door was asked for: the worker has ended, or could not start.',
  ALERT_SILENCE_INVALID: 'A silence made at run time is wrong; the message names what by its path.',
} as const satisfies Record<string, string>

/** Every code of a `fault` event or a process warning, with the sentence that explains it; on the same page. */
export const internalErrorCodes = {
  ALERT_STATE_UNUSABLE:
    'The state directory cannot be used as it should: it cannot be made or written, is full, read-only or gone, belongs to another user, or the journal has reached its largest size. Alerting goes on in memory and tries again every ten seconds.',
  ALERT_STATE_RECOVERED: 'The state directory is in use again.',
  ALERT_STATE_DAMAGED:
    'A journal had lines or entries that could not be read; such lines stand in a `.corrupt` file beside it. The rest was used.',
  ALERT_STATE_NEWER: 'A journal of a newer version of the library was left alone.',
  ALERT_STATE_EXPIRED:
    'What a former process could not tell is more than seven days old: it is counted as `expired`, and told to nobody.',
  ALERT_RELOAD_REFUSED:
    'The document that `reload` names cannot be read, is broken or wrong: what is in force stays. The message says why, once for each cause.',
  ALERT_HEARTBEAT_STOPPED: 'The heartbeat did not arrive, or is withheld because alerts could not be told.',
  ALERT_METRICS_UNUSABLE:
    'Metrics cannot be served: the port is taken, or the package prom-client is missing.',
  ALERT_WORKER_UNAVAILABLE:
    "No worker thread can be started: alerts are sent from the application's own thread.",
  ALERT_PROCESS_UNAVAILABLE: 'No process can be started for alerts: a worker thread takes its place.',
  ALERT_WORKER_LOST:
    'The worker thread or process of the alerting ended by itself, and another takes its place: what it had counted and not told is lost where there is no state directory. Lines that a process may not have read are named, and counted as `lost`. An event only.',
  ALERT_RECORDS_DROPPED:
    'Records came faster than they could be taken: some were counted, and not looked at.',
  ALERT_UNDELIVERED:
    'The process ended before everything was told, and there is no state directory, or none that works, to keep the rest.',
  ALERT_CHANNEL_FAILED:
    'A channel will not tell an alert, for the reason that is named, and no other channel works that could say so. Told once, until the channel works again.',
  ALERT_CHANNELS_UNUSABLE:
    'Each channel of the options has a problem, such as an environment variable that is not set: alerts are shown as cards on stderr instead.',
  ALERT_UNCAUGHT_ERROR:
    "An error that nobody caught, of a channel's own module, was met in the thread or process of the alerting, which goes on.",
  ALERT_LOGGER_NESTED:
    'A logger inside the alerting itself raises no alerts: its records would come back to it.',
} as const satisfies Record<string, string>

/** A code of a `fault` event that is not about the options. */
export type InternalErrorCode = keyof typeof internalErrorCodes

/** A code that is thrown. */
export type AlertErrorCode = keyof typeof errorCodes

/** The only error that the library throws; `code` is one of {@link errorCodes} and survives translation. */
export class AlertError extends Error {
  override readonly name = 'AlertError'
  readonly code: AlertErrorCode

  constructor(code: AlertErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
