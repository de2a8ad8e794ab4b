/** What is said of a call that Redis refused or did not answer, and of the connection after it. */
import { codeOf } from '../errors/code-of.ts'
import { StoreFailure } from './redis-store.ts'

export const neededServer = 'Redis 6.2 or newer, or Valkey, is needed.'

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** After these the connection is of no more use, or leases to the wrong server. */
export function isConnectionOver(error: unknown): boolean {
  const text = textOf(error)
  return (
    !(error instanceof Error && error.name === 'ReplyError') ||
    /^(?:READONLY|MOVED|LOADING|MASTERDOWN)/.test(text)
  )
}

/** The server names the line of the script whose command the user may not run, not the command. */
export function namedRight(error: unknown, script: string): unknown {
  const text = textOf(error)
  const [, line] = /can't run this command.*user_script:\s*(\d+)/s.exec(text) ?? []
  if (line === undefined) return error
  const called = /redis\.call\('(\w+)'/.exec(script.split('\n')[Number(line) - 1] ?? '')?.[1]
  return new StoreFailure(called === undefined ? missingRights : missingRight(called), {
    isLasting: true,
    isUnsent: true,
  })
}

const missingRight = (right: string) =>
  `Redis refuses a command: give the user of state.redis the right +${right.toLowerCase()}.`
const missingRights =
  'Redis refuses access to a key or a command: give the user of state.redis the rights that docs/fleet.md lists.'

/** The server said no before it changed anything, or the call was not written. */
export function isRefused(error: unknown): boolean {
  return /OOM|READONLY|NOPERM|WRONGTYPE|NOREPLICAS|CLUSTERDOWN|LOADING|MASTERDOWN|BUSY|unknown command|isn't writeable/i.test(
    textOf(error),
  )
}

/** What people can do about it; never the address, which may hold a password. */
export function failureOf(error: unknown, isUnsent: boolean): StoreFailure {
  if (error instanceof StoreFailure) return error
  const text = textOf(error)
  const code = codeOf(error) ?? ''
  for (const [sign, sentence, isLasting] of failures) {
    const found = sign.exec(`${code} ${text}`)
    if (found !== null) return new StoreFailure(sentence(found), { isLasting, isUnsent })
  }
  const why = /^[A-Z][A-Z_]+(?= |$)/.exec(text)?.[0] ?? code
  const what = why === '' ? 'it does not answer' : `it answers ${why}`
  return new StoreFailure(`Redis cannot be used: ${what}.`, { isUnsent })
}

const failures: readonly (readonly [
  sign: RegExp,
  sentence: (found: RegExpExecArray) => string,
  isLasting: boolean,
])[] = [
  [
    /WRONGPASS|NOAUTH|invalid password|without any password/,
    () => 'Redis refuses the user or the password of state.redis: correct them.',
    true,
  ],
  [/NOPERM.*?'([\w|]+)' command/, ([, right = '']) => missingRight(right), true],
  [/NOPERM|No permissions|can't run this command/, () => missingRights, true],
  [
    /DB index|value is not an integer|SELECT is not allowed/,
    () =>
      'Redis has no database of the number in state.redis: correct the number after the host, or raise `databases` in redis.conf; a cluster has 0 only.',
    true,
  ],
  [
    /WRONGTYPE/,
    () =>
      'Redis holds something else under a key of this fleet: remove it (docs/fleet.md lists the keys), or set state.redis.fleet to another name.',
    true,
  ],
  [
    /unknown command|non deterministic|Unknown Redis command|syntax error/i,
    () => `The server of state.redis is too old: ${neededServer}`,
    true,
  ],
  [
    /CERTIFICATE_REQUIRED/,
    () =>
      'Redis requires a certificate of each client, which is not supported: set its tls-auth-clients to no or optional.',
    true,
  ],
  [
    /SELF_SIGNED|CERT_|UNABLE_TO_|ERR_TLS|certificate/i,
    ({ input }) =>
      `The certificate of Redis cannot be verified (${input.split(' ')[0] || 'unknown'}): name its authority in NODE_EXTRA_CA_CERTS, use the host name of the certificate, or renew it.`,
    true,
  ],
  [/ECONNREFUSED/, () => 'Redis refuses connections (ECONNREFUSED).', false],
  [
    /ECONNRESET/,
    () => 'Redis closes the connection (ECONNRESET): if its port speaks TLS, use rediss://.',
    false,
  ],
  [/ENOTFOUND|EAI_AGAIN/, () => 'The host of state.redis cannot be found.', false],
  [/timed out|ETIMEDOUT/i, () => 'Redis does not answer within a second.', false],
]
