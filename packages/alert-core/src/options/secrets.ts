/**
 * Collects the secrets among a provider's options, by the marks in its schema.
 */
import { recipeOf } from '../provider/recipe.ts'
import { infoOf, type Schema } from '../provider/schema.ts'
import { isObjectOrList } from '../text/get-path.ts'
import { decodeUrlPart } from '../text/text.ts'

/** Shorter texts are usually ordinary words; masking them would make messages hard to read. */
const leastLength = 6

/** All texts that the schema marks as secret, and every URL with its parts, marked or not. */
export function collectSecrets(schema: Schema, value: unknown): string[] {
  const found: string[] = []
  const visit = (schemas: readonly Schema[], part: unknown, isInside: boolean): void => {
    const all = schemas.flatMap(layers)
    const isSecret = isInside || all.some(isMarked)
    if (typeof part === 'string') {
      if (isSecret || part.includes('://')) found.push(part, ...urlParts(part))
    } else if (isObjectOrList(part)) {
      for (const [key, child] of Object.entries(part)) {
        visit(
          all.flatMap((schema) => childOf(schema, key)),
          child,
          isSecret,
        )
      }
    }
  }
  visit([schema], value, false)
  return found
}

/**
 * The secrets that are long enough to be masked, each once, without `others`, which are known not to be
 * secret.
 */
export function maskable(secrets: Iterable<string>, others: ReadonlySet<string>): string[] {
  return [...new Set(secrets)].filter((secret) => secret.length >= leastLength && !others.has(secret))
}

function isMarked(schema: Schema): boolean {
  return infoOf(schema)['secret'] === true
}

/** The schema and those it wraps or chooses from: the mark may sit on any of them. */
function layers(schema: Schema): Schema[] {
  return [schema, ...(recipeOf(schema)?.wrapped?.() ?? []).flatMap(layers)]
}

/** The schema of one key of an object, or of one item of a list. */
function childOf(schema: Schema, key: string): readonly Schema[] {
  const { element, shape = {} } = recipeOf(schema) ?? {}
  if (element !== undefined) return [element]
  return Object.hasOwn(shape, key) ? [shape[key]!] : []
}

function urlParts(text: string): string[] {
  if (!URL.canParse(text)) return []
  const { pathname, search, password, username } = new URL(text)
  return [pathname + search, search.slice(1), password, decodeUrlPart(password), username]
}
