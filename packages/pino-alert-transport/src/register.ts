/**
 * `node --import pino-alert-transport/register app.js`: a plain `target` also gets errors that end the
 * process without a log call. Its worker cannot see them itself; `alertTransport(options)` does the same
 * without a flag.
 */
import { shareCrashes } from 'alert-core/adapter'

shareCrashes()
