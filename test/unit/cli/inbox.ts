/** Starts inboxes that are closed after each test, and speaks to them as a sender would. */
import { afterEach } from 'vitest'
import { createInbox, type Inbox, type InboxOptions } from '#cli/inbox/inbox.ts'

const open: Inbox[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((inbox) => inbox.close()))
})

/** Starts an inbox on free ports. */
export async function startInbox(options: InboxOptions = {}): Promise<Inbox> {
  const inbox = await createInbox(options)
  open.push(inbox)
  return inbox
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Sends JSON, or a string as it is, and reads the whole answer. */
export async function post(url: string, body: unknown, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    redirect: 'manual',
    ...init,
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The address that the channel options of a fake send to. */
export function urlOf(inbox: Inbox, provider: keyof Inbox['channels']): string {
  return String(inbox.channels[provider]['url'])
}
