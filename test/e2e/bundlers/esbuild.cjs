// As docs/bundlers.md says: the plugin for pino's workers, an entry and a banner for the adapters that start
// their own worker.
const { build } = require('esbuild')
const esbuildPluginPino = require('esbuild-plugin-pino')

const common = {
  outdir: 'esbuild',
  bundle: true,
  platform: 'node',
  target: 'node20',
  logOverride: { 'empty-import-meta': 'silent' },
}
const places = `globalThis.__bundlerPathsOverrides = {
  ...globalThis.__bundlerPathsOverrides,
  'alert-core/worker': require('node:path').join(__dirname, 'alert-worker.js'),
};`

Promise.all([
  build({
    ...common,
    entryPoints: { target: 'src/target.mjs', stream: 'src/stream.mjs' },
    plugins: [esbuildPluginPino({ transports: ['pino-alert-transport', 'alert-core/worker'] })],
  }),
  build({
    ...common,
    entryPoints: { winston: 'src/winston.mjs', 'alert-worker': 'alert-core/worker' },
    banner: { js: places },
  }),
]).catch(() => process.exit(1))
