// Logs through pino and winston as their OpenTelemetry instrumentations change them; one argument: which.
const { AsyncLocalStorage } = require('node:async_hooks')
const { context, ROOT_CONTEXT, trace } = require('@opentelemetry/api')
const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino')
const { WinstonInstrumentation } = require('@opentelemetry/instrumentation-winston')

const storage = new AsyncLocalStorage()
context.setGlobalContextManager({
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (given, run, self, ...args) => storage.run(given, () => run.apply(self, args)),
  bind: (_given, target) => target,
  enable() {
    return this
  },
  disable() {
    return this
  },
})
new PinoInstrumentation({ disableLogSending: true })
new WinstonInstrumentation({ disableLogSending: true })

const span = trace.wrapSpanContext({
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: 1,
})
context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
  const error = new TypeError('charge failed')
  if (process.argv[2] === 'pino') require('pino')().error({ err: error }, 'payment failed')
  else {
    const { createLogger, format, transports } = require('winston')
    const formats = format.combine(format.errors({ stack: true }), format.json())
    createLogger({ format: formats, transports: [new transports.Console()] }).error('payment failed', error)
  }
})
