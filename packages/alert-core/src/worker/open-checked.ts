/**
 * A hub for options that a door has checked. What takes long to load, and is not needed for lines to be taken, comes later: providers behind
 * the first lines, the checks for a silence that is made at run time.
 */
import type { Hub, HubPorts, LazyParts } from '../hub/hub-types.ts'
import { openHub } from '../hub/open-hub.ts'
import type { AlertOptions } from '../options.ts'
import type { Sender } from '../provider/provider.ts'
import { type Checked, takeOver } from './handover.ts'
import type { Answering } from './requests.ts'

/** Whether a hub for them does without the rest: the state directory is read at once, and a document of `reload` is checked when it comes. */
export function needsLittle({ plan }: Checked): boolean {
  return plan.reload === undefined && plan.stateDir === undefined
}

/** Opens it, for options that need little. */
export function openChecked(
  options: AlertOptions,
  handedOver: Checked,
  ports: HubPorts,
): Omit<Hub, 'silence' | 'reload'> & Answering {
  let lazyParts: LazyParts | undefined
  // Not only for the first message: that may be at the exit, when the files of a former deployment are gone.
  setImmediate(() => loadProviders().catch(() => {}))
  const { reload: _, ...hub } = openHub(options, takeOver(handedOver, openProvider), () => lazyParts!, ports)
  return {
    ...hub,
    async silence(given) {
      lazyParts ??= (await import('../hub/create-hub.ts')).lazyParts
      return hub.silence(given)
    },
  }
}

const loadProviders = () => import('../options/open-provider.ts')

async function openProvider(type: string, options: Record<string, unknown>): Promise<Sender> {
  const { openByType } = await loadProviders()
  return openByType(type, options)
}
