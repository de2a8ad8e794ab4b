/**
 * The TypeScript types of the options, derived from the schemas. `type` decides which provider's own options
 * a channel takes; a channel that is named after its provider needs no `type`.
 */
import type {
  DocumentedChannel,
  DocumentedOptions,
  DocumentedOwn,
  DocumentedRule,
  DocumentedType,
  HasRecipients,
  MayHaveRecipients,
} from './documented-options.ts'
import type { ProviderType } from './input-types.ts'

export type { FileReference, ProviderType } from './input-types.ts'

/** Providers that write to people: without `to` such a channel has no recipient. */
export type NeedsRecipients = 'email' | 'twilio' | 'aliyun-sms' | 'tencent-sms'
type Recipients<Type> = Type extends NeedsRecipients ? HasRecipients : MayHaveRecipients
/** A provider without options of its own must still allow the shared ones. */
type Own<Type> = Type extends keyof DocumentedOwn ? DocumentedOwn[Type] : unknown
// Not flattened: an editor shows no comments for the properties of a mapped type.
type Each<Type extends ProviderType> = {
  [One in Type]: DocumentedType<One> & Recipients<One> & DocumentedChannel & Own<One>
}[Type]

/** Options of one channel, of this provider or of any. */
export type ChannelOptions<Type extends ProviderType = ProviderType> = Each<Type>

type NamedChannels = { [Name in ProviderType]?: ChannelOptions<Name> }

/** Channels by name; a channel that is named after a provider belongs to that provider. */
interface ChannelsOptions extends NamedChannels {
  [name: string]: ChannelOptions | undefined
}

/** Under a name of its own a channel says which provider it belongs to. */
type TypedChannel = { [One in ProviderType]: { type: One } & ChannelOptions<One> }[ProviderType]

/** `Name` is inferred from the keys that are written; those of an annotated variable are not known. */
type WrittenChannels<Name extends string> = NamedChannels & {
  [One in Name]?: string extends One
    ? ChannelOptions
    : One extends ProviderType
      ? ChannelOptions<One>
      : TypedChannel
}

/** One entry of `rules`. */
export type RuleOptions = DocumentedRule

/** All options of every adapter and of `createHub()`: plain JSON. */
export type AlertOptions = DocumentedOptions<ChannelsOptions, RuleOptions[]>

/** The options as they are written in a call: a channel under a name of its own needs a `type`. */
export type WrittenOptions<Name extends string = string> = DocumentedOptions<
  WrittenChannels<Name>,
  RuleOptions[]
>

/** One entry of `silences`, or a silence made at run time. */
export type SilenceOptions = NonNullable<AlertOptions['silences']>[number]
