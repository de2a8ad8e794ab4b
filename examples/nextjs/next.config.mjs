// The packages stay out of the bundle: alerting runs in a worker thread, which starts from a file.
export default { serverExternalPackages: ['pino', 'pino-alert-transport', 'alert-core'] }
