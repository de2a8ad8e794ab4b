/**
 * The recipients of a channel: groups of `recipients` become their members, any other entry must be an
 * address.
 */
import { type Severity, severities } from '../model.ts'
import { parseMailbox } from '../provider/mail-address.ts'
import { isPhoneNumber } from '../provider/phone.ts'
import type { ProviderKind } from '../provider/provider.ts'
import type { Recipient, Rotation } from '../render/on-call.ts'
import { isObject } from '../text/get-path.ts'
import { parseDuration } from '../time/duration.ts'
import { parseStart, type RotationTimes } from '../time/rotation.ts'
import type { CheckedChannel } from './channel-options.ts'
import { didYouMean } from './nearest.ts'
import { addressOf, type Person } from './person.ts'
import type { Path, Problems } from './problem.ts'
import { validTexts } from './read-keys.ts'
import { alternatives } from './sentence.ts'

interface Members {
  readonly members: readonly string[]
  /** Members with one address for each type of channel. */
  readonly people: readonly Person[]
}

/** A group of recipients; `isBroken` if it has a problem, which is reported at the group itself. */
interface Group extends Members {
  readonly isBroken: boolean
  /** Its members take turns; all of them are among `members` and `people`. */
  readonly turns?: RotationTimes & { readonly each: readonly Members[] }
}

export type Groups = ReadonlyMap<string, Group>

/**
 * The valid part of `recipients`; its problems have been added before. Turns without a zone of their own are
 * in `timeZone`.
 */
export function readGroups(recipients: unknown, timeZone: string | undefined, problems: Problems): Groups {
  const groups = new Map<string, Group>()
  for (const [name, value] of isObject(recipients) ? Object.entries(recipients) : []) {
    const path: Path = ['recipients', name]
    const isBroken = problems.within(path)
    if (!isObject(value)) {
      groups.set(name, { ...readMembers(value, path, problems), isBroken })
      continue
    }
    const { rotate, every, from, timeZone: own } = value
    const each = (Array.isArray(rotate) ? rotate : []).map((one, index) =>
      readMembers(one, [...path, 'rotate', index], problems),
    )
    const zone = typeof own === 'string' ? own : timeZone
    const times = { everyMs: parseDuration(every), from: parseStart(from) }
    const { everyMs, from: start } = times
    groups.set(name, {
      members: each.flatMap(({ members }) => members),
      people: each.flatMap(({ people }) => people),
      isBroken,
      ...(isBroken || everyMs === undefined || start === undefined
        ? {}
        : { turns: { everyMs, from: start, ...(zone === undefined ? {} : { timeZone: zone }), each } }),
    })
  }
  return groups
}

function readMembers(value: unknown, path: Path, problems: Problems): Members {
  const people = (Array.isArray(value) ? value : []).filter(
    (member, index): member is Person => isObject(member) && !problems.within([...path, index]),
  )
  return { members: validTexts(value, path, problems), people }
}

/** The groups whose members take turns, each member by one of its addresses. */
export function rotationsOf(groups: Groups): Rotation[] {
  return [...groups].flatMap(([name, group]) =>
    rotationOf(name, group, ({ members, people }) => [
      ...members,
      ...people.flatMap((person) => Object.values(person)[0] ?? []),
    ]),
  )
}

/** The group as a rotation of these addresses; empty if its members take no turns. */
function rotationOf(
  group: string,
  { turns }: Group,
  addresses: (members: Members) => readonly string[],
): Rotation[] {
  if (turns === undefined) return []
  const { each, ...times } = turns
  return [{ group, ...times, turns: each.map((members) => [...new Set(addresses(members))]) }]
}

interface Reach {
  readonly takes: (address: string) => boolean
  readonly noun: string
  readonly example: string
}

/** Kinds of providers that write to single people, and the addresses that they accept. */
const reaches: Partial<Record<ProviderKind, Reach>> = {
  email: { takes: isMailbox, noun: 'mail address', example: 'ops@example.com' },
  sms: { takes: isPhoneNumber, noun: 'phone number', example: '+4930123456' },
}

const e164 = "start it with + and the country code (E.164), such as '+4930123456'."

function isMailbox(text: string): boolean {
  return parseMailbox(text) !== undefined
}

function looksLikePhoneNumber(text: string): boolean {
  return /^\+?\d[\d ().-]{4,22}\d$/.test(text)
}

/**
 * The addresses of a channel's `to`, each once, in order; `undefined` if the channel would have no recipient.
 */
export function resolveRecipients(
  channel: CheckedChannel,
  groups: Groups,
  problems: Problems,
): Recipient[] | undefined {
  const { to } = channel.shared
  const path: Path = [...channel.path, 'to']
  const { definition, options } = channel.provider ?? {}
  const isAddressed = options === undefined || (definition?.reachesPeople?.(options) ?? true)
  const reach = definition === undefined || !isAddressed ? undefined : reaches[definition.kind]
  if (reach !== undefined && to === undefined) {
    const cure = `Write ['${reach.example}'], or the name of a group in \`recipients\`.`
    problems.add(path, 'missing', `is missing: the recipients. ${cure}`)
  }
  const addresses = [to ?? []].flat().flatMap((entry, index): readonly Recipient[] => {
    const place = typeof to === 'string' ? path : [...path, index]
    const group = groups.get(entry)
    if (group === undefined) {
      noteUnknown(entry, reach, groups, place, problems)
      return [entry]
    }
    // A group may contain several kinds of addresses; each channel uses those that it can reach.
    const reachedOf = (members: Members) => [
      ...(reach === undefined ? members.members : members.members.filter(reach.takes)),
      ...peopleOf(members, channel),
    ]
    const reached = reachedOf(group)
    const rotations = rotationOf(entry, group, reachedOf)
    const unlike = group.members.filter((one) => looksLikePhoneNumber(one) && !isPhoneNumber(one))
    if (reach === reaches.sms && unlike.length > 0) {
      problems.add(place, 'impossible-value', `is a group with an incomplete phone number: ${e164}`)
    } else if (reached.length === 0 && reach !== undefined && !group.isBroken) {
      problems.add(place, 'unknown-recipient', `is a group without a ${reach.noun}.`)
    } else if (reach !== undefined) {
      noteEmptyTurns(rotations, `a ${reach.noun}`, place, problems)
    }
    return group.turns === undefined ? reached : rotations
  })
  return reach !== undefined && addresses.length === 0 ? undefined : [...new Set(addresses)]
}

/**
 * The ids that a channel mentions, by severity: groups become the ids of their members on this type of
 * channel.
 */
export function resolveMentions(
  channel: CheckedChannel,
  groups: Groups,
  problems: Problems,
): Readonly<Partial<Record<Severity, readonly Recipient[]>>> {
  const { mentions = {} } = channel.shared
  const resolved: Partial<Record<Severity, readonly Recipient[]>> = {}
  for (const severity of severities) {
    const entries = mentions[severity]
    if (entries === undefined) continue
    const ids = entries.flatMap((entry, index): readonly Recipient[] => {
      const group = groups.get(entry)
      if (group === undefined) return [entry]
      const idsOf = (members: Members) => [
        ...members.members.filter(isPlainId),
        ...peopleOf(members, channel),
      ]
      const known = idsOf(group)
      const rotations = rotationOf(entry, group, idsOf)
      const place: Path = [...channel.path, 'mentions', severity, index]
      if (known.length === 0 && !group.isBroken && channel.provider !== undefined) {
        const { type } = channel.provider
        const cure = `Give a member its id: { ${/^[a-z]+$/.test(type) ? type : `'${type}'`}: '…' }.`
        problems.add(
          place,
          'unknown-recipient',
          `is a group without a member that can be mentioned on this channel. ${cure}`,
        )
      } else if (channel.provider !== undefined) {
        noteEmptyTurns(rotations, 'a member that can be mentioned on this channel', place, problems)
      }
      return group.turns === undefined ? known : rotations
    })
    resolved[severity] = [...new Set(ids)]
  }
  return resolved
}

/** A turn in which no member can be reached would be noticed when it is too late. */
function noteEmptyTurns(rotations: readonly Rotation[], what: string, place: Path, problems: Problems): void {
  for (const { turns } of rotations) {
    const empty = turns.findIndex((addresses) => addresses.length === 0)
    if (empty === -1) continue
    problems.add(place, 'unknown-recipient', `is a group whose rotate[${empty}] is without ${what}.`)
  }
}

function peopleOf({ people }: Members, { provider }: CheckedChannel): string[] {
  if (provider === undefined) return []
  const { type, definition } = provider
  return people.flatMap((person) => addressOf(person, type, definition.kind) ?? [])
}

/** Mail addresses and phone numbers are for other channels. */
function isPlainId(member: string): boolean {
  return !isMailbox(member) && !isPhoneNumber(member)
}

function noteUnknown(
  entry: string,
  reach: Reach | undefined,
  groups: Groups,
  place: Path,
  problems: Problems,
): void {
  if (reach === undefined ? isMailbox(entry) || looksLikePhoneNumber(entry) : reach.takes(entry)) return
  if (reach === reaches.sms && looksLikePhoneNumber(entry)) {
    problems.add(place, 'impossible-value', `is an incomplete phone number: ${e164}`)
    return
  }
  const names = [...groups.keys()]
  const known = names.length === 0 ? '' : ` Known groups: ${alternatives(names)}.`
  const message = `is neither a group of \`recipients\` nor a ${reach?.noun ?? 'mail address or phone number'}.`
  problems.add(place, 'unknown-recipient', `${message}${didYouMean(entry, names)}${known}`)
}
