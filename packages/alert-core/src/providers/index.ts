/**
 * The table of providers: a new one is a file and a line here. Types, checks, masking, limits, docs and the contract
 * suite follow from it.
 */
import type { ProviderDefinition } from '../provider.ts'
import console from './console.ts'
import dingtalk from './dingtalk.ts'
import email from './email.ts'
import module from './module.ts'
import slack from './slack.ts'
import webhook from './webhook.ts'
import wecom from './wecom.ts'

/** Every provider by its `type`. */
export const providers = {
  console,
  email,
  webhook,
  slack,
  dingtalk,
  wecom,
  module,
} as const satisfies Record<string, ProviderDefinition>
