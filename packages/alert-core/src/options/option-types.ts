/**
 * The options as users write them, derived from the schemas: `type` decides which of the provider's own options belong
 * to a channel, and may be left out where the channel is named after its provider.
 */
import type * as z from 'zod/mini'
import type { channelShape } from './channel-shape.ts'
import type { silence } from './mute-shape.ts'
import type { providers } from './provider-table.ts'
import type { ruleShape } from './rule-options.ts'
import type { optionsShape } from './shape.ts'

/** Names of the built-in providers. */
export type ProviderType = keyof typeof providers

/** Instead of a text: the text of this file, for secrets that are mounted as files. */
export interface FileReference {
  readonly file: string
}

type Flat<T> = { [Key in keyof T]: T[Key] }
type InputOf<Shape extends z.core.$ZodShape> = z.input<z.ZodMiniObject<Shape>>

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
type Own<Type extends ProviderType> = OrFile<Known<z.input<(typeof providers)[Type]['options']>>>
/** A provider without options of its own must not forbid the shared ones. */
type Known<T> = string extends keyof T ? unknown : T
type Each<Type extends ProviderType> = { [One in Type]: Flat<{ type?: One } & Shared & Own<One>> }[Type]

/** Options of one channel of this provider, or of any. */
export type ChannelOptions<Type extends ProviderType = ProviderType> = Each<Type>

type NamedChannels = { [Name in ProviderType]?: ChannelOptions<Name> }

/** Channels by name; one that is named after a provider is of that provider. */
interface ChannelsOptions extends NamedChannels {
  [name: string]: ChannelOptions | undefined
}

/** One silence. */
export type SilenceOptions = z.input<ReturnType<typeof silence>>

/** One rule. */
export type RuleOptions = InputOf<typeof ruleShape>

/** All options of both doors and of `createHub()`: plain JSON. */
export type AlertOptions = Flat<
  Omit<InputOf<typeof optionsShape>, 'channels' | 'rules'> & {
    channels?: ChannelsOptions
    rules?: RuleOptions[]
  }
>
