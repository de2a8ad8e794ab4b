/**
 * All error codes, each with the sentence that explains it. docs/errors.md is generated from these tables.
 */

/** The codes of errors that are thrown, before start and on the caller's thread. */
export const errorCodes = {
  ALERT_OPTIONS_INVALID: 'One or more options are wrong. The message lists each problem with its path.',
  ALERT_WORKER_UNREACHABLE:
    'The worker did not answer a request such as `explain()` or `silence()`: it has ended, or it could not start. An earlier warning names the cause.',
  ALERT_UNKNOWN_ALERT:
    'No alert that fires has the id that `acknowledge()` or `silence()` was given, or several begin with it. The message names those that fire.',
  ALERT_REQUEST_INVALID: 'A request to the socket of the state directory cannot be read.',
  ALERT_SILENCE_INVALID: 'A silence made at run time is wrong. The message lists each problem with its path.',
} as const satisfies Record<string, string>

/** The codes of `error` events and process warnings: nothing is thrown while alerting runs. */
export const internalErrorCodes = {
  ALERT_STATE_UNUSABLE:
    'The state directory cannot be created or written, is full or read-only, was removed, belongs to another user, or holds a journal of the maximum size. Alerting continues in memory and tries the directory again every ten seconds. Free space on the disk, or make the directory writable. A directory on a network drive that does not answer is tried again at the next start.',
  ALERT_STATE_RECOVERED: 'The state directory works again.',
  ALERT_STATE_DAMAGED:
    'Some lines or entries of a journal could not be read. The rest was used. Damaged lines are kept in a `.corrupt` file beside it; half a last line, which a killed process leaves, is not.',
  ALERT_STATE_NEWER:
    'A journal was written by a newer version of the library. It was not read and not changed; start the newer version to deliver what it holds.',
  ALERT_STATE_EXPIRED:
    'Notifications of an earlier process are more than seven days old. They are not sent, and are counted as `expired`.',
  ALERT_START_LATE:
    'What former processes left in the state directory could not be read within 15 seconds, for example because a network drive does not answer. Alerting starts without it and takes it up when it comes.',
  ALERT_FLEET_ALONE:
    'The process cannot join the others that share its state directory or its Redis, and notifies for itself: its messages count only its own records. The message names the cause and what to do. It joins the others as soon as that is possible.',
  ALERT_FLEET_RECOVERED:
    'A process that notified for itself takes part in its fleet again. What it counted meanwhile is part of the counts of the fleet.',
  ALERT_FLEET_SPLIT:
    'Two processes notified for a fleet at the same time, because its Redis had two primaries or lost its latest writes when it failed over. People may get a message twice; no count is lost.',
  ALERT_FLEET_DIFFERS:
    'A process of the fleet has other rules or channels than the one that notifies, has the same name as another one, or submits what cannot be read. The message says which, once for each process.',
  ALERT_RELOAD_REFUSED:
    'The document that `reload` names cannot be read or is not valid. The options in force stay in force. The message names the cause, once for each cause.',
  ALERT_HEARTBEAT_STOPPED:
    'The heartbeat request failed, or it is not sent because alerts cannot be delivered.',
  ALERT_METRICS_UNUSABLE:
    'Metrics cannot be served: the port is in use, or the package prom-client is not installed.',
  ALERT_CONTROL_UNUSABLE:
    'The page of `control` cannot be served: the port is in use or needs more rights. Alerts are sent as usual, and their links lead nowhere.',
  ALERT_WORKER_UNAVAILABLE:
    "A worker thread cannot be started. Alerts are sent from the application's own thread.",
  ALERT_PROCESS_UNAVAILABLE:
    'A separate process cannot be started. Alerts are sent from a worker thread instead.',
  ALERT_WORKER_LOST:
    'The worker thread or process of the alerting ended unexpectedly and was replaced. Without a state directory, what it had counted and not sent is lost. Lines that a lost process may not have read are counted as `lost`. This code is an event only.',
  ALERT_WORKER_STALLED:
    'The worker thread or process of the alerting did nothing for five seconds while records waited, usually because of an endless loop in a channel module, or it used up its memory again and again. It was ended and replaced; the record that it was reading is left out and counted as `lost`. After three times within ten minutes, none takes its place for ten minutes.',
  ALERT_RECORDS_DROPPED:
    'Log records arrived faster than the worker could take them. Some were counted, but not evaluated.',
  ALERT_UNDELIVERED:
    'The process ended before all notifications were sent, and no working state directory could keep the rest. The message names each channel with the reason. Set `state.dir` to keep them, or allow more time with `closeTimeout`.',
  ALERT_ENDS_UNSENT:
    'A reload removed a channel, and within `closeTimeout` its provider could not be reached to close what is open there. The message names the alerts. Their ends are sent if a reload, or with `state.dir` the next start, brings a channel of that name back.',
  ALERT_CHANNEL_FAILED:
    'A channel that has delivered nothing yet failed at its first attempt, or a channel did not deliver an alert and no other working channel could report that. The message names the cause and what can be done. It appears once, until the channel delivers again.',
  ALERT_NO_CHANNEL:
    'No channel takes the alerts of a rule, or a record names a channel in its `alert` field that does not exist or does not take its alert; such an alert is sent to every channel that takes it. The message names the filters. It appears at the start if the options show it, and once when it happens.',
  ALERT_FIELD_IGNORED:
    'The `alert` field of a record has a key that does not exist, or a value that the key cannot have. It is ignored, and the rest of the field is used. The message names the key, once for each key.',
  ALERT_RULE_INEFFECTIVE:
    'A rule is valid but has no effect, or less than it says: its alerts cannot end, its `for` filters nothing, or an earlier rule takes all its records; or a filter names a rule that does not exist. It appears at the start, and once when an alert of the rule fires.',
  ALERT_CHANNELS_UNUSABLE:
    'Every channel of the options has a problem, for example an environment variable that is not set. Alerts are shown on stderr instead.',
  ALERT_UNCAUGHT_ERROR:
    "An error was not caught in the thread or process of the alerting, usually in a channel's own module. Alerting continues.",
  ALERT_TRANSPORT_MISPLACED:
    'A transport is used where another one belongs, or a pino target has no options. The warning says what to write.',
  ALERT_LOGGER_NESTED:
    'A logger was created inside the alerting itself. It raises no alerts, because its records would return to it.',
} as const satisfies Record<string, string>

/** A code of an `error` event that is not about the options. */
export type InternalErrorCode = keyof typeof internalErrorCodes

/** A code of an {@link AlertError}. */
export type AlertErrorCode = keyof typeof errorCodes
