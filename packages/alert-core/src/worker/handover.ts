/**
 * Options that a door has checked, as they cross to the thread of its hub: the check, and the schemas that it is made of, are most of what
 * there is to load, and the thread starts without them. How a provider sends stays behind, and is loaded there for the first message.
 */
import type { ChannelPlan, CheckedOptions, Plan } from '../options.ts'
import type { ProviderDefinition, Sender } from '../provider/provider.ts'

/** Plain data. */
export interface Checked extends Pick<CheckedOptions, 'problems'> {
  readonly plan: Omit<Plan, 'channels'> & { readonly channels: readonly CheckedChannel[] }
}

type CheckedChannel = Omit<ChannelPlan, 'definition'> & {
  readonly provider: Pick<ProviderDefinition, 'title' | 'limits' | 'renews'> & {
    readonly addresses: number | undefined
  }
}

/** Leaves out what cannot cross. */
export function handOver({ plan, problems }: CheckedOptions): Checked {
  const channels = plan.channels.map(({ definition, ...channel }) => {
    const { title, limits, renews } = definition
    const addresses = definition.addresses?.(channel.providerOptions)
    return { ...channel, provider: { title, limits, addresses, ...(renews && { renews }) } }
  })
  return { plan: { ...plan, channels }, problems }
}

/** Puts it together again; `open` is how a provider of some type is opened there. */
export function takeOver(
  { plan, problems }: Checked,
  open: (type: string, options: Record<string, unknown>) => Promise<Sender>,
): CheckedOptions {
  const channels = plan.channels.map(({ provider: { addresses, ...provider }, ...channel }) => ({
    ...channel,
    definition: {
      ...provider,
      ...(addresses !== undefined && { addresses: () => addresses }),
      open: (options: Record<string, unknown>) => open(channel.type, options),
    },
  }))
  return { plan: { ...plan, channels }, problems }
}
