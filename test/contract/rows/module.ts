import { fileURLToPath } from 'node:url'
import type { ProviderRow } from '../row.ts'
import { success, webhookRemote } from './webhook.ts'

export const module: ProviderRow = {
  options: ({ channels }) => ({
    module: fileURLToPath(new URL('../own-provider.ts', import.meta.url)),
    options: { ...channels.webhook, success },
  }),
  remote: {
    ...webhookRemote,
    fake: 'webhook',
    badCredentials: ({ options, ...rest }) => ({
      ...rest,
      options: { ...(options as object), auth: { bearer: 'another' } },
    }),
  },
  check: {
    right: { module: './my-provider.js' },
    missing: [/^module: needs `module`: a path/],
    wrong: [[{ options: 'x' }, /^options: /]],
  },
}
