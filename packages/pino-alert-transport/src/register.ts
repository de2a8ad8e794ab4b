/**
 * `node --import pino-alert-transport/register app.js`: a plain `target` also gets errors that end the
 * process without a log call, and targets of the application's threads use the hub of the main thread. Their
 * workers can do neither themselves; `alertTransport(options)` does the same without a flag.
 */
import { serveThreads, shareCrashes } from 'alert-core/adapter'

shareCrashes()
serveThreads()
