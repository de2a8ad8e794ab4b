/**
 * The TypeScript types of the options as they are derived from the schemas, without comments.
 */
import type * as z from 'zod/mini'
import type { channelShape } from './channel-shape.ts'
import type { providers } from './provider-table.ts'
import type { ruleShape } from './rule-options.ts'
import type { optionsShape } from './shape.ts'

/** Names of the built-in providers. */
export type ProviderType = keyof typeof providers

/** In place of a text: the path of a file with that text, for secrets that are mounted as files. */
export interface FileReference {
  readonly file: string
}

type InputOf<Shape extends z.core.$ZodShape> = z.input<z.ZodMiniObject<Shape>>

/** A text may also be given as a file. */
type OrFile<T> = T extends string
  ? string extends T
    ? T | FileReference
    : T
  : T extends readonly (infer Item)[]
    ? OrFile<Item>[]
    : T extends object
      ? { [Key in keyof T]: OrFile<T[Key]> }
      : T

export type AllInput = InputOf<typeof optionsShape>
export type RuleInput = InputOf<typeof ruleShape>
export type ChannelInput = InputOf<typeof channelShape>
export type OwnInput<Type extends ProviderType> = OrFile<z.input<(typeof providers)[Type]['options']>>

/** The type of an option of an object, of the items of a list, or of the object among alternatives. */
export type Of<T, Key> = Key extends keyof Inner<T> ? Inner<T>[Key] : never
type Inner<T> = T extends readonly (infer Item)[] ? Inner<Item> : T extends object ? T : never
