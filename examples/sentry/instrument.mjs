// Sentry is loaded before everything else: `node --import ./instrument.mjs service.mjs`.
import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 1 })
