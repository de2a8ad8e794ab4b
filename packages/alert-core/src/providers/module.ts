/**
 * A provider of the user's own: a module whose default export comes from defineProvider(). It is loaded with
 * the first message, checked by its own schema, and then treated like any other.
 */
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Receipt } from '../model.ts'
import { defineProvider, type ProviderDefinition, type Sender } from '../provider.ts'

export default defineProvider({
  title: 'Module',
  kind: 'chat',
  options: z.object({
    module: z
      .string({ error: "needs `module`: a path ('./my-provider.js') or the name of a package" })
      .min(1)
      .describe(
        'Path, from the working directory, or package whose default export is made by defineProvider()',
      ),
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("The module's own options, checked by its own schema"),
  }),
  limits: {},
  open({ module, options }): Sender {
    let opening: Promise<Opened> | undefined
    return {
      async send(message, context): Promise<Receipt> {
        opening ??= load(module, options)
        try {
          const { sender, limits } = await opening
          // Its own limits, for the table knows none.
          const fit: SendContext['fit'] = (render, own = limits) => context.fit(render, own)
          return await sender.send(message, { ...context, fit })
        } catch (error) {
          if (!(error instanceof ModuleFault)) throw error
          opening = undefined
          return { status: 'refused', why: error.message, lasting: true }
        }
      },
      async close() {
        const opened = await opening?.catch(() => undefined)
        await opened?.sender.close?.()
      },
    }
  },
})

interface Opened {
  readonly sender: Sender
  readonly limits: SizeLimits
}

/** What keeps the module from being a provider; tells it from an error that its `send` throws. */
class ModuleFault extends Error {}

async function load(module: string, options: unknown): Promise<Opened> {
  const definition = await find(module)
  const checked = check(module, definition, options)
  try {
    return { sender: await definition.open(checked), limits: definition.limits }
  } catch (error) {
    throw new ModuleFault(`module '${module}' cannot be opened: ${messageOf(error)}`)
  }
}

async function find(module: string): Promise<ProviderDefinition> {
  const loaded: unknown = await import(locate(module)).catch((error: unknown) => {
    throw new AlertError('ALERT_MODULE_INVALID', `module '${module}' cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    })
  })
  // A CommonJS module compiled from ESM wraps its default export twice.
  const found = [field(loaded, 'default'), field(field(loaded, 'default'), 'default')].find(isDefinition)
  if (found) return found
  throw new AlertError(
    'ALERT_MODULE_INVALID',
    `module '${module}' has no default export made by defineProvider()`,
  )
}

function check(module: string, { options: schema }: ProviderDefinition, options: unknown) {
  const { success, data, error } = schema.safeParse(options)
  if (success) return data
  const problems = error.issues.map(({ path, message }) => `${['options', ...path].join('.')}: ${message}`)
  throw new AlertError(
    'ALERT_MODULE_INVALID',
    `module '${module}' refuses its options: ${problems.join('; ')}`,
  )
}

/** A path counts from the working directory; a package is looked up from there, as the application's own code would. */
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

function isDefinition(value: unknown): value is ProviderDefinition {
  const schema = field(value, 'options')
  return typeof field(value, 'open') === 'function' && typeof field(schema, 'safeParse') === 'function'
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? value[name as keyof typeof value]
    : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
