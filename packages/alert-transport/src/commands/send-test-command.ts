/**
 * `alert-transport send-test`: one real test message through each channel, with the provider's own answer.
 */
import { type AlertEvent, checkOptions, createHub } from 'alert-core'
import { Command } from 'commander'
import { cleanLine } from '../clean.ts'
import { writeProblems } from './check-command.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { configText, readConfig } from './read-config.ts'

interface SendTestFlags {
  readonly config: string
  readonly channel: string[]
}

/** Creates the command; it rejects if a channel did not deliver. */
export function createSendTestCommand({ out }: CommandIo): Command {
  return new Command('send-test')
    .description('send one test message through each channel and show the provider’s answer')
    .requiredOption('--config <file>', configText)
    .option('--channel <name...>', 'only these channels; default: all', [])
    .addHelpText('after', exitCodes('0 if every message was delivered, 1 if not'))
    .action(async ({ config, channel: wanted }: SendTestFlags) => {
      const options = await readConfig(config)
      const { plan, problems } = checkOptions(options)
      if (problems.length > 0) throw new Error(`${config} has problems:\n${writeProblems(problems)}`)
      const names = plan.channels.map(({ name }) => name)
      const unknown = wanted.filter((name) => !names.includes(name))
      if (unknown.length > 0)
        throw new Error(`unknown channel: ${unknown.join(', ')}; known: ${names.join(', ')}`)
      const failed: string[] = []
      for (const { name, timeoutMs } of plan.channels) {
        if (wanted.length > 0 && !wanted.includes(name)) continue
        const outcome = await sendTest(options, name, timeoutMs)
        out(`${outcome.ok ? '✓' : '✗'} ${name}: ${outcome.text}\n`)
        if (!outcome.ok) failed.push(name)
      }
      if (failed.length > 0) throw new Error(`not delivered: ${failed.join(', ')}`)
    })
}

/** A channel has answered, or is given up, within ten seconds. */
const timeoutMs = 7_000
const closeTimeoutMs = timeoutMs + 500

async function sendTest(
  options: Parameters<typeof createHub>[0],
  name: string,
  plannedTimeoutMs: number,
): Promise<{ ok: boolean; text: string }> {
  // The channel alone, and at once: no rules, no state, no other channels.
  const { channels, locale, timeZone, recipients, service, env, proxy } = options ?? {}
  const channel = {
    ...(channels?.[name] as object),
    minSeverity: 'info',
    wait: 0,
    after: 0,
    interval: 0,
    repeat: false,
    match: undefined,
    fallback: undefined,
    schedules: undefined,
    limit: [],
    timeout: Math.min(plannedTimeoutMs, timeoutMs),
  }
  const alone = {
    channels: { [name]: { type: name, ...channel } },
    locale,
    timeZone,
    recipients,
    service,
    env,
    proxy,
    closeTimeout: closeTimeoutMs,
  } as Parameters<typeof createHub>[0]
  const answers = listenToAnswers()
  let warning = ''
  const warn = (message: string, code: string) => {
    if (code === 'ALERT_CHANNEL_FAILED') warning = message
  }
  const ports = { hasOwnThread: true, watchFetch: answers.watch, warn }
  const hub = createHub(JSON.parse(JSON.stringify(alone)), ports)
  let last: AlertEvent | undefined
  hub.subscribe((event) => {
    if ('channel' in event) last = event
  })
  hub.publish({
    message: 'test message, nothing is wrong',
    severity: 'info',
    code: 'ALERT_TEST',
    requestId: 'test-request',
  })
  const { delivered } = await hub.close()
  const answer = answers.last()
  if (last?.type === 'delivered') {
    const said = [last.note, answer].filter(Boolean).join('; ')
    return { ok: delivered, text: `delivered${said === '' ? '' : `: ${said}`}` }
  }
  // The warning has the reason of the first attempt, with what can be done about it.
  const why = warning.replace(`Channel ${name} is not delivering: `, '') || 'nothing was sent'
  const isSaid = /\banswered \d{3}\b/.test(why)
  return { ok: false, text: [cleanLine(why), isSaid ? '' : answer].filter(Boolean).join('; ') }
}

/** Remembers the last answer. */
interface Answers {
  watch(fetcher: typeof fetch): typeof fetch
  /** 'answered 200: {"ok":true}'; '' before the first answer. */
  last(): string
}

const most = 300

function listenToAnswers(): Answers {
  let status = 0
  let text = ''

  return {
    watch: (fetcher) => async (input, init) => {
      const answer = await fetcher(input, init)
      status = answer.status
      text = ''
      const decoder = new TextDecoder()
      const listen = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          if (text.length < most) text += decoder.decode(chunk, { stream: true })
          controller.enqueue(chunk)
        },
      })
      const { headers, statusText } = answer
      return new Response(answer.body?.pipeThrough(listen) ?? null, { status, statusText, headers })
    },
    last() {
      if (status === 0) return ''
      const said = Array.from(cleanLine(text)).slice(0, most).join('')
      return `answered ${status}${said === '' ? '' : `: ${said}`}`
    },
  }
}
