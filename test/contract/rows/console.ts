import { createConsole } from '#core/providers/console/console.ts'
import type { ProviderRow } from '../row.ts'

let lastPrinted = ''
const terminal = {
  write: async (text: string) => {
    lastPrinted = text
  },
  isColoured: () => false,
}

export const console: ProviderRow = {
  provider: createConsole(terminal),
  options: () => ({}),
  printed: () => lastPrinted,
}
