/**
 * A hub for options that a door has checked. What takes long to load, and is not needed for lines to be taken, comes later: providers for the
 * first message, the checks for a silence that is made at run time.
 */
import { type Checks, type Hub, type HubPorts, openHub } from '../hub.ts'
import type { AlertOptions } from '../options.ts'
import type { Sender } from '../provider.ts'
import type { Answering } from './ask.ts'
import { type Handed, takeOver } from './handover.ts'

/** Opens it; not for options with `reload`, whose documents are checked as they come. */
export function openHanded(
  options: AlertOptions,
  handed: Handed,
  ports: HubPorts,
): Omit<Hub, 'silence' | 'reload'> & Answering {
  let checks: Checks | undefined
  const { reload: _, ...hub } = openHub(options, takeOver(handed, openProvider), () => checks!, ports)
  return {
    ...hub,
    async silence(given) {
      checks ??= await import('../options.ts')
      return hub.silence(given)
    },
  }
}

async function openProvider(type: string, options: Record<string, unknown>): Promise<Sender> {
  const { openByType } = await import('../providers/index.ts')
  return openByType(type, options)
}
