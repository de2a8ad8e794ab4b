/**
 * The commands that answer alerts of a running service: `status`, `ack`, `silence`, `silences`, `unsilence`.
 */
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import {
  type AlertLife,
  type AlertStatus,
  type ChannelStatus,
  createZone,
  type HubStatus,
  type SilenceStatus,
  type SocketAnswer,
  statusPage,
} from 'alert-core'
import { Command } from 'commander'
import { answered, findHubs, type Hubs, type WhereFlags } from '../answering/hubs.ts'
import { silenceTable, timesLine, writeStatus } from '../answering/write-status.ts'
import { cleanLine, jsonLine } from '../clean.ts'
import { type CommandIo, exitCodes } from './command-io.ts'

interface AnswerFlags extends WhereFlags {
  readonly comment?: string
  readonly by: string
}

const durationPattern = /^\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d)$/

export function createAnswerCommands(io: CommandIo): readonly Command[] {
  return [
    statusCommand(io),
    acknowledgeCommand(io),
    silenceCommand(io),
    silencesCommand(io),
    unsilenceCommand(io),
  ]
}

function requestCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      '--config <file>',
      'the options of the service (JSON, YAML or a module): its state.redis, state.dir or control.url',
    )
    .option('--state-dir <directory>', 'the state.dir of the service')
    .option('--redis <address>', 'the state.redis of the service, which --config or --fleet names')
    .option(
      '--fleet <name>',
      'state.redis.fleet of the service, else its service/env, or service without env',
    )
    .option(
      '--url <address>',
      'the control.url of the service; the secret from --config or ALERT_CONTROL_SECRET',
    )
    .addHelpText('after', exitCodes('0 if it was done, 1 if not (no such alert, no process listens)'))
}

function answering(name: string, description: string): Command {
  return requestCommand(name, description)
    .option('--comment <text>', 'why; shown with the alert')
    .option('--by <name>', 'who', userName())
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'the command line'
  }
}

function statusCommand({ out }: CommandIo): Command {
  return requestCommand(
    'status',
    'show what fires, who has taken it on, silences, and the channels of a running service',
  )
    .option('--json', 'print JSON', false)
    .option('--page <file>', 'write the status page to this file')
    .action(
      async ({ json, page, ...where }: WhereFlags & { readonly json: boolean; readonly page?: string }) => {
        const hubs = await findHubs(where)
        const status = oneStatus(await hubs.status())
        if (page !== undefined) {
          await writeFile(page, statusPage({ status, locale: 'en', addressOf: () => undefined }))
          out(`${page} is written.\n`)
        } else out(json ? `${jsonLine(status)}\n` : writeStatus(status, hubs.pageLink))
      },
    )
}

function acknowledgeCommand({ out }: CommandIo): Command {
  return answering('ack', 'take an alert on: no reminders are sent until it becomes worse or ends')
    .argument('<id>', 'the id in its message, or at least four digits of it')
    .option('--undo', 'take the acknowledgement back', false)
    .action(async (id: string, { comment, by, undo, ...where }: AnswerFlags & { readonly undo: boolean }) => {
      const hubs = await findHubs(where)
      const given = { id, by, ...(comment === undefined ? {} : { comment }), ...(undo ? { undo } : {}) }
      const alert = await onSome(hubs, { request: 'acknowledge', given })
      const named = await nameOf(hubs, String(alert))
      out(
        undo ? `${named} is not acknowledged any more.\n` : `${named} is acknowledged by ${cleanLine(by)}.\n`,
      )
    })
}

function silenceCommand({ out }: CommandIo): Command {
  return answering('silence', 'silence an alert for some time')
    .argument('<id>', 'the id in its message, or at least four digits of it')
    .argument('[duration]', "how long: '30m', '2h', '1d'", '1h')
    .option('--until-release', 'until the service starts with another `release`', false)
    .action(
      async (
        id: string,
        duration: string,
        { comment, by, untilRelease, ...where }: AnswerFlags & { readonly untilRelease: boolean },
        command: Command,
      ) => {
        if (!durationPattern.test(duration))
          command.error(`error: '${cleanLine(duration)}' is not a duration such as 30m, 2h or 1d`, {
            code: 'commander.invalidArgument',
          })
        const hubs = await findHubs(where)
        const end = untilRelease ? { untilRelease } : { for: duration }
        const more = { ...end, by, ...(comment === undefined ? {} : { comment }) }
        const answers = await hubs.ask({ request: 'silence', given: { alert: id, ...more } })
        const refused = answers.find((answer) => 'error' in answer)
        if (refused !== undefined && answers.every((answer) => 'error' in answer)) answered(refused)
        // On a process that has not seen the alert, it is silenced by its whole id.
        if (refused !== undefined) await silenceElsewhere(hubs, id, more, answers)
        const named = await nameOf(hubs, id)
        out(`${named} is silenced ${untilRelease ? 'until the next release' : `for ${duration}`}.\n`)
      },
    )
}

async function silenceElsewhere(
  hubs: Hubs,
  id: string,
  more: object,
  answers: readonly SocketAnswer[],
): Promise<void> {
  const statuses = await hubs.status()
  const made = new Set<unknown>(answers.flatMap((answer) => ('error' in answer ? [] : [answer.value])))
  // The processes of a fleet share their silences.
  if (statuses.every(({ silences }) => silences.some((silence) => made.has(silence.id)))) return
  const whole = oneStatus(statuses).alerts.find((alert) => alert.id.startsWith(id.toLowerCase()))?.id
  if (whole !== undefined)
    await hubs.ask({ request: 'silence', given: { match: { '@fingerprint': whole }, ...more } })
}

function silencesCommand({ out }: CommandIo): Command {
  return requestCommand('silences', 'show the silences that were made while the service runs')
    .option('--json', 'print JSON', false)
    .action(async ({ json, ...where }: WhereFlags & { readonly json: boolean }) => {
      const { silences, timeZone, at } = oneStatus(await (await findHubs(where)).status())
      const zone = createZone(timeZone)
      if (json) out(`${jsonLine(silences)}\n`)
      else
        out(
          silences.length === 0
            ? 'There are no silences.\n'
            : `${silenceTable(silences, zone)}\n${timesLine(zone, at)}\n`,
        )
    })
}

function unsilenceCommand({ out }: CommandIo): Command {
  return requestCommand('unsilence', 'end a silence')
    .argument('<id>', 'the id of the silence, or of the alert that it silences')
    .action(async (id: string, where: WhereFlags) => {
      const hubs = await findHubs(where)
      const statuses = await hubs.status()
      const all = statuses.flatMap(({ silences }) => silences)
      const given = id.toLowerCase()
      const found = all.filter((silence) => isNamed(silence, given))
      if (given.length < 4 || found.length === 0) {
        const known = all.slice(0, 5).map(({ id, alert }) => alert ?? id.slice(0, 8))
        throw new Error(
          `no silence has the id '${cleanLine(id)}'${known.length === 0 ? ': there are none' : `; there are: ${known.join(', ')}`}`,
        )
      }
      for (const silence of found) await hubs.ask({ request: 'unsilence', given: silence.id })
      const [first] = found
      const until =
        first === undefined
          ? ''
          : `, which lasted until ${createZone(statuses[0]?.timeZone).full(first.until)}`
      out(`The silence of ${cleanLine(first?.alert ?? JSON.stringify(first?.match))}${until}, is ended.\n`)
    })
}

function isNamed({ id, alert, match }: HubStatus['silences'][number], given: string): boolean {
  const whole = (match as Readonly<Record<string, unknown>> | null)?.['@fingerprint']
  return [id, alert, whole].some((name) => typeof name === 'string' && name.startsWith(given))
}

/** The answer of a hub that did it; throws what one said if none did. */
async function onSome(hubs: Hubs, question: Parameters<Hubs['ask']>[0]): Promise<unknown> {
  const answers = await hubs.ask(question)
  const done = answers.find((answer) => !('error' in answer)) ?? answers[0]
  return done === undefined ? undefined : answered(done)
}

/** '3fa0c1 (card gateway timeout)'. */
async function nameOf(hubs: Hubs, id: string): Promise<string> {
  const { alerts } = oneStatus(await hubs.status())
  const alert = alerts.find((one) => one.id.startsWith(id.toLowerCase()))
  return alert === undefined ? cleanLine(id) : `${alert.shortId} (${cleanLine(alert.headline)})`
}

// ── what the hubs of one service say, as one: an alert that several of them count is shown once

const ranks = ['critical', 'error', 'warning', 'info']

/** At least one status. */
function oneStatus(all: readonly HubStatus[]): HubStatus {
  const [first, ...others] = all
  if (first === undefined) throw new Error('no process answered')
  if (others.length === 0) return first
  const alerts = new Map<string, AlertStatus>()
  for (const alert of all.flatMap((one) => one.alerts)) {
    const known = alerts.get(alert.id)
    alerts.set(alert.id, known === undefined ? alert : both(known, alert))
  }
  const silences = new Map<string, SilenceStatus>()
  for (const silence of all.flatMap((one) => one.silences)) silences.set(keyOf(silence), silence)
  const channels = new Map<string, ChannelStatus>()
  for (const channel of all.flatMap((one) => one.channels)) {
    const known = channels.get(channel.name)
    channels.set(channel.name, known === undefined ? channel : bothChannels(known, channel))
  }
  const lives = new Map<string, AlertLife>()
  for (const life of all.flatMap((one) => one.day)) lives.set(`${life.from} ${life.id}`, life)
  return {
    ...first,
    at: Math.max(...all.map(({ at }) => at)),
    alerts: [...alerts.values()].sort(
      (a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity) || b.lastSeen - a.lastSeen,
    ),
    more: all.reduce((sum, { more }) => sum + more, 0),
    day: [...lives.values()].sort((a, b) => b.from - a.from),
    silences: [...silences.values()],
    channels: [...channels.values()],
  }
}

function both(a: AlertStatus, b: AlertStatus): AlertStatus {
  const worse = ranks.indexOf(a.severity) <= ranks.indexOf(b.severity) ? a : b
  const acknowledged = a.acknowledged ?? b.acknowledged
  return {
    ...worse,
    count: a.count + b.count,
    firstSeen: Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
    ...(acknowledged === undefined ? {} : { acknowledged }),
  }
}

function bothChannels(a: ChannelStatus, b: ChannelStatus): ChannelStatus {
  const last = (a.last?.at ?? 0) >= (b.last?.at ?? 0) ? a.last : b.last
  return {
    ...a,
    delivered: a.delivered + b.delivered,
    failed: a.failed + b.failed,
    waiting: a.waiting + b.waiting,
    ...(last === undefined ? {} : { last }),
  }
}

/** The same silence was made on each hub. */
function keyOf({ match, until, by, comment }: SilenceStatus): string {
  return JSON.stringify([match, Math.round(until / 10_000), by, comment])
}
