// As docs/bundlers.md says: the packages stay outside of the bundle, and what is imported of them is copied
// beside it.
export default {
  output: 'standalone',
  outputFileTracingRoot: import.meta.dirname,
  serverExternalPackages: [
    'pino',
    'winston',
    'pino-alert-transport',
    'winston-alert-transport',
    'alert-core',
  ],
}
