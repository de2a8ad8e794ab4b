/**
 * The TypeScript types of the options, derived from the schemas. `type` decides which provider's own options
 * a channel takes; a channel that is named after its provider needs no `type`.
 */
import type * as z from 'zod/mini'
import type { channelShape } from './channel-shape.ts'
import type { silence } from './mute-shape.ts'
import type { providers } from './provider-table.ts'
import type { ruleShape } from './rule-options.ts'
import type { optionsShape } from './shape.ts'

/** Names of the built-in providers. */
export type ProviderType = keyof typeof providers

/** In place of a text: the path of a file with that text, for secrets that are mounted as files. */
export interface FileReference {
  readonly file: string
}

type Flat<T> = { [Key in keyof T]: T[Key] }
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

type Shared = Omit<InputOf<typeof channelShape>, 'type'>
type Own<Type extends ProviderType> = OrFile<Known<z.input<(typeof providers)[Type]['options']>>>
/** A provider without options of its own must still allow the shared ones. */
type Known<T> = string extends keyof T ? unknown : T
/** Providers that write to people: without `to` such a channel has no recipient. */
export type NeedsRecipients = 'email' | 'twilio' | 'aliyun-sms' | 'tencent-sms'
type Recipients<Type> = Type extends NeedsRecipients ? { to: NonNullable<Shared['to']> } : unknown
type Each<Type extends ProviderType> = {
  [One in Type]: Flat<{ type?: One } & Recipients<One> & Shared & Own<One>>
}[Type]

/** Options of one channel, of this provider or of any. */
export type ChannelOptions<Type extends ProviderType = ProviderType> = Each<Type>

type NamedChannels = { [Name in ProviderType]?: ChannelOptions<Name> }

/** Channels by name; a channel that is named after a provider belongs to that provider. */
interface ChannelsOptions extends NamedChannels {
  [name: string]: ChannelOptions | undefined
}

/** One entry of `silences`, or a silence made at run time. */
export type SilenceOptions = z.input<ReturnType<typeof silence>>

/** One entry of `rules`. */
export type RuleOptions = InputOf<typeof ruleShape>

/** All options of every adapter and of `createHub()`: plain JSON. */
export type AlertOptions = Flat<
  Omit<InputOf<typeof optionsShape>, 'channels' | 'rules'> & {
    channels?: ChannelsOptions
    rules?: RuleOptions[]
  }
>
