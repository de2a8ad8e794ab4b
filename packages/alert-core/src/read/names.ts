/**
 * The names that loggers, their format packages, frameworks and collectors give to the same thing; of
 * several, the first one that a record has counts. Names with dots are also found as nested objects.
 */

/**
 * pino, bunyan, winston · Google Cloud · Elastic · OpenTelemetry · python-like · tslog · log4js · roarr ·
 * Effect · Datadog.
 */
export const levelNames = [
  'level',
  'severity',
  'log.level',
  'severityText',
  'SeverityText',
  'severity_text',
  'levelname',
  'lvl',
  '_meta.logLevelName',
  'level.levelStr',
  'context.logLevel',
  'logLevel',
  'status',
] as const

/** OpenTelemetry's scale: four numbers a level, from 1 trace to 24 fatal. */
export const severityNumberNames = ['severityNumber', 'SeverityNumber', 'severity_number'] as const

export const timeNames = [
  'time',
  'timestamp',
  '@timestamp',
  'ts',
  'Timestamp',
  'timeUnixNano',
  '_meta.date',
  'startTime',
] as const

/** Besides the logger's own key. */
export const messageNames = ['msg', 'message', 'body', 'Body', 'short_message', '0'] as const

/** Say what happened in a record without a message. */
export const eventNames = ['event', 'event.name', 'eventName', 'type', 'name'] as const

/** Where an error lies, besides the logger's own key. */
export const errorNames = ['err', 'error', 'exception'] as const

/** What an error says; `type` of a record is not always its error's, so it counts only beside the others. */
export const errorParts = {
  type: ['type', 'name', 'kind', 'class'],
  message: ['message', 'msg', 'description', 'detail', 'title', 'reason', 'errmsg', 'errMsg', 'errorMessage'],
  code: ['code', 'errno', 'number', 'errcode', 'errCode', 'errorCode'],
  stack: ['stack', 'stack_trace', 'stacktrace', 'stackTrace'],
  cause: ['cause', 'inner', 'innerError', 'original', 'originalError', 'parent'],
  members: ['errors', 'aggregateErrors'],
} as const

/**
 * Where libraries keep the error below theirs: TypeORM · ioredis · NATS · VError · Apollo · Nest · others.
 * Something else may have such a name, so that only an object with a message counts.
 */
export const innerErrorNames = [
  'driverError',
  'lastNodeError',
  'chainedError',
  'jse_cause',
  'networkError',
  'lastError',
  'rootCause',
  'innerException',
  'nestedError',
  'previous',
  'error',
] as const

/** 'error.message', 'exception.type', … as fields of the record itself. */
export const flatErrorNames: readonly string[] = errorNames.flatMap((name) =>
  [...errorParts.type, ...errorParts.message, ...errorParts.code, ...errorParts.stack].map(
    (part) => `${name}.${part}`,
  ),
)

/** The same in one word, as AWS Lambda, BullMQ's events and many applications write it. */
export const joinedErrorNames = {
  type: ['errorType', 'error_type', 'errorName', 'error_name'],
  message: ['errorMessage', 'error_message', 'errorMsg', 'error_msg', 'errMsg', 'failedReason'],
  code: ['errorCode', 'error_code'],
  stack: ['errorStack', 'error_stack', 'stackTrace', 'stacktrace'],
} as const

/** Objects that hold the fields of the record: OpenTelemetry · LogTape · winston · Nest and others. */
export const holderNames = [
  'attributes',
  'Attributes',
  'properties',
  'metadata',
  'meta',
  'payload',
  'context',
] as const

/** What every line has: not what the log call was given. */
export const commonNames: ReadonlySet<string> = new Set([
  ...['level', 'time', 'pid', 'hostname', 'name', 'msg', 'message', 'v', 'severity', 'timestamp'],
  ...['@timestamp', 'service', 'env', 'version', 'host', 'logger'],
])
