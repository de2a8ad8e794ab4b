// Bundles the service into dist/ with esbuild. The plugin builds the files that pino starts in worker threads
// beside it, and gives the bundle their paths.
const { build } = require('esbuild')
const esbuildPluginPino = require('esbuild-plugin-pino')

build({
  entryPoints: { main: 'src/main.mjs' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  // The files that would be found by import.meta are those that the plugin builds.
  logOverride: { 'empty-import-meta': 'silent' },
  plugins: [esbuildPluginPino({ transports: ['pino-alert-transport'] })],
})
