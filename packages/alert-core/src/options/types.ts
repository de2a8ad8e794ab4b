/**
 * The options as users write them, derived from the schemas: `type` decides which of the provider's own options belong
 * to a channel, and may be left out where the channel is named after its provider.
 */
import type { z } from 'zod'
import type { providers } from '../providers/index.ts'
import type { channelShape } from './channel-shape.ts'
import type { ruleShape } from './rule.ts'
import type { optionsShape } from './shape.ts'

/** Names of the built-in providers. */
export type ProviderType = keyof typeof providers

/** Instead of a text: the text of this file, for secrets that are mounted as files. */
export interface FileReference {
  readonly file: string
}

type Flat<T> = { [Key in keyof T]: T[Key] }
type InputOf<Shape extends z.core.$ZodShape> = z.input<z.ZodObject<Shape>>

/** Where any text is taken, so is a file that holds it. */
type OrFile<T> = T extends string
  ? string extends T
    ? T | FileReference
    : T
  : T extends readonly (infer Item)[]
    ? OrFile<Item>[]
    : T extends object
      ? { [Key in keyof T]: OrFile<T[Key]> }
      : T

type Shared = Omit<InputOf<typeof channelShape>, 'type'>
type Own<Type extends ProviderType> = OrFile<z.input<(typeof providers)[Type]['options']>>
type Typed<Type extends ProviderType> = { [Each in Type]: Flat<{ type: Each } & Shared & Own<Each>> }[Type]
type Untyped<Type extends ProviderType> = { [Each in Type]: Flat<{ type?: Each } & Shared & Own<Each>> }[Type]

/** Options of one channel of this provider, or of any. */
export type ChannelOptions<Type extends ProviderType = ProviderType> = Untyped<Type>

/** Channels by name. */
export type ChannelsOptions = {
  [Name in ProviderType]?: Untyped<Name> | Typed<Exclude<ProviderType, Name>>
} & { [name: string]: ChannelOptions }

/** One rule. */
export type RuleOptions = InputOf<typeof ruleShape>

/** All options of both doors and of `createHub()`: plain JSON. */
export type AlertOptions = Flat<
  Omit<InputOf<typeof optionsShape>, 'channels' | 'rules'> & {
    channels?: ChannelsOptions
    rules?: RuleOptions[]
  }
>
