/**
 * `alert-transport inbox`: starts the inbox, prints channel options to paste, then each notification as it
 * arrives, until it is interrupted.
 */
import { Command, InvalidArgumentError } from 'commander'
import { cleanLine, cleanText, jsonLine } from '../clean.ts'
import { certificateFile } from '../fake/kept-certificate.ts'
import { fakes } from '../inbox/fake-table.ts'
import { createInbox, type Inbox } from '../inbox/inbox.ts'
import type { Received } from '../inbox/received.ts'
import { type CommandIo, exitCodes } from './command-io.ts'

interface InboxFlags {
  readonly port: number
  readonly smtpPort: number
  readonly smtpsPort: number
  readonly host: string
  readonly channels: readonly string[]
  readonly certificate: string
  readonly json: boolean
}

const shownAtFirst = ['email', 'webhook', 'slack', 'dingtalk', 'wecom']

/** Creates the command; its action resolves once the signal has fired and everything is closed. */
export function createInboxCommand({ out, signal }: CommandIo): Command {
  return new Command('inbox')
    .description('run fake providers on this machine and show what arrives; nothing is forwarded')
    .option('--port <port>', 'port of the page, the API and the providers; 0 for any free port', toPort, 8025)
    .option('--smtp-port <port>', 'port of the mail server with STARTTLS; 0 for any free port', toPort, 1025)
    .option(
      '--smtps-port <port>',
      'port of the mail server with TLS from the start; 0 for any free port',
      toPort,
      0,
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--channels <types...>',
      "providers whose channel options are printed at the start; 'all' for all",
      shownAtFirst,
    )
    .option(
      '--certificate <file>',
      'where the certificate of the mail server is kept, so that pasted options stay right',
      certificateFile(),
    )
    .option('--json', 'print lines of JSON: one at the start, one for each message', false)
    .addHelpText(
      'after',
      exitCodes('0 once it is stopped, 1 if it cannot start, as with a port that is taken'),
    )
    .action(async ({ port, smtpPort, smtpsPort, host, channels, certificate, json }: InboxFlags) => {
      const shown = toTypes(channels)
      const ports = { http: port, smtp: smtpPort, smtps: smtpsPort }
      const inbox = await createInbox({ host, ports, certificate })
      out(json ? `${jsonLine(started(inbox))}\n` : welcome(inbox, shown))
      inbox.subscribe((received) => {
        if (received === undefined) return
        out(json ? `${jsonLine({ event: 'received', ...received })}\n` : card(received))
      })
      await aborted(signal)
      await inbox.close()
    })
}

function started({ url, smtp, channels }: Inbox): object {
  return { event: 'listening', url, smtp, channels }
}

function welcome({ url, smtp, channels }: Inbox, shown: readonly string[]): string {
  const byName: Readonly<Record<string, object>> = channels
  const options = shown.map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(byName[name])}`)
  const others = Object.keys(channels).filter((name) => !shown.includes(name))
  return [
    `Inbox at ${url}`,
    `Mail at ${smtp.host}:${smtp.port} (STARTTLS) and ${smtp.host}:${smtp.securePort} (TLS)`,
    '',
    'Channel options to paste, all or some:',
    '',
    `  "channels": {\n${options.join(',\n')}\n  }`,
    '',
    ...(others.length > 0
      ? [
          `${others.length} more are available; the page shows their options, and so does --channels <types> or --channels all:`,
          ...wrap(others.join(', ')),
          '',
        ]
      : []),
    'Waiting for notifications. Press Ctrl+C to stop.',
    '',
    '',
  ].join('\n')
}

function toTypes(given: readonly string[]): readonly string[] {
  const known = Object.keys(fakes)
  if (given.includes('all')) return known
  const unknown = given.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; known: ${known.join(', ')}`)
  return given
}

/** Words in lines of a terminal's width. */
function wrap(words: string): string[] {
  return words.match(/.{1,76}(?:\s|$)/g)?.map((line) => `  ${line.trimEnd()}`) ?? []
}

function toPort(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be from 0 to 65535.')
  return port
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

const maxLines = 20
const maxLineLength = 160

/** A short block: provider, outcome, subject, the first lines, who would be pinged. */
export function card({ at, provider, ok, answer, view }: Received): string {
  const time = new Date(at).toTimeString().slice(0, 8)
  const outcome = ok ? 'taken' : `refused: ${answer.status || 'no answer'} ${cleanLine(answer.body)}`
  const limit = view.limit === undefined ? '' : ` of ${view.limit}`
  const lines = cleanText(view.text)
    .split('\n')
    .filter((line) => line.trim() !== '')
  const rest = lines.length - maxLines
  return [
    cut(`── ${time}  ${provider}  ${outcome}  (${view.size}${limit} ${view.unit})`),
    ...(view.to ? [indent(`to ${view.to.join(', ')}`)] : []),
    ...(view.subject && !isFirst(view.subject, lines[0]) ? [indent(view.subject)] : []),
    ...lines.slice(0, maxLines).map(indent),
    ...(rest > 0 ? [indent(`… and ${rest} more ${rest === 1 ? 'line' : 'lines'}`)] : []),
    ...(view.mentions.length > 0 ? [indent(`pings ${view.mentions.join(', ')}`)] : []),
    ...view.notes.map((note) => indent(`note: ${note}`)),
    '',
    '',
  ].join('\n')
}

/** Many apps show the subject again as the first line, in their own markup. */
function isFirst(subject: string, line = ''): boolean {
  return line.replace(/^[#*\s]+|[*\s]+$/g, '') === cleanLine(subject)
}

function indent(line: string): string {
  return cut(`   ${cleanText(line).replace(/[\n\t]/g, ' ')}`)
}

function cut(line: string): string {
  // By code points, so that no character is cut in half.
  const chars = Array.from(line.slice(0, maxLineLength * 2))
  return chars.length > maxLineLength ? `${chars.slice(0, maxLineLength - 1).join('')}…` : line
}
