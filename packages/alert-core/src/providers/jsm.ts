/**
 * Integration events of Jira Service Management, which takes over from Opsgenie with the same API at another
 * address: https://developer.atlassian.com/cloud/jira/service-desk-ops/. No region has an address of its own.
 */

import { genieFacts, genieOptions, openGenie } from '../provider/genie.ts'
import * as z from '../provider/light-zod.ts'
import { endpoint } from '../provider/option-fields.ts'
import { defineProvider } from '../provider/provider.ts'

export default defineProvider({
  title: 'Jira Service Management',
  kind: 'incident',
  options: () =>
    z.object({
      ...genieOptions(),
      endpoint: endpoint('https://api.atlassian.com/jsm/ops/integration', 'Where the API is'),
    }),
  limits: {},
  defaults: { max: 100 },
  notices: () => ['acknowledged'],
  supports: genieFacts,
  open: (settings) => openGenie(settings, 'Jira Service Management'),
})
