/**
 * Opens a provider whose options are checked: what a thread that checks nothing loads for its first message.
 */
import type { ProviderDefinition, Sender } from '../provider/provider.ts'
import { providers } from './provider-table.ts'

/** Loads the providers of these types: in the built package each is a file of its own. */
export function loadTypes(types: readonly string[]): void {
  for (const type of types) Reflect.get(providers, type)
}

/** Opens the provider of a type that is in the table, with options that its schema has made. */
export function openByType(type: string, options: Record<string, unknown>): Sender | Promise<Sender> {
  const definition: ProviderDefinition = providers[type as keyof typeof providers]
  return definition.open(options)
}
