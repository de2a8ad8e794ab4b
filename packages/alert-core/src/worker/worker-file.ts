/**
 * Where the worker file is: beside this package's other files, or where a bundler says it has put it.
 */

/** The name under which bundlers tell their path, and under which pino resolves it. */
const name = 'alert-core/worker'

/** The bundler's own place for the worker file, if one is told. */
export function bundledWorkerFile(): string | undefined {
  const paths: unknown = Reflect.get(globalThis, '__bundlerPathsOverrides')
  if (typeof paths !== 'object' || paths === null || !Object.hasOwn(paths, name)) return undefined
  const path: unknown = Reflect.get(paths, name)
  return typeof path === 'string' ? path : undefined
}
