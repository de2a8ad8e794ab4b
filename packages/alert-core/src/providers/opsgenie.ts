/**
 * Opsgenie Alert API: https://docs.opsgenie.com/docs/alert-api. Atlassian ends it in April 2027: `jsm` takes
 * over.
 */

import { genieFacts, genieOptions, openGenie } from '../provider/genie.ts'
import * as z from '../provider/light-zod.ts'
import { endpoint } from '../provider/option-fields.ts'
import { defineProvider } from '../provider/provider.ts'

export default defineProvider({
  title: 'Opsgenie',
  kind: 'incident',
  options: () =>
    z.object({
      ...genieOptions(),
      endpoint: endpoint(
        'https://api.opsgenie.com',
        'Where the API is; https://api.eu.opsgenie.com for the EU',
      ),
    }),
  limits: {},
  defaults: { max: 100 },
  notices: () => ['acknowledged'],
  supports: genieFacts,
  open: (settings) => openGenie(settings, 'Opsgenie'),
})
