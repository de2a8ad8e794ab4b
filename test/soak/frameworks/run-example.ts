// Runs an example in its folder, as its README says, and reads what an inbox got.
import { fileURLToPath } from 'node:url'
import { inTime, noHurry, openInbox, runCommand } from '../../e2e/app.ts'

export const examples = fileURLToPath(new URL('../../../examples/', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The texts of the messages that the inbox took. */
  readonly messages: readonly string[]
}

/** `npm start` in the folder of an example, with a channel to an inbox. */
export async function runExample(
  name: string,
  env: Readonly<Record<string, string>> = {},
  script = 'start',
): Promise<Outcome> {
  const inbox = await openInbox({ rateLimits: false })
  try {
    const ended = await runCommand(['npm', 'run', '--silent', script], {
      cwd: `${examples}${name}`,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        SLACK_URL: String(inbox.channels.slack['url']),
        ...noHurry(),
        ...env,
      },
    })
    const messages = inbox
      .received({ provider: 'slack', ok: true })
      .map(({ view }) => `${view.subject}\n${view.text}`)
    return inTime({ ...ended, messages })
  } finally {
    await inbox.close()
  }
}
