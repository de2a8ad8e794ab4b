// As docs/bundlers.md says: webpack finds the worker of our adapters by itself; pino's workers need their own
// entries.
const path = require('node:path')
const webpack = require('webpack')

const workers = {
  'thread-stream-worker': 'thread-stream/lib/worker.js',
  'pino-worker': 'pino/lib/worker.js',
  'pino-alert-transport': 'pino-alert-transport',
}
const places = `globalThis.__bundlerPathsOverrides = Object.fromEntries(${JSON.stringify(Object.keys(workers))}
  .map((name) => [name, require('node:path').join(__dirname, name + '.js')]));`
const common = {
  mode: 'production',
  target: 'node20',
  context: __dirname,
  node: { __dirname: false },
  optimization: { minimize: false },
}
const output = { path: path.join(__dirname, 'webpack'), filename: '[name].js' }

webpack(
  [
    {
      ...common,
      entry: { target: './src/target.mjs', stream: './src/stream.mjs', winston: './src/winston.mjs' },
      output: { ...output, chunkFilename: 'app-[id].js' },
      plugins: [new webpack.BannerPlugin({ banner: places, raw: true, entryOnly: true })],
    },
    {
      ...common,
      entry: workers,
      output: { ...output, chunkFilename: 'worker-[id].js', library: { type: 'commonjs2' } },
    },
  ],
  (error, stats) => {
    if (error) throw error
    if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }))
    for (const { message } of stats
      .toJson({ all: false, warnings: true })
      .children.flatMap((child) => child.warnings))
      console.log(message)
  },
)
