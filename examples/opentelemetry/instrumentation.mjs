// Loaded before everything else: `node --import ./instrumentation.mjs main.mjs`.
import { register } from 'node:module'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

// What is loaded by `import` is instrumented too.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

// A service has a span processor with an exporter here.
new NodeTracerProvider().register()
// The instrumentation of pino writes trace_id into each line, that of HTTP starts a span for each request.
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new PinoInstrumentation()] })
