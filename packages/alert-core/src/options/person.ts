/**
 * A member of a group of recipients, with one address for each type of channel.
 */

import { once } from '../cache/lazy.ts'
import * as z from '../provider/light-zod.ts'
import { parseMailbox } from '../provider/mail-address.ts'
import { isPhoneNumber } from '../provider/phone.ts'
import { informed, option } from '../provider/schema.ts'
import { text } from './fields.ts'
import { providers } from './provider-table.ts'

/** A type of channel, or a kind that several types share. */
type AddressKey = keyof typeof providers | 'email' | 'sms'

const e164 = "a phone number that starts with + and the country code (E.164), such as '+4930123456'"
const special: () => Partial<Record<AddressKey, z.ZodMiniOptional<z.ZodMiniString>>> = once(() => ({
  email: option(
    text().check(
      z.refine((address) => parseMailbox(address) !== undefined, {
        params: { must: "a mail address such as 'ops@example.com'" },
      }),
    ),
    'Mail address',
  ),
  sms: option(
    text().check(z.refine(isPhoneNumber, { params: { must: e164 } })),
    'Phone number, for all SMS providers',
  ),
}))

const addresses = once(() =>
  Object.fromEntries(
    Object.entries(providers)
      .filter(([, { kind }]) => kind === 'chat' || kind === 'email' || kind === 'sms')
      .map(([type, { title }]) => [type, option(text(), `Id on ${title}`)]),
  ),
)

/** One person or robot, by type of channel: `{ email, sms, slack: 'U024BE7LH', dingtalk: '13800000000' }`. */
export const person = once(() =>
  informed(
    z.strictObject({ ...addresses(), ...special() } as Record<
      AddressKey,
      z.ZodMiniOptional<z.ZodMiniString>
    >),
    { title: 'person' },
  ),
)

/** A person's addresses by key. */
export type Person = Readonly<Partial<Record<string, string>>>

/** The person's address on a channel of this type and kind, if there is one. */
export function addressOf(person: Person, type: string, kind: string): string | undefined {
  if (Object.hasOwn(person, type)) return person[type]
  const shared = kind === 'email' || kind === 'sms' ? kind : undefined
  return shared !== undefined && Object.hasOwn(person, shared) ? person[shared] : undefined
}
