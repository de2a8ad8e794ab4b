/**
 * The runs of the contract suite: at least one for each provider of the table. What a row does not say comes
 * from the definition and from the fake.
 */
import { type FakeName, type FakeSettings, fakes } from '#cli/inbox/fake-table.ts'
import type { Inbox } from '#cli/inbox/inbox.ts'
import { providers } from '#core/options/provider-table.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import { infoOf } from '#core/provider/schema.ts'
import { overHttp, retryAfter, saysNo } from './behaviours.ts'
import type { Case, Options, ProviderRow, Remote } from './row.ts'
import { rowByName } from './row-table.ts'

/** One run. */
export interface Row extends Case {
  readonly provider: ProviderDefinition
  readonly options: (inbox: Inbox) => Options
  readonly remote?: Remote
}

export const names = Object.keys(providers) as (keyof typeof providers)[]

export const providerRows: Readonly<Partial<Record<string, ProviderRow>>> = rowByName

/** What the fakes are set up with. */
export const settings: FakeSettings = Object.fromEntries(
  names.flatMap((name) => {
    const given = providerRows[name]?.settings
    return given === undefined ? [] : [[name, given]]
  }),
)

/** What must never show in a receipt. */
export const secrets: Readonly<Record<string, string>> = Object.assign(
  {},
  ...names.map((name) => providerRows[name]?.secrets ?? secretsOfFake(name)),
)

export const rows: Readonly<Record<string, Row>> = Object.fromEntries(
  names.flatMap((name) => {
    const { others = {}, ...own } = providerRows[name] ?? {}
    return Object.entries({ [name]: own, ...others }).map(([title, given]) => [title, toRow(name, given)])
  }),
)

/** No provider may ask for more than this. */
export const longestDelayMs = 3_600_000

function toRow(name: keyof typeof providers, given: Case): Row {
  const provider = given.provider ?? providers[name]
  const fake = given.remote?.fake ?? (name in fakes ? (name as FakeName) : undefined)
  const { options: own = ({ channels }: Inbox) => channels[name as FakeName] } = given
  const options = (inbox: Inbox) => withoutType(own(inbox))
  const { remote: _, ...rest } = given
  if (fake === undefined) return { ...rest, provider, options }
  const remote: Remote = {
    ...overHttp,
    fake,
    throttled: retryAfter(30),
    no: saysNo(),
    badCredentials: (given) => withOtherSecrets(provider, given),
    ...given.remote,
  }
  return { ...rest, provider, options, remote }
}

/** As a provider gets its options: the channel's `type` has chosen it. */
function withoutType({ type: _, ...options }: Options): Options {
  return options
}

/** The names of the options that the definition marks as secret. */
export function secretOptions(provider: ProviderDefinition): readonly string[] {
  return Object.entries(provider.options._zod.def.shape).flatMap(([name, schema]) =>
    infoOf(schema)['secret'] === true ? [name] : [],
  )
}

function withOtherSecrets(provider: ProviderDefinition, options: Options): Options {
  const changed = secretOptions(provider).flatMap((name) => {
    const value = options[name]
    return typeof value === 'string' ? [[name, [...value].reverse().join('')]] : []
  })
  return { ...options, ...Object.fromEntries(changed) }
}

/** An address holds its secret somewhere: a row has to name it. */
function secretsOfFake(name: string): Record<string, string> {
  const fake = fakes[name as FakeName]
  if (fake === undefined || fake.kind === 'mail') return {}
  const options = (fake.channel as (base: string, settings: object) => Options)('http://inbox', fake.settings)
  return Object.fromEntries(
    secretOptions(providers[name as FakeName]).flatMap((option) => {
      const value = options[option]
      return typeof value === 'string' && !value.startsWith('http') ? [[`${name} ${option}`, value]] : []
    }),
  )
}
