/**
 * Authentication by one header: a token, or a user name with a password.
 */
import * as z from './light-zod.ts'
import { secret } from './provider.ts'
import { option, required } from './schema.ts'

/** What the header says. */
export interface Credentials {
  readonly bearer?: string | undefined
  readonly basic?: { readonly user: string; readonly pass: string } | undefined
}

/** The two options, of which at most one is to be given. */
export function credentialFields() {
  return {
    bearer: secret(option(z.string().check(z.minLength(1)), 'Sent as `Authorization: Bearer …`')),
    basic: option(
      z.strictObject({
        user: required(z.string(), 'User name'),
        pass: secret(required(z.string(), 'The password')),
      }),
      'Sent as `Authorization: Basic …`',
    ),
  }
}

/** A user name and a password as `Authorization: Basic` has them. */
export function basicPair({ user, pass }: NonNullable<Credentials['basic']>): string {
  return Buffer.from(`${user}:${pass}`, 'utf8').toString('base64')
}

/** The header, if a token or a password is set. */
export function authHeaders({ bearer, basic }: Credentials = {}): Record<string, string> {
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` }
  return basic === undefined ? {} : { authorization: `Basic ${basicPair(basic)}` }
}
