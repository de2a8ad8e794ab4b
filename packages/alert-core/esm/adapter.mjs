/**
 * The adapter for bundlers, which load it for `import` and `require` alike: they find a worker's file only
 * by these words, and write it beside the bundle. Node loads `dist/adapter.js`.
 */
import { existsSync } from 'node:fs'
// Without 'node:', or webpack writes a call that cannot run: it knows the Worker of this name only.
// biome-ignore lint/style/useNodejsImportProtocol: see above
import { Worker } from 'worker_threads'
import { setWorkerStart } from '../dist/adapter.js'

export * from '../dist/adapter.js'

setWorkerStart((options) => {
  // A thread that does not find its file says so only later; an exit would wait for it.
  if (!existsSync(new URL('../dist/alert-worker.js', import.meta.url))) throw new Error('its file is missing')
  return new Worker(new URL('../dist/alert-worker.js', import.meta.url), options)
})
