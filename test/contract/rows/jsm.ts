import type { ProviderRow } from '../row.ts'
import { https } from '../said.ts'
import { opsgenie } from './opsgenie.ts'

const secrets = {
  jsm: 'key-of-the-jsm-suite',
} as const

/** The API is Opsgenie's, at another address. */
export const jsm: ProviderRow = {
  ...opsgenie,
  secrets,
  settings: { apiKey: secrets.jsm },
  check: {
    right: { apiKey: 'abcdefgh-1234' },
    missing: [/^apiKey: is missing/],
    wrong: [
      [{ apiKey: 'GenieKey abc' }, /^apiKey: must be the bare key/],
      [{ endpoint: 'http://api.atlassian.com/jsm/ops/integration' }, `endpoint: ${https}`],
      [{ responders: ['ops'] }, /^responders.*: must be like 'team:ops'/],
    ],
  },
  pictures: [
    [
      { message: 'down', alias: 'a1', priority: 'P1', description: 'since 5', tags: ['prod'] },
      { '.rank-1 .state': 'open', '.incident-title': 'down', '.label': 'prod', '.key': 'a1' },
      '/jsm/v2/alerts',
    ],
  ],
}
