/** The public names of alert-transport. */

export { type Consul, type ConsulOptions, createConsul } from './consul.ts'
export type { View } from './fake/exchange.ts'
export type { MailAddress } from './fake/fake.ts'
export type { Behaviour, Mode } from './fake/mode.ts'
export type { FakeName, FakeSettings } from './inbox/fake-table.ts'
export { createInbox, type Inbox, type InboxOptions } from './inbox/inbox.ts'
export type { Filter, Received } from './inbox/received.ts'
