/**
 * A provider of the user's own: a module whose default export comes from defineProvider(). It is loaded with
 * the first message, checked by its own schema, and then treated like any other.
 */
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from '../provider/light-zod.ts'
import {
  defineProvider,
  type ProviderDefinition,
  type SendContext,
  type Sender,
  type SizeLimits,
} from '../provider/provider.ts'
import type { ObjectSchema } from '../provider/schema.ts'
import { preset, required } from '../provider/schema.ts'
import { isObjectOrList } from '../text/get-path.ts'

export default defineProvider({
  title: 'Module',
  kind: 'chat',
  options: () =>
    z.object({
      module: required(
        z
          .string({ error: "needs `module`: a path ('./my-provider.js') or the name of a package" })
          .check(z.minLength(1)),
        'Path, from the working directory, or package whose default export is made by defineProvider()',
      ),
      options: preset(
        z.record(z.string(), z.unknown()),
        {},
        "The module's own options, checked by its own schema",
      ),
    }),
  limits: {},
  open({ module, options }): Sender {
    let opening: Promise<Opened | LoadFailure> | undefined
    return {
      async send(message, context) {
        opening ??= load(module, options)
        const opened = await opening
        if ('failure' in opened) {
          opening = undefined
          return { status: 'failed', why: `module '${module}' ${opened.failure}`, lasting: true }
        }
        // Its own limits: the table has none for it.
        const fit: SendContext['fit'] = (render, own = opened.limits) => context.fit(render, own)
        return opened.sender.send(message, { ...context, fit })
      },
      async close() {
        const opened = await opening
        if (opened && 'sender' in opened) await opened.sender.close?.()
      },
    }
  },
})

/** Its schema is of its own copy of zod, with its own messages. */
type Definition = ProviderDefinition<ObjectSchema & Pick<z.ZodMiniObject, 'safeParse'>>

interface Opened {
  readonly sender: Sender
  readonly limits: SizeLimits
}

/** Why the module cannot be used, as the end of a sentence. */
interface LoadFailure {
  readonly failure: string
}

async function load(module: string, options: unknown): Promise<Opened | LoadFailure> {
  try {
    const definition = findDefinition(await import(/* webpackIgnore: true */ locate(module)))
    if (!definition) return { failure: 'has no default export made by defineProvider()' }
    const { success, data, error } = definition.options.safeParse(options)
    if (success) return { sender: await definition.open(data), limits: definition.limits }
    const problems = error.issues.map(({ path, message }) => `${['options', ...path].join('.')}: ${message}`)
    return { failure: `rejects its options: ${problems.join('; ')}` }
  } catch (error) {
    return { failure: `cannot be loaded: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/**
 * A path counts from the working directory; a package is looked up from there, as the application's own code
 * would.
 */
function locate(module: string): string {
  if (module.startsWith('file:')) return module
  if (/^\.{1,2}[/\\]/.test(module) || isAbsolute(module)) return pathToFileURL(resolve(module)).href
  try {
    return pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve(module)).href
  } catch {
    // It may export to `import` only, which require() does not see.
    return module
  }
}

/** A CommonJS module compiled from ESM wraps its default export twice. */
function findDefinition(loaded: unknown): Definition | undefined {
  const exported = field(loaded, 'default')
  return [exported, field(exported, 'default')].find(isDefinition)
}

function isDefinition(value: unknown): value is Definition {
  const schema = field(value, 'options')
  return typeof field(value, 'open') === 'function' && typeof field(schema, 'safeParse') === 'function'
}

function field(value: unknown, name: string): unknown {
  return isObjectOrList(value) && name in value ? value[name as keyof typeof value] : undefined
}
