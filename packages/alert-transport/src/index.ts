/** The public names of alert-transport. */
export type { Behaviour, Mode } from './behaviour.ts'
export { type Consul, type ConsulOptions, createConsul } from './consul.ts'
export type { MailAddress, View } from './fake.ts'
export type { FakeName, FakeSettings } from './fakes/index.ts'
export { createInbox, type Inbox, type InboxOptions } from './inbox.ts'
export type { Filter, Received } from './received.ts'
